"""Bringing the database to the shape this version of the code expects."""

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
    """Upgrade to `revision`. Processes that start together wait for the first one."""
    async with database.connection() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), revision))


async def is_current(database: Database) -> bool:
    """Whether the database has the shape this code expects."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    async with database.engine.connect() as connection:
        found = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return found == head
