"""The two kinds of sessions keep their promises on both engines."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.core.database import Database


async def test_a_reading_session_can_change_nothing(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(DBAPIError):
            await session.execute(text("DELETE FROM account"))


async def test_a_writing_session_commits_when_it_ends(database: Database) -> None:
    async with database.writing() as session:
        await _write_a_window(session)
    async with database.reading() as session:
        assert await _windows(session) == 1


async def test_a_writing_session_keeps_nothing_when_it_raises(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await _write_and_fail(database)
    async with database.reading() as session:
        assert await _windows(session) == 0


async def test_the_promises_are_read_back(database: Database) -> None:
    await database.check()


async def _write_and_fail(database: Database) -> None:
    async with database.writing() as session:
        await _write_a_window(session)
        raise RuntimeError


async def _write_a_window(session: object) -> None:
    await session.execute(  # type: ignore[attr-defined]
        text("INSERT INTO limit_window (key, started_at, count) VALUES ('k', CURRENT_TIMESTAMP, 1)")
    )


async def _windows(session: object) -> int:
    return int((await session.execute(text("SELECT count(*) FROM limit_window"))).scalar_one())  # type: ignore[attr-defined]
