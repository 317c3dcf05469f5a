"""The work on imports, done by the clock: a list is read into quarantine piece by piece, and written at one stroke.

A worker holds an import under a lease with a fence. Whoever comes after one that died begins the reading anew: nothing
was on the list yet. Writing is one transaction: all of it, or nothing.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from sqlalchemy import CursorResult, delete, or_, update
from sqlmodel import col, select

from server.core import clock
from server.core.database import Database, WriteSession, count_again
from server.core.secrets import Secrets
from server.mailings.service import hold_recipients
from server.residents.import_models import ImportRow, ImportState, ListFile, ListImport
from server.residents.import_staging import stage_rows
from server.residents.import_writing import sort_out
from server.residents.importing import clear_quarantine, finish_import, staged_rows
from server.residents.list_reading import ListReader, Staged, as_data
from server.residents.lists.refusal import NotAList

_AT_WORK = (ImportState.READING, ImportState.WRITING)
_LEASE = timedelta(minutes=2)
_PIECE = 5_000


async def advance_imports(database: Database, secrets: Secrets) -> None:
    """One import a step further: the oldest that nobody holds."""
    held = await _take(database)
    if held is None:
        return
    if held.state is ImportState.WRITING:
        await _write(database, held)
        return
    try:
        await _read(database, secrets, held)
    except NotAList as error:
        async with database.writing() as session:
            if await _still_ours(
                session, held, state=ImportState.REFUSED, problem=as_data(error.message), closed_at=clock.now()
            ):
                await clear_quarantine(session, held)


async def _take(database: Database) -> ListImport | None:
    async with database.writing() as session:
        due = select(ListImport).where(
            col(ListImport.state).in_(_AT_WORK),
            or_(col(ListImport.lease_until).is_(None), col(ListImport.lease_until) < clock.now()),
        )
        held = (await session.scalars(due.order_by(col(ListImport.id)).limit(1))).one_or_none()
        if held is None or not await _still_ours(session, held, attempt=held.attempt + 1):
            return None
        await session.refresh(held)
        if held.state is ImportState.READING:
            await session.execute(delete(ImportRow).where(col(ImportRow.import_id) == held.id))
        session.expunge(held)
        return held


async def _still_ours(session: WriteSession, held: ListImport, **values: object) -> bool:
    """Write `values` and a longer lease, unless somebody else has taken the import meanwhile."""
    statement = update(ListImport).where(
        col(ListImport.id) == held.id,
        col(ListImport.attempt) == held.attempt,
        col(ListImport.state) == held.state,
    )
    done = await session.execute(statement.values(lease_until=clock.now() + _LEASE, **values))
    assert isinstance(done, CursorResult)
    return done.rowcount == 1


async def _read(database: Database, secrets: Secrets, held: ListImport) -> None:
    async with database.reading() as session:
        file = await session.get(ListFile, held.id)
        reader = await ListReader.of(session, secrets, held.municipality_id, held.topic_ids)
    if file is None:
        return
    shown: list[dict[str, object]] = []
    rows, read = staged_rows(file.content, held, reader, shown), 0
    piece = await asyncio.to_thread(_next_of, rows)
    while piece:
        read += len(piece)
        # The database writes this piece while the next one is read.
        writing = asyncio.create_task(_stage(database, held, piece, read))
        try:
            piece = await asyncio.to_thread(_next_of, rows)
        finally:
            is_ours = await writing
        if not is_ours:
            return
    async with database.writing() as session:
        await count_again(
            session, ImportRow, "import_id", "outcome", "email_key", "address_hash", "name_key", "door_key"
        )
        counts = await sort_out(session, held)
        if await _still_ours(session, held, state=ImportState.READ, counts=counts):
            await session.execute(update(ListFile).where(col(ListFile.import_id) == held.id).values(tables=shown))


def _next_of(rows: Iterator[Staged]) -> list[Staged]:
    return list(islice(rows, _PIECE))


async def _stage(database: Database, held: ListImport, piece: Sequence[Staged], read: int) -> bool:
    """Whether the import was still ours, and so these rows of it are in quarantine."""
    async with database.writing() as session:
        is_ours = await _still_ours(session, held, rows_read=read)
        if is_ours:
            await stage_rows(session, piece)
    return is_ours


async def _write(database: Database, held: ListImport) -> None:
    async with database.writing() as session:
        await hold_recipients(session, held.municipality_id)
        if not await _still_ours(session, held):
            return
        await finish_import(session, held)
