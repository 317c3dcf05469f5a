"""Who waits for work hears that somebody wrote, whichever process it was."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from server.core import postgres_bell
from server.core.database import Database, ring
from tests.cast import Cast

_WRITE = text("UPDATE municipality SET name = name || '.'")
_TEAR_OFF = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
)
_A_WHILE = 0.2


class Ear:
    def __init__(self) -> None:
        self._heard = asyncio.Event()

    def __call__(self) -> None:
        self._heard.set()

    async def hears(self) -> None:
        async with asyncio.timeout(60):
            await self._heard.wait()
        self._heard.clear()

    async def hears_nothing(self) -> bool:
        await asyncio.sleep(_A_WHILE)
        return not self._heard.is_set()


class _Undone(Exception):
    pass


@pytest.fixture
async def elsewhere(database: Database, cast: Cast) -> AsyncIterator[Database]:
    """The same database as another process has it."""
    other = Database(database.url.render_as_string(hide_password=False))
    yield other
    await other.close()


async def write(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(_WRITE)
        await ring(session)


async def test_all_who_listen_hear_what_was_written_elsewhere(database: Database, elsewhere: Database) -> None:
    one, two = Ear(), Ear()
    with database.bell.heard_by(one), database.bell.heard_by(two):
        await one.hears()  # it hangs
        await two.hears_nothing()
        for _ in range(2):
            await write(elsewhere)
            await one.hears()
            await two.hears()


async def test_what_was_undone_rings_no_bell(database: Database, elsewhere: Database) -> None:
    ear = Ear()
    with database.bell.heard_by(ear):
        await ear.hears()
        with contextlib.suppress(_Undone):
            async with elsewhere.writing() as session:
                await session.execute(_WRITE)
                await ring(session)
                raise _Undone
        assert await ear.hears_nothing()


async def test_a_bell_that_is_torn_off_hangs_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if database.is_sqlite:
        return  # its bell hangs by no connection
    monkeypatch.setattr(postgres_bell, "_AGAIN", 0.01)
    ear = Ear()
    with database.bell.heard_by(ear):
        await ear.hears()
        async with database.reading() as session:
            assert await session.scalar(_TEAR_OFF) == 1
        await ear.hears()
        await write(database)
        await ear.hears()
