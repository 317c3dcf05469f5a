"""Bringing the database to the shape this version of the code expects.

A release only adds to the shape, or takes away what the release before it no longer uses (docs/upgrading.md): so the
old version goes on working beside the new one, and on a database that the new one has already changed.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from server.core.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parents[2] / "alembic"
_LOCK = 0x74616D62  # "tamb": one migration at a time, however many processes start


def configuration(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

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
        await connection.run_sync(_upgrade, revision)


async def current_revision(database: Database) -> str | None:
    """The revision the database is at; none before the first migration."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_revision)


async def is_current(database: Database) -> bool:
    """Whether this code can work with the database: it has the shape expected, or that of the version after."""
    found = await current_revision(database)
    return found == known_revisions()[-1] or _is_newer(found)


@cache
def known_revisions() -> tuple[str, ...]:
    """The line of revisions, from the first to the head: a revision's number begins the name of its file."""
    return tuple(sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py")))


def _upgrade(connection: Connection, revision: str) -> None:
    found = _revision(connection)
    if _is_newer(found) or (revision == "head" and found == known_revisions()[-1]):
        return
    from alembic import command  # the library is heavy, and most starts have nothing to change

    command.upgrade(configuration(connection), revision)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _is_newer(revision: str | None) -> bool:
    """A revision that this code has never heard of was made after it."""
    return revision is not None and revision not in known_revisions()
