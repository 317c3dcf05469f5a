"""The cast of the tests: two towns and their people.

In Saint-Aubin, Alice administers, Bob writes, Paula publishes, Denise is at the counter, Paul posts on the boards.
Charlie administers the neighbouring town: in Saint-Aubin he is a stranger.
"""

from dataclasses import dataclass
from datetime import timedelta

from server.accounts.actors import Actor
from server.accounts.models import Account, Role, RoleGrant, StaffSession
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.secrets import new_token, token_hash
from server.municipalities.models import Municipality, Place, PlaceKind
from server.residents.models import Topic

ROLES = {
    "Alice": Role.ADMINISTRATOR,
    "Bob": Role.EDITOR,
    "Paula": Role.PUBLISHER,
    "Denise": Role.COUNTER,
    "Paul": Role.POSTER,
}


@dataclass(frozen=True)
class Cast:
    """Ids of the towns and people; `actor` makes the one a use case is told of."""

    town_id: int
    neighbour_id: int
    topic_ids: list[int]
    sector_ids: list[int]
    account_ids: dict[str, int]

    def actor(self, name: str) -> Actor:
        role = ROLES.get(name, Role.ADMINISTRATOR)
        return Actor(self.account_ids[name], name, frozenset({role}), None, f"{name.lower()}@mairie.example")


async def bring_cast(database: Database) -> Cast:
    """Two towns with topics and sectors, and the people."""
    async with database.writing() as session:
        town = _town("saint-aubin", "Saint-Aubin-les-Prés")
        neighbour = _town("voisin", "Voisin-le-Bourg")
        session.add_all([town, neighbour])
        await session.flush()
        topics = [
            Topic(municipality_id=town.id, slug=slug, name=name, position=position)
            for position, (slug, name) in enumerate(
                [("lettre", "La lettre du mois"), ("travaux", "Travaux et circulation"), ("ecole", "École et jeunesse")]
            )
        ]
        sectors = [
            Place(municipality_id=town.id, kind=PlaceKind.SECTOR, name=name, position=position)
            for position, name in enumerate(["Le Bourg", "Les Ormes", "La Ville-Basse"])
        ]
        session.add_all([*topics, *sectors])
        accounts = await _people(session, town.id, neighbour.id)
        return Cast(town.id, neighbour.id, [one.id for one in topics], [one.id for one in sectors], accounts)


async def _people(session: WriteSession, town_id: int, neighbour_id: int) -> dict[str, int]:
    now = clock.now()
    accounts = {
        name: Account(email=f"{name.lower()}@mairie.example", name=name, created_at=now) for name in [*ROLES, "Charlie"]
    }
    session.add_all(accounts.values())
    await session.flush()
    for name, account in accounts.items():
        where, role = (neighbour_id, Role.ADMINISTRATOR) if name == "Charlie" else (town_id, ROLES[name])
        session.add(RoleGrant(municipality_id=where, account_id=account.id, role=role, granted_at=now))
    await session.flush()
    return {name: account.id for name, account in accounts.items()}


async def open_session(database: Database, account_id: int) -> str:
    """A signed-in session for somebody; returns the cookie's value."""
    token = new_token()
    async with database.writing() as session:
        session.add(
            StaffSession(
                token_hash=token_hash(token),
                account_id=account_id,
                created_at=clock.now(),
                expires_at=clock.now() + timedelta(hours=12),
            )
        )
    return token


def _town(slug: str, name: str) -> Municipality:
    return Municipality(
        slug=slug,
        name=name,
        department="Loir-et-Cher",
        population=1240,
        address="Mairie\n4 place de l’Église",
        postcode="41000",
        post_town=name,
        phone="02 54 00 00 00",
        email=f"mairie@{slug}.example",
        opening_hours="Lundi, mardi, jeudi : 9 h – 12 h\nMercredi : 14 h – 18 h",
        sender_name=f"Mairie de {name}",
        sender_address=f"lettre@{slug}.example",
        reply_address=f"mairie@{slug}.example",
        mayor_name="Jeanne Moreau",
        mayor_title="maire",
        publication_director="Jeanne Moreau, maire",
        dpo_contact=f"dpo@{slug}.example",
        languages=["fr", "en"],
        created_at=clock.now(),
    )
