"""From quarantine onto the list, in statements over all rows at once: who is known, who must not be written to, who is added."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    String,
    Table,
    and_,
    column,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    update,
    values,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from server.core.columns import BigId, Json, is_filled
from server.core.database import ReadSession, WriteSession, count_again
from server.mailings.models import Suppression, SuppressionReason
from server.residents.import_models import ImportRow, ListImport, Outcome
from server.residents.keys import surname, words_of
from server.residents.models import (
    Channel,
    Consent,
    ConsentAct,
    ConsentWay,
    Edition,
    Resident,
    ResidentPlace,
    Subscription,
)

_REASONS = {Outcome.LEFT: SuppressionReason.NEVER_AGAIN, Outcome.DEAD: SuppressionReason.REFUSED}
_COPIED = [
    *("name", "list_key", "search_key", "name_key", "door_key", "phone_key", "email", "email_key", "phone", "edition"),
    *("address_inside", "address_outside", "address_street", "address_locality", "postcode", "post_town", "language"),
]
_NOBODY: Mapping[str, object] = {
    **dict.fromkeys(_COPIED, ""),
    "wants": "",
    "edition": Edition.STANDARD,
    "email": None,
    "email_key": None,
    "place_id": None,
}
"""Of who left elsewhere all that is kept is the bar."""
_SETS_AT_ONCE = 200
_Neighbour = Row[int, str, str, str, str, int | None]
"""Number, name, door, inside and outside of the house, household."""


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


_ROW, _RESIDENT = _table(ImportRow).c, _table(Resident).c


async def sort_out(session: WriteSession, imported: ListImport) -> dict[str, int]:
    """Compare the rows with the list as it is now; how many there are of each outcome."""
    town_id = imported.municipality_id
    here = _RESIDENT.municipality_id == town_id
    mine = _RESIDENT.email_key == _ROW.email_key
    stays = exists().where(here, mine, _RESIDENT.left_at.is_(None))
    await _turn(session, imported, (Outcome.NEW, Outcome.LEFT, Outcome.DEAD), Outcome.KNOWN, stays)
    left = exists().where(here, mine, _RESIDENT.left_at.is_not(None))
    hashes = _table(Suppression).c
    barred = exists().where(hashes.municipality_id == town_id, hashes.address_hash == _ROW.address_hash)
    # Each alone: with `or` between them every row would be looked up by itself.
    await _turn(session, imported, (Outcome.NEW,), Outcome.BARRED, left)
    await _turn(session, imported, (Outcome.NEW,), Outcome.BARRED, barred)
    await _turn(session, imported, (Outcome.LEFT, Outcome.DEAD), Outcome.BARRED, barred)
    same_door = exists().where(
        here,
        _RESIDENT.name_key == _ROW.name_key,
        _RESIDENT.door_key == _ROW.door_key,
        _RESIDENT.left_at.is_(None),
    )
    await _turn(session, imported, (Outcome.NEW,), Outcome.KNOWN, and_(_ROW.email_key.is_(None), same_door))
    return await counts_of(session, imported)


async def counts_of(session: ReadSession, imported: ListImport) -> dict[str, int]:
    """How many rows there are of each outcome."""
    query = select(_ROW.outcome, func.count()).where(_ROW.import_id == imported.id).group_by(_ROW.outcome)
    return {Outcome(outcome).value: count for outcome, count in await session.execute(query)}


async def write_people(session: WriteSession, imported: ListImport, now: datetime) -> None:
    """Everybody in quarantine who is new, with what they receive and the proof of it; bars for those who left elsewhere."""
    new = (_ROW.import_id == imported.id, _ROW.outcome == Outcome.NEW)
    given = {"id": _ROW.resident_id, "municipality_id": literal(imported.municipality_id)}
    given |= {name: _ROW[name] for name in _COPIED} | {"is_household": literal(False), "own_copy": literal(False)}
    moment = literal(now, _RESIDENT.created_at.type)
    await _copy(session, Resident, given | {"created_at": moment, "last_contact_at": moment}, *new)
    await count_again(session, Resident, "municipality_id", "door_key", "own_copy")
    # Who shares a copy is worked out while the database writes what they receive.
    sharing = asyncio.create_task(asyncio.to_thread(_shared_copies, await _doors_of(session, imported)))
    try:
        await _write_wants(session, imported, now, *new)
        await _write_places(session, imported, *new)
    finally:
        shared = await sharing
    if shared:
        await session.execute(text("UPDATE resident SET household_id = :household WHERE id = :one"), shared)
    await _write_bars(session, imported, now)


async def _turn(
    session: WriteSession,
    imported: ListImport,
    before: tuple[Outcome, ...],
    after: Outcome,
    *conditions: ColumnElement[bool],
    **values: object,
) -> None:
    rows = (_ROW.import_id == imported.id, _ROW.outcome.in_(before))
    await session.execute(update(_table(ImportRow)).where(*rows, *conditions).values(outcome=after, **values))


async def _copy(
    session: WriteSession,
    model: type[SQLModel],
    given: Mapping[str, Any],
    *rows: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]] = (),
) -> None:
    copied = select(*given.values()).where(*rows).order_by(*order)
    await session.execute(insert(_table(model)).from_select(list(given), copied))


async def _write_wants(session: WriteSession, imported: ListImport, now: datetime, *new: ColumnElement[bool]) -> None:
    """What each receives, and the proof of it. Few rows differ in what they want: each set of wishes is said once."""
    sets = iter(list(await session.scalars(select(_ROW.wants).where(*new).distinct())))
    town, person, moment = literal(imported.municipality_id), _ROW.resident_id, _table(Consent).c.at.type
    while some := list(islice(sets, _SETS_AT_ONCE)):
        pairs = [(wants, topic_id, channel) for wants in some for topic_id, channel in _pairs(wants)]
        if pairs:
            wanted = _listed("wanted", pairs, wants=String(), topic_id=BigId, channel=String())
            given = {"municipality_id": town, "resident_id": person, "topic_id": wanted.c.topic_id}
            given |= {"channel": wanted.c.channel, "started_at": literal(now, moment)}
            # Person by person: each goes to the end of two indexes, of which topic by topic would part every page.
            order = (person, wanted.c.topic_id)
            await _copy(session, Subscription, given, *new, _ROW.wants == wanted.c.wants, order=order)
        details = [(wants, _detail(imported, wants)) for wants in some]
        said = _listed("said", details, wants=String(), detail=Json)
        columns = _table(Consent).c
        proof = {"municipality_id": town, "resident_id": person}
        proof |= {
            "act": literal(ConsentAct.GIVEN, columns.act.type),
            "way": literal(ConsentWay.IMPORT, columns.way.type),
        }
        proof |= {"text_version": literal(""), "text": literal(""), "detail": said.c.detail}
        proof |= {"recorded_by_id": literal(imported.brought_by_id), "at": literal(now, moment)}
        await _copy(session, Consent, proof, *new, _ROW.wants == said.c.wants, order=(person,))


def _pairs(wants: str) -> Iterator[tuple[int, str]]:
    """« 12:email,13:email », topic by topic."""
    for want in filter(None, wants.split(",")):
        topic_id, channel = want.split(":")
        yield int(topic_id), Channel(channel).value


def _detail(imported: ListImport, wants: str) -> dict[str, object]:
    said = [{"topic_id": topic_id, "channel": channel} for topic_id, channel in _pairs(wants)]
    return {"origin": imported.origin, "import": imported.id, "wants": said}


def _listed(name: str, rows: Sequence[tuple[Any, ...]], **columns: TypeEngine[Any]) -> CTE:
    """A table that is written into the statement."""
    return values(*(column(one, kind) for one, kind in columns.items()), name=name).data(rows).cte(name)


async def _write_places(session: WriteSession, imported: ListImport, *new: ColumnElement[bool]) -> None:
    given = {"resident_id": _ROW.resident_id, "place_id": _ROW.place_id}
    await _copy(
        session,
        ResidentPlace,
        given | {"municipality_id": literal(imported.municipality_id)},
        *new,
        _ROW.place_id.is_not(None),
    )


async def _write_bars(session: WriteSession, imported: ListImport, now: datetime) -> None:
    columns = _table(Suppression).c
    for outcome, reason in _REASONS.items():
        rows = (_ROW.import_id == imported.id, _ROW.outcome == outcome)
        given = {"municipality_id": literal(imported.municipality_id), "address_hash": _ROW.address_hash}
        given |= {"reason": literal(reason, columns.reason.type), "at": literal(now, columns.at.type)}
        await _copy(session, Suppression, given, *rows)
        await _turn(session, imported, (outcome,), Outcome.SUPPRESSED, **_NOBODY)


async def _doors_of(session: WriteSession, imported: ListImport) -> Sequence[_Neighbour]:
    """Everybody behind a door of the new ones."""
    doors = select(_ROW.door_key).where(_ROW.import_id == imported.id, _ROW.outcome == Outcome.NEW)
    address = (_RESIDENT.address_inside, _RESIDENT.address_outside)
    query = select(_RESIDENT.id, _RESIDENT.name, _RESIDENT.door_key, *address, _RESIDENT.household_id).where(
        _RESIDENT.municipality_id == imported.municipality_id,
        _RESIDENT.left_at.is_(None),
        _RESIDENT.own_copy.is_(False),
        is_filled(_RESIDENT.door_key),
        _RESIDENT.door_key.in_(doors),
    )
    return (await session.execute(query)).all()


def _shared_copies(people: Sequence[_Neighbour]) -> list[dict[str, int]]:
    """People of one family behind one letterbox share a copy: see `households`, here for all doors at once."""
    families: dict[tuple[str, ...], list[tuple[int, int | None]]] = {}
    for resident_id, name, door, inside, outside, household_id in people:
        if family := surname(name):
            key = (door, family, *words_of(f"{inside} {outside}"))
            families.setdefault(key, []).append((resident_id, household_id))
    return [
        {"one": one, "household": next((number for _, number in members if number), members[0][0])}
        for members in families.values()
        if len(members) > 1
        for one, _ in members
    ]
