"""The worker's side of long work on a whole town: one errand after the other, under a lease; an older claim changes nothing.

What is written down of a deletion or an arrival is in the same transaction as the thing itself: a worker that dies in the
middle leaves either nothing done or the proof of it.
"""

import asyncio
import contextlib
import logging
import shutil
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select

from server.backups.arriving import import_town
from server.backups.errands import NO_ARCHIVE, archive_path
from server.backups.models import ErrandKind, ErrandState, TownErrand
from server.backups.towns import delete_town, export_town
from server.core import clock
from server.core.database import Database
from server.core.errors import Conflict, NotFound, Refusal
from server.core.files import FileStore
from server.core.i18n import Message, sentence, translate
from server.core.secrets import Secrets, new_token
from server.municipalities.queries import get_municipality

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=2)
_MOST_TRIES = 3
_BROKE = sentence("Something broke while it was being done. The server’s log says what.")
_OPEN_AGAIN = sentence("The town was opened again meanwhile. Nothing was deleted.")
_TOO_LARGE = sentence("There is no room on the disk for what this archive holds.")


class Lost(Exception):
    """The lease ran out and another worker has the errand."""


async def carry_out_errands(database: Database, files: FileStore, secrets: Secrets) -> None:
    """Whatever is due, one after the other."""
    while (errand := await _take(database)) is not None:
        keeping = asyncio.create_task(_keep(database, errand))
        try:
            await _DO[errand.kind](database, files, secrets, errand)
        except Refusal as refusal:
            await _fail(database, errand, refusal.message)
        except Lost:
            log.warning("another worker has this errand", extra={"errand": errand.id})
        except Exception:
            log.exception("work on a whole town broke", extra={"errand": errand.id, "kind": errand.kind})
            if errand.attempt >= _MOST_TRIES:
                await _fail(database, errand, _BROKE)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


async def _take(database: Database) -> TownErrand | None:
    now = clock.now()
    is_due = (col(TownErrand.state).in_((ErrandState.WAITING, ErrandState.AT_WORK)), col(TownErrand.next_at) <= now)
    due = select(col(TownErrand.id)).where(*is_due).order_by(col(TownErrand.id)).limit(1)
    async with database.writing() as session:
        chosen = due.with_for_update(skip_locked=True).cte("due")
        taken = await session.execute(
            update(TownErrand)
            .where(col(TownErrand.id).in_(select(chosen.c.id)))
            .values(state=ErrandState.AT_WORK, attempt=TownErrand.attempt + 1, next_at=now + _LEASE)
            .returning(TownErrand)
            .execution_options(synchronize_session=False)
        )
        return taken.scalar_one_or_none()


async def _export(database: Database, files: FileStore, secrets: Secrets, errand: TownErrand) -> None:
    name = f"{new_token()}.zip"
    with _scratch(files, errand) as folder:
        done = await export_town(database, files, secrets, errand.town_number or 0, folder / "town")
        await asyncio.to_thread(_pack, folder / "town", archive_path(files, name))
    await _change(database, errand, _done(done.rows) | {"archive": name, "files": done.files})


async def _delete(database: Database, files: FileStore, _secrets: Secrets, errand: TownErrand) -> None:
    number = errand.town_number or 0
    with contextlib.suppress(NotFound):  # its rows went before a worker died: the files are left
        async with database.reading() as session:
            if (await get_municipality(session, number)).suspended_at is None:
                raise Conflict(_OPEN_AGAIN, "town_open")

    async def note(connection: AsyncConnection, counts: Mapping[str, int]) -> None:
        if counts:
            await _write(connection, errand, {"counts": dict(counts), "files": files.count(number)})

    await delete_town(database, files, number, note)
    await _change(database, errand, {"state": ErrandState.DONE, "finished_at": clock.now()})


async def _bring(database: Database, files: FileStore, secrets: Secrets, errand: TownErrand) -> None:
    archive = archive_path(files, errand.archive)
    with _scratch(files, errand) as folder:
        await asyncio.to_thread(unpack, archive, folder)

        async def note(connection: AsyncConnection, about: Mapping[str, Any]) -> None:
            await _write(connection, errand, {**about, "state": ErrandState.DONE, "finished_at": clock.now()})

        await import_town(database, files, secrets, folder, slug=errand.slug, note=note)
    await asyncio.to_thread(archive.unlink, missing_ok=True)


def _pack(folder: Path, target: Path) -> None:
    made = Path(shutil.make_archive(str(folder), "zip", folder))
    made.chmod(0o600)
    made.replace(target)


def unpack(archive: Path, folder: Path) -> None:
    """Raises Conflict if it is none, is damaged, or would fill the disk."""
    try:
        with zipfile.ZipFile(archive) as packed:
            if sum(one.file_size for one in packed.infolist()) > shutil.disk_usage(folder).free // 2:
                raise Conflict(_TOO_LARGE, "too_large")
            packed.extractall(folder)
    except zipfile.BadZipFile as error:
        raise Conflict(NO_ARCHIVE, "no_archive") from error


@contextlib.contextmanager
def _scratch(files: FileStore, errand: TownErrand) -> Iterator[Path]:
    """An empty folder of the errand's own, gone afterwards: what a worker that died left in it too."""
    folder = archive_path(files, f"errand-{errand.id}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_DO: Mapping[ErrandKind, Callable[[Database, FileStore, Secrets, TownErrand], Awaitable[None]]] = {
    ErrandKind.EXPORT: _export,
    ErrandKind.ARRIVAL: _bring,
    ErrandKind.DELETION: _delete,
}


def _done(rows: Mapping[str, int]) -> dict[str, Any]:
    return {"state": ErrandState.DONE, "finished_at": clock.now(), "counts": {k: v for k, v in rows.items() if v}}


async def _keep(database: Database, errand: TownErrand) -> None:
    """Renew the lease for as long as it is worked on."""
    while True:
        await asyncio.sleep(_LEASE.total_seconds() / 4)
        await _change(database, errand, {"next_at": clock.now() + _LEASE})


async def _fail(database: Database, errand: TownErrand, why: Message) -> None:
    said = translate(why, errand.language)[:600]
    await _change(database, errand, {"state": ErrandState.FAILED, "finished_at": clock.now(), "trouble": said})


async def _change(database: Database, errand: TownErrand, values: Mapping[str, Any]) -> None:
    async with database.connection() as connection:
        await _write(connection, errand, values)


async def _write(connection: AsyncConnection, errand: TownErrand, values: Mapping[str, Any]) -> None:
    """Raises Lost, so that whatever goes with it is not done, if another worker has the errand."""
    ours = (
        col(TownErrand.id) == errand.id,
        col(TownErrand.attempt) == errand.attempt,
        col(TownErrand.state) == ErrandState.AT_WORK,
    )
    changed = await connection.execute(update(TownErrand).where(*ours).values(dict(values)))
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        raise Lost
