"""Bringing the database to the shape this version of the code expects.

A release only adds to the shape, or takes away what the release before it no longer uses (docs/upgrading.md): so the
old version goes on working beside the new one, and on a database that the new one has already changed.
"""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from alembic import command
from server.core.database import Database

FOLDER = Path(__file__).resolve().parents[2] / "alembic"
_LOCK = 0x74616D62  # "tamb": one migration at a time, however many processes start


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision`. Processes that start together wait for the first one; a newer shape is left as it is."""
    async with database.connection() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if not _is_newer(await connection.run_sync(_revision)):
            await connection.run_sync(lambda sync: command.upgrade(configuration(sync), revision))


async def current_revision(database: Database) -> str | None:
    """The revision the database is at; none before the first migration."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_revision)


async def is_current(database: Database) -> bool:
    """Whether this code can work with the database: it has the shape expected, or that of the version after."""
    found = await current_revision(database)
    return found == _scripts().get_current_head() or _is_newer(found)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _is_newer(revision: str | None) -> bool:
    """A revision that this code has never heard of was made after it."""
    return revision is not None and revision not in {script.revision for script in _scripts().walk_revisions()}


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())
