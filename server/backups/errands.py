"""Use cases of long work on a whole town: asked for by who runs the instance, followed, and kept as a record.

A town is handed over as one archive, brought from one, or deleted. `errand_work` carries out what is asked for here.
"""

import asyncio
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from server.accounts import audit
from server.accounts.actors import Actor
from server.backups.models import ErrandKind, ErrandState, TownErrand
from server.backups.towns import MANIFEST
from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.errors import Conflict, Invalid, NotFound
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.search import searchable
from server.core.secrets import new_token
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.web.pagination import Page, Slice

EXPORTED = audit.action("town.exported", sentence("Handed the town’s data over"))
ARRIVAL_ASKED = audit.action("town.arrival_asked", sentence("Brought a town from an archive"))
DELETION_ASKED = audit.action("town.deletion_asked", sentence("Asked to delete the town"))
KEPT = timedelta(days=7)
"""An archive holds everybody's data: it is there to be fetched, not to be stored."""

_ORPHAN = timedelta(hours=1)
"""By then what was stored has its errand, or whoever stored it died in between."""

_OPEN = (ErrandState.WAITING, ErrandState.AT_WORK)
_BUSY = sentence("The town is being handed over or deleted already.")
_STILL_OPEN = sentence("Suspend the town first: nobody may write in it while it is deleted.")
_OTHER_NAME = sentence("This is not the name of the town. Nothing was deleted.")
NO_ARCHIVE = sentence("This file holds no town: choose the archive that was fetched where the town lived.")


def archive_path(files: FileStore, name: str) -> Path:
    return files.root / "archives" / name


async def ask_export(session: WriteSession, municipality_id: int, operator: Actor) -> TownErrand:
    """Everything of the town in one archive. The town's own trail says so. Raises NotFound, Conflict."""
    town = await get_municipality(session, municipality_id)
    errand = await _ask(session, ErrandKind.EXPORT, town, operator)
    await audit.record(session, town.id, operator.account_id, EXPORTED, "municipality", town.id)
    return errand


async def ask_deletion(session: WriteSession, municipality_id: int, operator: Actor, typed_name: str) -> TownErrand:
    """Nothing of the town is left afterwards but the proof. Raises NotFound, Conflict, Invalid."""
    town = await get_municipality(session, municipality_id)
    if searchable(typed_name).split() != searchable(town.name).split():
        raise Invalid({"name": _OTHER_NAME})
    if town.suspended_at is None:
        raise Conflict(_STILL_OPEN, "town_open")
    errand = await _ask(session, ErrandKind.DELETION, town, operator)
    await audit.record(session, None, operator.account_id, DELETION_ASKED, "municipality", town.id)
    return errand


async def ask_arrival(session: WriteSession, operator: Actor, archive: str, slug: str) -> TownErrand:
    """The town of an archive that was stored before; under another first word of its addresses, if one is given."""
    errand = _errand(ErrandKind.ARRIVAL, operator)
    errand.archive, errand.slug = archive, slug
    session.add(errand)
    await session.flush()
    await audit.record(session, None, operator.account_id, ARRIVAL_ASKED, "municipality")
    return errand


def store_archive(files: FileStore, content: bytes) -> str:
    """Keep what was sent until a worker takes it up; its name here. Raises Invalid at `file`."""
    name = f"{new_token()}.zip"
    path = archive_path(files, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)
    try:
        with zipfile.ZipFile(path) as archive:
            is_town = MANIFEST in archive.namelist()
    except zipfile.BadZipFile:
        is_town = False
    if not is_town:
        path.unlink()
        raise Invalid({"file": NO_ARCHIVE})
    return name


async def list_errands(session: ReadSession, asked: Slice) -> Page[TownErrand]:
    """The latest first."""
    total = (await session.execute(select(func.count()).select_from(TownErrand))).scalar_one()
    query = select(TownErrand).order_by(col(TownErrand.id).desc()).limit(asked.size).offset(asked.offset)
    return Page(list(await session.scalars(query)), total, asked.number, asked.size)


async def get_errand(session: ReadSession, errand_id: int) -> TownErrand:
    errand = await session.get(TownErrand, errand_id)
    if errand is None:
        raise NotFound
    return errand


async def errands_of(session: ReadSession, town_number: int) -> Sequence[TownErrand]:
    query = select(TownErrand).where(col(TownErrand.town_number) == town_number)
    return (await session.scalars(query.order_by(col(TownErrand.id).desc()).limit(10))).all()


async def forget_archives(database: Database, files: FileStore) -> None:
    """What was not fetched in time is made again when somebody asks; what no errand names is of no use to anybody."""
    old = (col(TownErrand.archive) != "", col(TownErrand.finished_at) < clock.now() - KEPT)
    async with database.writing() as session:
        for errand in await session.scalars(select(TownErrand).where(*old)):
            archive_path(files, errand.archive).unlink(missing_ok=True)
            errand.archive = ""
            session.add(errand)
        named = set(await session.scalars(select(TownErrand.archive)))
    await asyncio.to_thread(_sweep, files, named)


def _sweep(files: FileStore, named: set[str]) -> None:
    before = (clock.now() - _ORPHAN).timestamp()
    for path in archive_path(files, "").glob("*.zip"):
        if path.name not in named and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


async def _ask(session: WriteSession, kind: ErrandKind, town: Municipality, operator: Actor) -> TownErrand:
    under_way = select(TownErrand.id).where(col(TownErrand.town_number) == town.id, col(TownErrand.state).in_(_OPEN))
    if (await session.scalars(under_way.limit(1))).first() is not None:
        raise Conflict(_BUSY, "town_busy")
    errand = _errand(kind, operator)
    errand.town_number, errand.town_name, errand.slug = town.id, town.name, town.slug
    session.add(errand)
    await session.flush()
    return errand


def _errand(kind: ErrandKind, operator: Actor) -> TownErrand:
    now = clock.now()
    return TownErrand(
        kind=kind, counts={}, language=operator.language, next_at=now, asked_by_id=operator.account_id, asked_at=now
    )
