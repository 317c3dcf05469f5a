"""The instance looked over: machine, database, workers, queue, backups. Each finding says how it is and what to do."""

import stat
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from server.backups.models import BackupKind
from server.backups.upkeep import find_backup_trouble, last_done
from server.core import clock
from server.core.database import Database, ReadSession, WrongDatabase
from server.core.files import free_space
from server.core.i18n import sentence, translate
from server.core.migrations import is_current
from server.core.settings import Settings
from server.mailings.alignment import Finding, Verdict
from server.mailings.heartbeats import find_mail_trouble, living_workers
from server.mailings.models import Delivery, Mailing, MailingState

_LEAST_FREE = 1 << 30
_OLD_QUEUE = timedelta(hours=1)
_SKEW = 2.0
_MENDED = {(3, 11): 10, (3, 12): 5}
"""Below this release a newline in a decoded header becomes a header (CVE-2024-6923); later lines never had the flaw."""


async def look_over(settings: Settings, database: Database) -> list[Finding]:
    """Every finding of the instance itself; those of the towns' domains are apart (`believing.examine_town`)."""
    found = [_python(sys.version_info[:3]), _address(settings), _disk(settings.home), _permissions(settings.home)]
    try:
        found.append(await _database(database))
        if found[-1].verdict is not Verdict.FINE:
            return found
        async with database.reading() as session:
            found += [
                await _clock(session, is_sqlite=database.is_sqlite),
                await _workers(session),
                await _queue(session),
                await _backups(session, settings),
            ]
    except WrongDatabase as wrong:
        found.append(
            Finding("database", Verdict.WRONG, sentence("The database breaks a promise: {what}.", what=str(wrong)))
        )
    except (SQLAlchemyError, OSError) as error:
        what = getattr(error, "orig", error)
        words = sentence(
            "The database does not answer: {what}. The last backup is in {place}.",
            what=what,
            place=settings.backup_place or "—",
        )
        found.append(Finding("database", Verdict.WRONG, words))
    return found


def _python(version: tuple[int, ...]) -> Finding:
    shown = ".".join(map(str, version))
    if version[2] < _MENDED.get((version[0], version[1]), 0):
        words = sentence(
            "Python {version} has a known flaw (CVE-2024-6923). Tambour guards against it; update Python all the same.",
            version=shown,
        )
        return Finding("Python", Verdict.DOUBTFUL, words)
    return Finding("Python", Verdict.FINE, sentence("Python {version} has no flaw we know of.", version=shown))


def _address(settings: Settings) -> Finding:
    if not settings.base_url.startswith("https://"):
        words = sentence("TAMBOUR_BASE_URL does not begin with https: links in mails lead to {url}.", url=settings.url)
        return Finding("address", Verdict.DOUBTFUL, words)
    return Finding("address", Verdict.FINE, sentence("Links in mails lead to {url}.", url=settings.url))


def _disk(home: Path) -> Finding:
    free = free_space(home)
    if free < _LEAST_FREE:
        words = sentence("Only {free} MB are free: make room before mail stops.", free=free >> 20)
        return Finding("disk", Verdict.WRONG, words)
    return Finding("disk", Verdict.FINE, sentence("{free} GB are free.", free=free >> 30))


def _permissions(home: Path) -> Finding:
    key = home / "keys" / "instance.key"
    if not key.exists():
        return Finding(
            "keys", Verdict.WRONG, sentence("The instance’s key is missing from {folder}.", folder=key.parent)
        )
    if stat.S_IMODE(key.stat().st_mode) & 0o077:
        words = sentence("Others on this machine can read the instance’s key: chmod 600 {file}", file=key)
        return Finding("keys", Verdict.WRONG, words)
    return Finding("keys", Verdict.FINE, sentence("Only Tambour can read the instance’s key."))


async def _database(database: Database) -> Finding:
    await database.check()
    if not await is_current(database):
        return Finding(
            "database", Verdict.WRONG, sentence("The database has the shape of another version: run `tambour migrate`.")
        )
    return Finding("database", Verdict.FINE, sentence("The database keeps what it promises, and has the right shape."))


async def _clock(session: ReadSession, *, is_sqlite: bool) -> Finding:
    """Two machines that disagree on the time send planned letters at two times."""
    if is_sqlite:
        return Finding("clock", Verdict.FINE, sentence("One machine, one clock. Let the system keep it right (NTP)."))
    before = time.time()  # the machine's own clock is what is looked at
    theirs = float(await session.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0)
    skew = max(before - theirs, theirs - time.time())
    if skew > _SKEW:
        words = sentence(
            "This machine and the database disagree by {seconds} s: let both set their clock (NTP).",
            seconds=round(skew),
        )
        return Finding("clock", Verdict.WRONG, words)
    return Finding("clock", Verdict.FINE, sentence("This machine and the database agree on the time."))


async def _workers(session: ReadSession) -> Finding:
    trouble = await find_mail_trouble(session)
    if trouble is not None:
        return Finding("workers", Verdict.WRONG, trouble.message)
    if "clock" not in await living_workers(session):
        return Finding("workers", Verdict.WRONG, sentence("The clock does not run: `tambour work all` starts it."))
    return Finding("workers", Verdict.FINE, sentence("Workers live, and the relay answers them."))


async def _queue(session: ReadSession) -> Finding:
    """The oldest message that should have left."""
    sending = select(col(Mailing.id)).where(col(Mailing.state) == MailingState.SENDING)
    query = select(col(Delivery.next_at)).where(
        col(Delivery.mailing_id).in_(sending),
        col(Delivery.lease_until).is_(None),
        col(Delivery.next_at) <= clock.now(),
    )
    oldest = await session.scalar(query.order_by(col(Delivery.next_at)).limit(1))
    if oldest is not None and oldest < clock.now() - _OLD_QUEUE:
        minutes = int((clock.now() - oldest).total_seconds() // 60)
        words = sentence(
            "A message has been due for {minutes} minutes: look at the workers and the relay.", minutes=minutes
        )
        return Finding("queue", Verdict.DOUBTFUL, words)
    return Finding("queue", Verdict.FINE, sentence("Nothing waits longer than it should."))


async def _backups(session: ReadSession, settings: Settings) -> Finding:
    if not settings.backup_place:
        return Finding(
            "backups", Verdict.WRONG, sentence("No backup is made: set TAMBOUR_BACKUP_PLACE and TAMBOUR_BACKUP_KEYS.")
        )
    if trouble := await find_backup_trouble(session):
        return Finding("backups", Verdict.WRONG, sentence("Backups: {trouble}.", trouble=trouble))
    done = await last_done(session, BackupKind.BACKUP)
    if done is None:
        return Finding("backups", Verdict.DOUBTFUL, sentence("No backup yet: the first one is made tonight."))
    return Finding("backups", Verdict.FINE, sentence("The last backup is {name}.", name=done.name))


def in_english(finding: Finding) -> str:
    return translate(finding.words, "en")
