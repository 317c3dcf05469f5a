"""Households: people of one family behind one letterbox share one copy on paper, unless they ask for their own."""

from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core.columns import is_filled
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.residents import queries
from server.residents.keys import surname, words_of
from server.residents.models import Resident

SHARED = action("resident.shares", sentence("Put two people of one letterbox together"))
PARTED = action("resident.parted", sentence("Gave somebody a copy of their own"))


def address_of(resident: Resident) -> tuple[str, str]:
    """Where somebody lives, as far as a copy is shared: the door, and what tells the doors of a house apart."""
    return resident.door_key, " ".join(words_of(f"{resident.address_inside} {resident.address_outside}"))


async def settle_household(session: WriteSession, resident: Resident) -> None:
    """After an address was written down: with the family that lives behind the same letterbox, or alone."""
    await leave_household(session, resident)
    for neighbour in [] if resident.own_copy else await neighbours_of(session, resident):
        if _is_same_family(resident, neighbour) and not neighbour.own_copy:
            await _join(session, resident, neighbour)
            return


async def share_copy(
    session: WriteSession, municipality_id: int, actor: Actor, resident_id: int, other_id: int
) -> Resident:
    """One copy for both, whatever their names. Raises NotFound, and Invalid for somebody who lives elsewhere."""
    resident = await queries.get_resident(session, municipality_id, resident_id)
    other = await queries.get_resident(session, municipality_id, other_id)
    if not resident.door_key or resident.door_key != other.door_key or resident_id == other_id:
        raise Invalid({"": sentence("Only people behind the same letterbox share a copy.")})
    resident.own_copy = other.own_copy = False
    await leave_household(session, resident)
    await _join(session, resident, other)
    await record(session, municipality_id, actor.account_id, SHARED, "resident", resident_id)
    return resident


async def take_own_copy(session: WriteSession, municipality_id: int, actor: Actor, resident_id: int) -> Resident:
    """They share a letterbox and want their own copy. Raises NotFound."""
    resident = await queries.get_resident(session, municipality_id, resident_id)
    resident.own_copy = True
    await leave_household(session, resident)
    await record(session, municipality_id, actor.account_id, PARTED, "resident", resident_id)
    return resident


async def leave_household(session: WriteSession, resident: Resident) -> None:
    """Out of their household; one of a single person is none. Its number is always that of somebody in it."""
    mates, number = await household_of(session, resident), resident.household_id
    for mate in mates:
        stays = mates[0].id if number == resident.id else number
        mate.household_id = stays if len(mates) > 1 else None
    resident.household_id = None
    session.add_all([resident, *mates])
    await session.flush()


async def household_of(session: ReadSession, resident: Resident) -> list[Resident]:
    """With whom they share one copy."""
    if resident.household_id is None:
        return []
    query = select(Resident).where(
        col(Resident.municipality_id) == resident.municipality_id,
        col(Resident.household_id) == resident.household_id,
        col(Resident.id) != resident.id,
    )
    return list(await session.scalars(query.order_by(col(Resident.id))))


async def neighbours_of(session: ReadSession, resident: Resident, limit: int = 20) -> list[Resident]:
    """Who stays on the list behind the same door, whatever their name."""
    if not resident.door_key:
        return []
    query = select(Resident).where(
        col(Resident.municipality_id) == resident.municipality_id,
        col(Resident.door_key) == resident.door_key,
        is_filled(col(Resident.door_key)),
        col(Resident.left_at).is_(None),
        col(Resident.id) != resident.id,
    )
    return list(await session.scalars(query.order_by(col(Resident.id)).limit(limit)))


async def _join(session: WriteSession, resident: Resident, other: Resident) -> None:
    other.household_id = resident.household_id = other.household_id or other.id
    session.add_all([resident, other])
    await session.flush()


def _is_same_family(one: Resident, other: Resident) -> bool:
    return surname(one.name) == surname(other.name) != "" and address_of(one) == address_of(other)
