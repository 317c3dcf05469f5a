"""Two entries of one person become one: what each received and said is kept, and links in old mails go on working."""

from collections.abc import Collection

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.core.references import columns_to
from server.mailings.leaving import hand_over_recipient
from server.mailings.service import hold_recipients
from server.residents import queries
from server.residents.households import leave_household, settle_household
from server.residents.models import ConsentAct, ConsentWay, Resident, ResidentMerge, ResidentPlace, Subscription
from server.residents.schemas import PostalAddress
from server.residents.subscribing import record_consent, refresh_keys, running, set_email

MERGED = action("resident.merged", sentence("Made one entry of two"))
_POSTAL = [line for line in PostalAddress.model_fields if line != "name"]
_OWN_WAY = frozenset({Subscription.__tablename__, ResidentPlace.__tablename__})


async def merge_residents(
    session: WriteSession, municipality_id: int, actor: Actor, kept_id: int, other_id: int
) -> Resident:
    """What `kept_id` says stays; what it does not say comes from `other_id`. Gives the entry that is left. Raises NotFound.

    The row with the higher number stays, whichever was chosen: SQLite gives the number of a last row that went to the
    next one, and a number that stands in a link must never mean somebody else.
    """
    if kept_id == other_id:
        raise Invalid({"": sentence("Choose two entries.")})
    await hold_recipients(session, municipality_id)
    kept = await queries.get_resident(session, municipality_id, kept_id)
    other = await queries.get_resident(session, municipality_id, other_id)
    said = _said_by_both(kept, other)
    stays, goes = (kept, other) if kept.id > other.id else (other, kept)
    await leave_household(session, kept)
    await leave_household(session, other)
    await _move_subscriptions(session, stays, goes)
    await _move_rest(session, stays, goes)
    await hand_over_recipient(session, municipality_id, goes.id, stays.id)
    await session.execute(delete(Resident).where(col(Resident.id) == goes.id))
    session.expunge(goes)
    await _write(session, actor, stays, goes.id, said)
    await record(session, municipality_id, actor.account_id, MERGED, "resident", stays.id, {"other": goes.id})
    return stays


async def list_twice(session: ReadSession, municipality_id: int, limit: int = 50) -> list[list[Resident]]:
    """Entries of the same name at the same door, for somebody to look at."""
    stays = (col(Resident.municipality_id) == municipality_id, col(Resident.left_at).is_(None))
    keys = (col(Resident.name_key), col(Resident.door_key))
    twice = select(*keys).where(*stays, keys[0] != "").group_by(*keys).having(func.count() > 1).limit(limit)
    found = []
    for name, door in list(await session.execute(twice)):
        query = select(Resident).where(*stays, keys[0] == name, keys[1] == door).order_by(col(Resident.id)).limit(10)
        found.append(list(await session.scalars(query)))
    return found


def _said_by_both(kept: Resident, other: Resident) -> dict[str, object]:
    """Field by field what is written down afterwards; an address is taken as a whole."""
    address = kept if kept.address_street or kept.address_locality else other
    pause = kept if kept.paused_until else other
    return {
        **{line: getattr(address, line) for line in _POSTAL},
        "name": kept.name or other.name,
        "phone": kept.phone or other.phone,
        "calls_agreed_at": (kept if kept.phone else other).calls_agreed_at,
        "email": kept.email or other.email,
        "edition": kept.edition,
        "language": kept.language,
        "is_household": kept.is_household,
        "own_copy": kept.own_copy,
        "paused_from": pause.paused_from,
        "paused_until": pause.paused_until,
        "created_at": min(kept.created_at, other.created_at),
        "last_contact_at": max(kept.last_contact_at, other.last_contact_at),
    }


async def _move_subscriptions(session: WriteSession, stays: Resident, goes: Resident) -> None:
    """Every subscription, ended or not; what both have is one from now on."""
    have = {(one.topic_id, one.channel) for one in await running(session, stays)}
    twice = [one.id for one in await running(session, goes) if (one.topic_id, one.channel) in have]
    theirs = update(Subscription).where(col(Subscription.resident_id) == goes.id)
    await session.execute(theirs.where(col(Subscription.id).in_(twice)).values(ended_at=clock.now()))
    await session.execute(theirs.values(resident_id=stays.id))
    places = set(await queries.place_ids_of(session, stays.municipality_id, stays.id))
    await _move_places(session, stays, goes, places)


async def _move_places(session: WriteSession, stays: Resident, goes: Resident, known: Collection[int]) -> None:
    theirs = col(ResidentPlace.resident_id) == goes.id
    await session.execute(delete(ResidentPlace).where(theirs, col(ResidentPlace.place_id).in_(known)))
    await session.execute(update(ResidentPlace).where(theirs).values(resident_id=stays.id))


async def _move_rest(session: WriteSession, stays: Resident, goes: Resident) -> None:
    """Whatever else refers to a resident, in whichever room its table stands."""
    for column in columns_to("resident"):
        if column.table.name not in _OWN_WAY:
            await session.execute(update(column.table).where(column == goes.id).values({column.name: stays.id}))


async def _write(session: WriteSession, actor: Actor, stays: Resident, gone_id: int, said: dict[str, object]) -> None:
    email = str(said.pop("email") or "")
    stays.sqlmodel_update(said)
    set_email(stays, email)
    refresh_keys(stays)
    session.add(stays)
    await session.flush()
    runs = await running(session, stays)
    stays.left_at = None if runs else stays.left_at or clock.now()
    merge = ResidentMerge(municipality_id=stays.municipality_id, old_id=gone_id, resident_id=stays.id, at=clock.now())
    session.add_all([stays, merge])
    await settle_household(session, stays)
    record_consent(session, stays, ConsentAct.MERGED, ConsentWay.COUNTER, detail={"other": gone_id}, actor=actor)
    await session.flush()
