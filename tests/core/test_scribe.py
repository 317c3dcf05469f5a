"""A worker's pen may write in a process of its own: what holds when either of the two dies, or is told to stop."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from server.core import sqlite_pen
from server.core.database import Database
from server.core.pen import Each, NotWritten, Step
from tests.scribes import is_scribe, scribes
from tests.sending import eventually

_COUNT = Step("SELECT count(*) FROM t", {})
_OWNER = """
import asyncio, sys
from server.core.database import Database
from server.core.pen import Step

async def own():
    pen = Database(f"sqlite+aiosqlite:///{sys.argv[1]}", has_scribe=True).pen()
    await pen.write(Step("INSERT INTO t VALUES (1)", {}))
    print("written", flush=True)
    await asyncio.sleep(60)

asyncio.run(own())
"""


@pytest.fixture
async def database(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Named from the folder where its owner works; the scribe works elsewhere."""
    monkeypatch.chdir(path.parent)
    database = Database(f"sqlite+aiosqlite:///{path.name}", has_scribe=True)
    yield database
    await database.close()
    await eventually(_all_have_left)


async def test_what_is_asked_together_is_answered_in_its_order(database: Database) -> None:
    async with database.pen() as one, database.pen() as other:
        insert = "INSERT INTO t VALUES (?1 + ?2)"
        found = await asyncio.gather(
            *(pen.write(Each(insert, [(n,)], (100,)), _COUNT) for n, pen in enumerate((one, other, one, other)))
        )
    assert found == [[[(1,)], [(count,)]] for count in range(1, 5)]


async def test_a_transaction_holds_whole_or_not_at_all(database: Database) -> None:
    async with database.pen() as pen:
        with pytest.raises(NotWritten, match="UNIQUE"):
            await pen.write(Each("INSERT INTO t VALUES (?1)", [(1,), (2,), (1,)], ()))
        assert await pen.write(_COUNT) == [[(0,)]]


async def test_what_cannot_be_written_at_all_ends_no_scribe_and_is_told_by_its_kind(database: Database) -> None:
    async with database.pen() as pen:
        with pytest.raises(NotWritten, match="UnicodeEncodeError"):
            await pen.write(Step("SELECT :word", {"word": "Zo\ud800"}))
        assert await pen.write(_COUNT) == [[(0,)]]


async def test_a_scribe_that_dies_is_followed_by_another(database: Database) -> None:
    async with database.pen() as pen:
        await pen.write(_COUNT)
        (scribe,) = scribes(os.getpid())
        os.kill(scribe, signal.SIGTERM)  # that is for its owner
        await pen.write(_COUNT)
        os.kill(scribe, signal.SIGSTOP)
        asked = asyncio.create_task(pen.write(_COUNT))
        await asyncio.sleep(0)
        os.kill(scribe, signal.SIGKILL)
        with pytest.raises(NotWritten, match="ended"):
            await asked
        assert await pen.write(_COUNT) == [[(0,)]]


async def test_a_scribe_without_work_leaves(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_pen, "_REST", 0.05)
    async with database.pen() as pen:
        await pen.write(_COUNT)
        await eventually(_all_have_left)
        assert await pen.write(_COUNT) == [[(0,)]]


async def test_a_scribe_does_not_outlive_its_owner(path: Path) -> None:
    async def has_left() -> bool:
        return not is_scribe(scribe)

    owner = await asyncio.create_subprocess_exec(sys.executable, "-c", _OWNER, path, stdout=asyncio.subprocess.PIPE)
    assert owner.stdout is not None
    assert await owner.stdout.readline() == b"written\n"
    (scribe,) = scribes(owner.pid)
    owner.kill()
    await owner.wait()
    await eventually(has_left)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (1,)


async def _all_have_left() -> bool:
    return not list(scribes(os.getpid()))
