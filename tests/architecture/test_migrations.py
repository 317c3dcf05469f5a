"""Revisions say what the tables say, on both engines, and can be undone."""

from collections.abc import Callable

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from alembic import command
from server.core.database import Database
from server.core.migrations import configuration


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


def test_the_line_of_revisions_does_not_fork() -> None:
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1
