"""What the clock does for backups: one a night, a trial of the newest each week; and what the health page asks."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from server.backups.making import NoBackup, make_backup
from server.backups.models import BackupKind, BackupOutcome, BackupRun
from server.backups.verifying import verify_backup
from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.files import FileStore
from server.core.secrets import new_token
from server.core.settings import Settings

log = logging.getLogger(__name__)

FRESH = timedelta(hours=36)
TRIED = timedelta(days=9)
_AGAIN = timedelta(hours=1)
_LONGEST = timedelta(hours=6)
_MOST_NOTE = 500


async def back_up_nightly(settings: Settings, database: Database, files: FileStore) -> None:
    """The backup of the day, once, whoever looks first; tried again an hour after it failed."""
    local = clock.now().astimezone(clock.PARIS)
    if local.hour < settings.backup_hour:
        return

    async def run() -> tuple[str, int, int]:
        made = await make_backup(settings, database, files)
        return made.name, made.size, made.rows

    _tell(await carry_out(database, BackupKind.BACKUP, f"backup {local:%Y-%m-%d}", run))


async def verify_weekly(settings: Settings, database: Database) -> None:
    """The trial of the week, as soon as there is a backup to try."""
    local = clock.now().astimezone(clock.PARIS)
    async with database.reading() as session:
        if await last_done(session, BackupKind.BACKUP) is None:
            return

    async def run() -> tuple[str, int, int]:
        tried = await verify_backup(settings, database)
        return tried.name, 0, tried.rows

    _tell(await carry_out(database, BackupKind.VERIFICATION, f"verification {local:%G-W%V}", run))


async def carry_out(
    database: Database, kind: BackupKind, slot: str, run: Callable[[], Awaitable[tuple[str, int, int]]]
) -> BackupRun | None:
    """Do what is due in `slot` and write down how it went; None if it was done, or somebody else is at it."""
    async with database.writing() as session:
        if not await _take(session, kind, slot):
            return None
    values: dict[str, object]
    try:
        name, size, rows = await run()
        values = {"outcome": BackupOutcome.DONE, "name": name, "size": size, "rows": rows, "note": ""}
    except NoBackup as refusal:
        values = {"outcome": BackupOutcome.FAILED, "note": str(refusal)[:_MOST_NOTE]}
    async with database.writing() as session:
        await session.execute(
            update(BackupRun).where(col(BackupRun.slot) == slot).values(**values, ended_at=clock.now())
        )
        return (await session.scalars(select(BackupRun).where(col(BackupRun.slot) == slot))).one()


def _tell(run: BackupRun | None) -> None:
    """Nobody looks on at night: the log says what went wrong."""
    if run is not None and run.outcome is BackupOutcome.FAILED:
        log.error("a backup failed", extra={"kind": run.kind, "why": run.note})


async def last_done(session: ReadSession, kind: BackupKind) -> BackupRun | None:
    query = select(BackupRun).where(col(BackupRun.kind) == kind, col(BackupRun.outcome) == BackupOutcome.DONE)
    return (
        await session.scalars(query.order_by(col(BackupRun.started_at).desc(), col(BackupRun.id).desc()).limit(1))
    ).first()


async def last_run(session: ReadSession, kind: BackupKind) -> BackupRun | None:
    query = select(BackupRun).where(col(BackupRun.kind) == kind)
    return (
        await session.scalars(query.order_by(col(BackupRun.started_at).desc(), col(BackupRun.id).desc()).limit(1))
    ).first()


async def find_backup_trouble(session: ReadSession) -> str:
    """What is wrong with the backups, in a sentence; nothing if the newest is fresh and was tried."""
    now = clock.now()
    for kind, limit, words in (
        (BackupKind.BACKUP, FRESH, "no backup was made for {hours} hours"),
        (BackupKind.VERIFICATION, TRIED, "no backup was tried for {hours} hours"),
    ):
        done, last = await last_done(session, kind), await last_run(session, kind)
        if last is not None and last.outcome is BackupOutcome.FAILED:
            return f"the last {kind.value} failed: {last.note}"
        begun = done or last
        if begun is not None and begun.started_at < now - limit:
            return words.format(hours=int((now - begun.started_at).total_seconds() // 3600))
    return ""


async def _take(session: WriteSession, kind: BackupKind, slot: str) -> bool:
    """Whether it falls to us: nobody began it, or it failed a while ago, or who began it is long gone."""
    now = clock.now()
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"kind": kind, "slot": slot, "outcome": BackupOutcome.RUNNING, "started_at": now}
    begun = insert(BackupRun).values(**values, name="", note="", size=0, rows=0).on_conflict_do_nothing()
    if (await session.execute(begun.returning(col(BackupRun.id)))).scalar_one_or_none() is not None:
        return True
    failed = (col(BackupRun.outcome) == BackupOutcome.FAILED) & (col(BackupRun.ended_at) < now - _AGAIN)
    gone = (col(BackupRun.outcome) == BackupOutcome.RUNNING) & (col(BackupRun.started_at) < now - _LONGEST)
    again = update(BackupRun).where(col(BackupRun.slot) == slot, or_(failed, gone)).values(**values)
    result = await session.execute(again)
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def slot_by_hand(kind: BackupKind) -> str:
    """A slot of its own: what is asked for by hand is done, whatever was done before."""
    return f"{kind} by hand {new_token()[:16]}"
