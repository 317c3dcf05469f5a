"""The journal beside the backups: what must not be undone by bringing back yesterday's database.

Who left, who was erased, which towns were deleted, which addresses are barred, what was sent: numbers and keyed marks,
never an address or a name. It is written every few seconds; what one look says twice is harmless, for each line says how
things are, not what to add.
"""

import asyncio
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from server.accounts.models import AuditEntry
from server.backups.models import BackupMark
from server.backups.stores import Store, store_of
from server.backups.towns import DELETED
from server.core import clock
from server.core.database import Database, ReadSession
from server.core.settings import Settings
from server.mailings.models import Delivery, DeliveryState, Lane, Mailing, MailingState, Suppression
from server.residents.erasure import ERASED
from server.residents.models import Consent, ConsentAct, Subscription

PREFIX = "journal-"
_AGAIN = timedelta(seconds=60)
"""How far back each look goes: longer than any transaction lasts, so that none is missed."""
_SETTLED = (DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.UNCERTAIN)
_MAILING = ("id", "municipality_id", "kind", "lane", "subject", "origin", "idempotency_key", "created_at")


async def write_journal(settings: Settings, database: Database) -> None:
    """What has happened since the last look, added to today's journal."""
    now = clock.now()
    async with database.reading() as session:
        mark = await session.get(BackupMark, 1)
        entry = await _look(session, mark or await _beginning(session))
        next_mark = await _next(session, mark)
    if any(value for name, value in entry.items() if name not in {"at", "highest"}):
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), default=str)
        store = await asyncio.to_thread(store_of, settings)
        await asyncio.to_thread(store.append, f"{PREFIX}{now:%Y%m%d}.jsonl", f"{line}\n")
    async with database.writing() as session:
        await session.merge(next_mark)


def read_journal(store: Store, since: str) -> list[dict[str, Any]]:
    """Every entry from `since` (a moment as the manifest writes it) on, in order."""
    day = since[:10].replace("-", "")
    names = [name for name in store.names() if name.startswith(PREFIX) and name[len(PREFIX) :][:8] >= day]
    entries = [json.loads(line) for name in names for line in store.read(name).splitlines() if line.endswith("}")]
    return [entry for entry in entries if entry["at"] >= since]


def names_before(names: Iterable[str], day: str) -> list[str]:
    """The parts of the journal that no backup needs any more."""
    return [name for name in names if name.startswith(PREFIX) and name[len(PREFIX) :][:8] < day]


async def _look(session: ReadSession, mark: BackupMark) -> dict[str, Any]:
    since = mark.at - _AGAIN
    mailings = list(
        await session.scalars(
            select(Mailing).where(col(Mailing.lane) != Lane.TRANSACTIONAL, col(Mailing.created_at) > since)
        )
    )
    return {
        "at": clock.now().isoformat(),
        "wishes": await _wishes(session, mark.consent_id),
        "erased": await _erased(session, mark.audit_id),
        "deleted": await _deleted(session, mark.audit_id),
        "barred": [
            [one.municipality_id, one.address_hash, one.reason.value]
            for one in await session.scalars(select(Suppression).where(col(Suppression.at) > since))
        ],
        "mailings": [{name: getattr(one, name) for name in _MAILING} for one in mailings],
        "settled": await _settled(session, since),
        "highest": await _highest(session),
    }


async def _wishes(session: ReadSession, consent_id: int) -> list[Any]:
    """Who said something new of what they want, with all they receive since then."""
    said = select(col(Consent.municipality_id), col(Consent.resident_id)).where(
        col(Consent.id) > consent_id, col(Consent.act) != ConsentAct.GIVEN
    )
    people = {(town, resident) for town, resident in await session.execute(said)}
    runs: dict[int, list[list[Any]]] = {resident: [] for _, resident in people}
    if people:
        query = select(Subscription).where(
            col(Subscription.resident_id).in_(runs), col(Subscription.ended_at).is_(None)
        )
        for one in await session.scalars(query):
            runs[one.resident_id].append([one.topic_id, one.channel.value])
    return [[town, resident, runs[resident]] for town, resident in sorted(people)]


async def _erased(session: ReadSession, audit_id: int) -> list[Any]:
    query = select(col(AuditEntry.municipality_id), col(AuditEntry.object_id)).where(
        col(AuditEntry.id) > audit_id, col(AuditEntry.action) == ERASED
    )
    return [list(row) for row in await session.execute(query)]


async def _deleted(session: ReadSession, audit_id: int) -> list[Any]:
    """Towns that are gone, and since when."""
    query = select(col(AuditEntry.object_id), col(AuditEntry.at)).where(
        col(AuditEntry.id) > audit_id, col(AuditEntry.action) == DELETED
    )
    return [[town, at.isoformat()] for town, at in await session.execute(query)]


async def _settled(session: ReadSession, since: Any) -> dict[int, dict[str, list[int]]]:
    """Mailing → state → rows, of the mailings that are under way or ended lately."""
    open_states = (MailingState.SENDING, MailingState.PAUSED)
    moving = select(col(Mailing.id)).where(
        col(Mailing.lane) != Lane.TRANSACTIONAL,
        col(Mailing.state).in_(open_states) | (col(Mailing.finished_at) > since),
    )
    query = select(col(Delivery.mailing_id), col(Delivery.state), col(Delivery.id)).where(
        col(Delivery.mailing_id).in_(moving), col(Delivery.settled_at) > since, col(Delivery.state).in_(_SETTLED)
    )
    found: dict[int, dict[str, list[int]]] = {}
    for mailing_id, state, delivery_id in await session.execute(query):
        found.setdefault(mailing_id, {}).setdefault(state.value, []).append(delivery_id)
    return found


async def _highest(session: ReadSession) -> dict[str, int]:
    """The highest id of each table: one that was given is not given to somebody else after a restoration."""
    counted = [table for table in SQLModel.metadata.sorted_tables if "id" in table.primary_key.columns]
    columns = [select(func.max(table.c.id)).scalar_subquery().label(table.name) for table in counted]
    row = (await session.execute(select(*columns))).one()
    return {table.name: value for table, value in zip(counted, row, strict=True) if value}


async def _beginning(session: ReadSession) -> BackupMark:
    """A journal that begins: what was before it stands in the first backup."""
    return await _next(session, None)


async def _next(session: ReadSession, mark: BackupMark | None) -> BackupMark:
    """Ids are given before they are committed, so the mark only passes what is older than any transaction."""
    settled = clock.now() - _AGAIN
    consent = await session.scalar(
        select(func.max(col(Consent.id))).where(_since(Consent, mark, "consent_id"), col(Consent.at) < settled)
    )
    audit = await session.scalar(
        select(func.max(col(AuditEntry.id))).where(_since(AuditEntry, mark, "audit_id"), col(AuditEntry.at) < settled)
    )
    return BackupMark(
        at=clock.now(),
        consent_id=consent or (mark.consent_id if mark else 0),
        audit_id=audit or (mark.audit_id if mark else 0),
    )


def _since(table: Any, mark: BackupMark | None, name: str) -> Any:
    return col(table.id) > (getattr(mark, name) if mark else 0)
