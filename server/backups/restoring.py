"""Bringing a backup back into an empty instance, in the shape it was made in, then in today's."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, inspect

from server.backups import journal, sealing, tables
from server.backups.archive import Damaged, Manifest, read_table, total, unpack
from server.backups.halfway import is_half_restored
from server.backups.making import NoBackup, fetch, working_folder
from server.backups.models import BackupKind, BackupOutcome, BackupRun
from server.backups.replaying import Replayed, highest_ids, hold_everything, replay, towns_deleted
from server.backups.stores import Store, store_of
from server.backups.towns import delete_town
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.migrations import configuration, current_revision, known_revisions, migrate
from server.core.secrets import load_secrets
from server.core.settings import Settings
from server.mailings.heartbeats import living_workers

if TYPE_CHECKING:
    from pyrage import x25519


@dataclass(frozen=True)
class Restored:
    """What came back."""

    made_at: str
    rows: int
    files: int
    replayed: Replayed


async def restore(settings: Settings, database: Database, name: str, identities: "list[x25519.Identity]") -> Restored:
    """The backup `name` in this empty instance; what left since then leaves again. Raises NoBackup."""
    await _check_room(database)
    try:
        store = await asyncio.to_thread(store_of, settings)
        with TemporaryDirectory(dir=working_folder(settings)) as scratch:
            folder = Path(scratch)
            manifest = await opened_backup(store, name, identities, folder)
            count = await fill_database(database, manifest, folder, restoring=name)
            files = await asyncio.to_thread(_place, folder, settings.home)
        entries = await asyncio.to_thread(journal.read_journal, store, manifest.made_at)
    except (OSError, ValueError) as error:
        raise NoBackup(str(error)) from error
    await migrate(database)
    secrets, store_here = load_secrets(settings.home), FileStore(settings.home / "files")
    again = [await delete_town(database, store_here, town) for town in towns_deleted(entries, manifest.made_at)]
    async with database.writing() as session:
        replayed = await replay(session, secrets, entries)
        replayed.towns = sum(map(bool, again))
        replayed.paused = await hold_everything(session)
        # What the lost instance made and tried was sealed for a key that is gone: this one begins anew, tonight or now.
        await session.execute(delete(BackupRun))
        session.add(BackupRun(**_record(name), outcome=BackupOutcome.DONE, rows=count, ended_at=clock.now()))
    async with database.connection() as connection:
        await tables.count_on(connection, await tables.read_shape(connection), highest_ids(entries))
    return Restored(manifest.made_at, count, files, replayed)


async def opened_backup(store: Store, name: str, identities: "list[x25519.Identity]", folder: Path) -> Manifest:
    """The backup fetched, unsealed and unpacked in `folder`. Raises NoBackup, BadKey, Damaged."""
    sealed = await asyncio.to_thread(fetch, store, name, folder)
    plain = folder / "plain"
    await asyncio.to_thread(sealing.unseal, sealed, plain, identities)
    return await asyncio.to_thread(unpack, plain, folder)


async def _check_room(database: Database) -> None:
    """Raises NoBackup where a town lives or somebody works: both would be hurt."""
    async with database.engine.connect() as connection:
        is_empty = await connection.run_sync(tables.is_empty)
    if not (is_empty or await is_half_restored(database)):
        raise NoBackup("A town lives in this database already: a backup is only brought back into an empty one.")
    if await current_revision(database) == known_revisions()[-1]:
        async with database.reading() as session:
            if await living_workers(session):
                raise NoBackup("Workers are at work on this database: stop web and workers, and wait half a minute.")


async def fill_database(database: Database, manifest: Manifest, folder: Path, *, restoring: str = "") -> int:
    """An empty database gets the backup's shape and rows: all of them or none. Raises NoBackup, Damaged. That the backup
    `restoring` is being brought back stands in it from the same moment on.
    """
    if manifest.revision not in known_revisions():
        raise NoBackup("This backup was made by a newer version of Tambour: install that version first.")
    async with database.connection() as connection:
        await tables.clear(connection)
        await connection.run_sync(lambda sync: _shape(sync, manifest.revision))
        shape = await tables.read_shape(connection)
        await tables.loosen(connection, shape)
        rows: dict[str, int] = {}
        for table in tables.in_order(shape):
            if table.name in manifest.columns:
                names = manifest.columns[table.name]
                rows[table.name] = await tables.write_lines(connection, table, names, read_table(folder, table.name))
        await tables.fasten(connection, shape)
        found = await tables.count_rows(connection, shape)
        if wrong := [name for name, wanted in manifest.rows.items() if not wanted == rows.get(name) == found.get(name)]:
            raise Damaged(f"These tables did not come back whole: {', '.join(wrong)}.")
        if restoring:
            begun = insert(BackupRun).values(**_record(restoring), outcome=BackupOutcome.RUNNING)
            await connection.execute(begun.values(note="", size=0, rows=0))
    return total(manifest.rows)


def _shape(connection: Connection, revision: str) -> None:
    """Whatever shape the empty database has, it gets that of the backup."""
    from alembic import command

    if inspect(connection).has_table(tables.VERSION_TABLE):
        command.downgrade(configuration(connection), "base")
    command.upgrade(configuration(connection), revision)


def _place(folder: Path, home: Path) -> int:
    """Files and the instance's secret where they belong. How many files."""
    (home / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = home / "keys" / "instance.key"
    shutil.copyfile(folder / "keys" / "instance.key", secret)
    secret.chmod(0o600)
    count = 0
    for path in sorted((folder / "files").glob("*/??/*")):
        target = home / "files" / path.relative_to(folder / "files")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        count += 1
    return count


def _record(name: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "kind": BackupKind.RESTORATION,
        "slot": f"restoration {now.isoformat()}",
        "name": name,
        "started_at": now,
    }
