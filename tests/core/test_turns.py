"""Who writes to an SQLite file waits for the others: soon again, for a while, and then says that it is locked."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from server.core import database, sqlite_hand
from server.core.database import Database
from server.core.pen import NotWritten, Step

_WRITE = Step("INSERT INTO t VALUES (:n)", {"n": 1})


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    """Another process, so to speak, in the midst of writing."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("BEGIN IMMEDIATE")
        yield connection


async def test_all_who_write_wait_until_the_other_has_finished(path: Path, other: sqlite3.Connection) -> None:
    ours = Database(f"sqlite+aiosqlite:///{path}")
    async with ours.pen() as one:
        writing = [asyncio.create_task(one.write(_WRITE)), asyncio.create_task(_write_in_a_session(ours))]
        done, _ = await asyncio.wait(writing, timeout=0.1)
        assert not done
        other.execute("COMMIT")
        await asyncio.gather(*writing)
    await ours.close()
    assert other.execute("SELECT count(*) FROM t").fetchone() == (2,)


async def test_a_file_that_stays_locked_is_said_to_be(
    path: Path, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sqlite_hand, database):
        monkeypatch.setattr(module, "PATIENCE", 0.05)
    ours = Database(f"sqlite+aiosqlite:///{path}")
    async with ours.pen() as one:
        with pytest.raises(NotWritten, match="locked"):
            await one.write(_WRITE)
        with pytest.raises(OperationalError, match="locked"):
            await _write_in_a_session(ours)
        other.execute("COMMIT")
        await _write_in_a_session(ours)  # the connection that waited in vain serves again
    await ours.close()


async def _write_in_a_session(ours: Database) -> None:
    async with ours.writing() as session:
        await session.execute(text("INSERT INTO t VALUES (2)"))
