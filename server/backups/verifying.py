"""Trying a backup: it is restored into a database that is thrown away, and counted. A backup nobody tried is a hope."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from server.backups import sealing
from server.backups.archive import total
from server.backups.making import NoBackup, backup_names, working_folder
from server.backups.restoring import fill_database, opened_backup
from server.backups.stores import store_of
from server.core.database import Database
from server.core.secrets import new_token
from server.core.settings import Settings

if TYPE_CHECKING:
    from pyrage import x25519


@dataclass(frozen=True)
class Verified:
    """A backup that can be brought back."""

    name: str
    rows: int
    files: int


async def verify_backup(
    settings: Settings, database: Database, name: str = "", identities: "list[x25519.Identity] | None" = None
) -> Verified:
    """Restore `name` (the newest, if none is named) into a scratch database and compare every count. Raises NoBackup."""
    try:
        store = store_of(settings)
        names = backup_names(store.names())
        if not (name or names):
            raise NoBackup("There is no backup yet. `tambour backup make` makes one.")
        name = name or names[0]
        identities = identities or [sealing.own_identity(settings.home / "keys")]
        with TemporaryDirectory(dir=working_folder(settings)) as scratch:
            folder = Path(scratch)
            manifest = await opened_backup(store, name, identities, folder)
            async with _scratch_database(database, folder) as empty:
                await fill_database(empty, manifest, folder)
    except (OSError, ValueError) as error:
        raise NoBackup(f"{name or 'The backup'} cannot be brought back: {error}") from error
    except database.failures as error:
        what = getattr(error, "orig", error)
        raise NoBackup(f"{name} cannot be brought back, the database refuses: {what}") from error
    files = sum(member.startswith("files/") for member in manifest.members)
    return Verified(name, total(manifest.rows), files)


@asynccontextmanager
async def _scratch_database(database: Database, folder: Path) -> AsyncIterator[Database]:
    """A new database beside ours, or a file where we may not make one; it is gone afterwards."""
    name = f"tambour_trial_{new_token()[:8].lower().replace('-', '_')}"
    is_made = not database.is_sqlite and await _made(database, name)
    url = database.url.set(database=name) if is_made else None
    address = url.render_as_string(hide_password=False) if url else f"sqlite+aiosqlite:///{folder / 'trial.sqlite3'}"
    empty = Database(address, pool_size=2)
    try:
        yield empty
    finally:
        await empty.close()
        if is_made:
            async with database.outside_transactions() as connection:
                await connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _made(database: Database, name: str) -> bool:
    try:
        async with database.outside_transactions() as connection:
            await connection.execute(text(f'CREATE DATABASE "{name}"'))
    except ProgrammingError:  # an account that may not make databases: the rows can be counted elsewhere too
        return False
    return True
