"""Revisions say what the tables say, on both engines, and can be undone."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from alembic import command
from server.core.database import Database
from server.core.migrations import configuration, current_revision, is_current, known_revisions, migrate


@pytest.fixture
async def database(database: Database) -> AsyncIterator[Database]:
    """Its connections do not outlive the tables they have seen."""
    yield database
    await database.close()


async def _run(database: Database, work: Callable[[Connection], None]) -> None:
    async with database.connection() as connection:
        await connection.run_sync(work)


def _check(connection: Connection) -> None:
    command.check(configuration(connection))


def _down(connection: Connection) -> None:
    command.downgrade(configuration(connection), "base")


def _up(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")


async def test_the_revisions_make_the_tables(database: Database) -> None:
    await _run(database, _check)


async def test_up_down_up(database: Database) -> None:
    def nothing_is_left(connection: Connection) -> None:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}

    await _run(database, _down)
    await _run(database, nothing_is_left)
    await _run(database, _up)
    await _run(database, _check)


def test_the_line_of_revisions_does_not_fork_and_stands_in_the_names_of_its_files() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    (head,) = scripts.get_heads()
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(known_revisions())
    assert known_revisions()[-1] == head


async def test_two_that_migrate_at_once_wait_for_each_other(database: Database) -> None:
    await _run(database, _down)
    other = Database(database.url.render_as_string(hide_password=False), pool_size=2)
    await asyncio.gather(migrate(database), migrate(other))
    await other.close()
    assert await is_current(database)


async def test_the_version_before_goes_on_working_on_a_newer_shape(database: Database) -> None:
    """What a release does to the shape leaves the release before it alive: a rollback is starting the old code again."""

    def as_if_newer(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    await _run(database, as_if_newer)
    assert await is_current(database)
    await migrate(database)
    assert await current_revision(database) == "9999"


async def test_a_migration_that_fails_leaves_everything_as_it_was(database: Database) -> None:
    await _run(database, lambda connection: command.downgrade(configuration(connection), "0001"))

    def breaks(connection: Connection) -> None:
        command.upgrade(configuration(connection), "head")
        connection.execute(text("INSERT INTO no_such_table VALUES (1)"))

    with pytest.raises(DBAPIError):
        await _run(database, breaks)
    assert await current_revision(database) == "0001"
    await _run(database, _up)
    await _run(database, _check)
