"""Making a backup while everything runs: one consistent look at the database, then the files, then the seal."""

import asyncio
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from server.backups import journal, sealing, tables
from server.backups.archive import ArchiveWriter, Manifest, checksum_line, table_member, total
from server.backups.stores import Store, store_of
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.migrations import current_revision
from server.core.settings import Settings

_DAMAGED = "If it is damaged, bring the last backup back: docs/backup.md."
PREFIX, ENDING, SUM = "tambour-", ".tar.age", ".sha256"


class NoBackup(Exception):
    """A backup cannot be made or used; the sentence says why and what to do."""


@dataclass(frozen=True)
class Made:
    """A backup that lies in its place."""

    name: str
    size: int
    rows: int


async def make_backup(settings: Settings, database: Database, files: FileStore) -> Made:
    """A new backup in the settings' place; the oldest beyond those kept are deleted. Raises NoBackup."""
    try:
        recipients = sealing.read_public_keys(settings.backup_keys)
        store = store_of(settings)
    except ValueError as error:
        raise NoBackup(str(error)) from error
    if not recipients:
        raise NoBackup("TAMBOUR_BACKUP_KEYS is empty. `tambour backup key` makes a pair of keys.")
    recipients.append(sealing.own_identity(settings.home / "keys").to_public())
    name = f"{PREFIX}{clock.now():%Y%m%dT%H%M%SZ}{ENDING}"
    try:
        with TemporaryDirectory(dir=working_folder(settings)) as scratch:
            plain, sealed = Path(scratch, "plain"), Path(scratch, "sealed")
            rows = await _fill(plain, settings, database, files)
            await asyncio.to_thread(sealing.seal, plain, sealed, recipients)
            size = await asyncio.to_thread(_lay, store, name, sealed)
    except OSError as error:
        raise NoBackup(f"The backup was not made: {error.strerror or error}.") from error
    except database.failures as error:
        raise NoBackup(f"The database could not be read whole: {getattr(error, 'orig', error)}. {_DAMAGED}") from error
    await asyncio.to_thread(rotate, store, settings.backup_keep)
    return Made(name, size, rows)


def working_folder(settings: Settings) -> Path:
    """Where there is room for a backup in the making."""
    folder = settings.home / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def backup_names(names: Iterable[str]) -> list[str]:
    """The backups among what lies in a store, the newest first."""
    return sorted((name for name in names if name.startswith(PREFIX) and name.endswith(ENDING)), reverse=True)


def rotate(store: Store, keep: int) -> None:
    """Delete all but the newest `keep` backups, and the journal from before the oldest of them."""
    names = store.names()
    kept, old = backup_names(names)[:keep], backup_names(names)[keep:]
    store.remove([*old, *(f"{name}{SUM}" for name in old if f"{name}{SUM}" in names)])
    if kept:
        day = kept[-1].removeprefix(PREFIX)[:8]
        store.remove(journal.names_before(names, day))


async def _fill(path: Path, settings: Settings, database: Database, files: FileStore) -> int:
    """The unsealed archive. How many rows it holds."""
    revision = await current_revision(database)
    manifest = Manifest(clock.now().isoformat(), revision or "", "sqlite" if database.is_sqlite else "postgresql")
    with ArchiveWriter(path, manifest) as writer, TemporaryDirectory(dir=path.parent) as scratch:
        async with database.snapshot() as connection:
            shape = await tables.read_shape(connection)
            for table in tables.in_order(shape):
                member = Path(scratch, sha256(table.name.encode()).hexdigest())
                manifest.columns[table.name] = [column.name for column in table.columns]
                manifest.rows[table.name] = 0
                with gzip.open(member, "wt", compresslevel=3, encoding="utf-8") as file:
                    async for lines in tables.read_lines(connection, table):
                        manifest.rows[table.name] += len(lines)
                        await asyncio.to_thread(file.writelines, [f"{line}\n" for line in lines])
                await asyncio.to_thread(writer.move_in, table_member(table.name), member)
        await asyncio.to_thread(_add_files, writer, files, settings.home / "keys")
    return total(manifest.rows)


def _add_files(writer: ArchiveWriter, files: FileStore, keys: Path) -> None:
    """Files never change once they are there. The key that opens the instance's own backups is not laid in one."""
    for name, path in files.everything():
        writer.add(f"files/{name}", path)
    writer.add("keys/instance.key", keys / "instance.key")


def _lay(store: Store, name: str, sealed: Path) -> int:
    """First the backup, then its checksum: what has none was interrupted. How many bytes it takes."""
    store.put(name, sealed)
    sums = sealed.with_name("sums")
    sums.write_text(checksum_line(sealed, name))
    store.put(f"{name}{SUM}", sums)
    return sealed.stat().st_size


def fetch(store: Store, name: str, folder: Path) -> Path:
    """A backup brought to `folder`, compared with its checksum. Raises NoBackup."""
    sealed = folder / "sealed"
    try:
        store.get(name, sealed)
        wanted = store.read(f"{name}{SUM}")
    except FileNotFoundError as error:
        raise NoBackup(f"There is no complete backup called {name}. `tambour backup list` shows them.") from error
    if checksum_line(sealed, name) != wanted:
        raise NoBackup(f"{name} is damaged: its checksum is not the one written when it was made. Take another.")
    return sealed
