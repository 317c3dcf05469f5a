"""The town and its staff, before anything happens there."""

from dataclasses import dataclass

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.accounts.schemas import StaffDraft
from server.accounts.staff import create_first_administrator, invite_staff, renew_link
from server.boards.schemas import BoardDraft
from server.boards.service import add_board
from server.core.database import Database, WriteSession
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.demo.addresses import bring_addresses
from server.demo.people import town_data
from server.municipalities.models import PlaceKind
from server.municipalities.places import add_place
from server.municipalities.schemas import MunicipalityDraft, People, SectorDraft, Sender, StreetDraft
from server.municipalities.service import change_settings, create_municipality
from server.residents.schemas import TopicDraft
from server.residents.topics import add_topic


@dataclass(frozen=True)
class Stage:
    """Where the year is played: the instance's parts, the town, its people and its places by name."""

    database: Database
    secrets: Secrets
    files: FileStore
    url: str
    town_id: int
    staff: dict[Role, Actor]
    topics: dict[str, int]
    places: dict[str, int]

    @property
    def administrator(self) -> Actor:
        return self.staff[Role.ADMINISTRATOR]

    @property
    def editor(self) -> Actor:
        return self.staff[Role.EDITOR]

    @property
    def publisher(self) -> Actor:
        return self.staff[Role.PUBLISHER]

    @property
    def poster(self) -> Actor:
        return self.staff[Role.POSTER]

    @property
    def counter(self) -> Actor:
        return self.staff[Role.COUNTER]

    async def renew_links(self, session: WriteSession) -> dict[str, str]:
        """A one-time token for each of the staff, by name and trade."""
        links: dict[str, str] = {}
        for person in town_data()["staff"]:
            actor = next(actor for actor in self.staff.values() if actor.email == person["email"])
            token = await renew_link(session, self.town_id, None, actor.account_id)
            links[f"{actor.name}, {person['does']} ({actor.email})"] = token
        return links


async def set_stage(database: Database, secrets: Secrets, files: FileStore, url: str) -> Stage:
    """The town as an administrator would set it up on the first day."""
    async with database.writing() as session:
        identity = town_data()["identity"]
        draft = {name: identity[name] for name in MunicipalityDraft.model_fields if name in identity}
        town = await create_municipality(session, MunicipalityDraft.model_validate(draft))
        staff = await _hire(session, town.id)
        administrator = staff[Role.ADMINISTRATOR]
        for section in (Sender, People):
            answers = {name: identity[name] for name in section.model_fields}
            await change_settings(session, town.id, administrator, section.model_validate(answers))
        topics = {
            topic["slug"]: (await add_topic(session, town.id, administrator, TopicDraft.model_validate(topic))).id
            for topic in town_data()["topics"]
        }
        places = await _places(session, town.id)
        await bring_addresses(session, files, town.id)
        for position, board in enumerate(town_data()["boards"], start=1):
            where = {"position": position, "place_id": places[board["sector"]]}
            await add_board(session, town.id, BoardDraft.model_validate({**board, **where}))
    return Stage(database, secrets, files, url, town.id, staff, topics, places)


async def _hire(session: WriteSession, town_id: int) -> dict[Role, Actor]:
    """Everybody on the staff; the first one is the administrator who invites the others."""
    staff: dict[Role, Actor] = {}
    for person in town_data()["staff"]:
        name, email, roles = person["name"], person["email"], [Role(role) for role in person["roles"]]
        if staff:
            draft = StaffDraft.model_validate({"name": name, "email": email, "roles": roles})
            invited = await invite_staff(session, town_id, staff[Role.ADMINISTRATOR], draft)
        else:
            invited = await create_first_administrator(session, town_id, name=name, email=email)
        staff[roles[0]] = Actor(invited.account_id, name, frozenset(roles), None, email)
    return staff


async def _places(session: WriteSession, town_id: int) -> dict[str, int]:
    places: dict[str, int] = {}
    for rank, sector in enumerate(town_data()["sectors"]):
        draft = SectorDraft(name=sector["name"], position=rank)
        sector_id = (await add_place(session, town_id, PlaceKind.SECTOR, draft)).id
        places[sector["name"]] = sector_id
        for position, (name, _last_number) in enumerate(sector["streets"]):
            street = StreetDraft(name=name, position=position, sector_id=sector_id)
            places[name] = (await add_place(session, town_id, PlaceKind.STREET, street)).id
    return places
