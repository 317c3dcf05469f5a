"""SQLite's driver as SQLAlchemy sees it: a statement and its rows are one journey to the driver's thread.

SQLAlchemy would make four: to make a cursor, to execute, to fetch, to close. Each wakes two threads, which costs more than
most of our statements take. What is streamed (`server_side`) keeps SQLAlchemy's own cursor.

Neither library has a public door here: both are pinned, and every test on SQLite goes through this.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, cast

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import immutabledict

Work = Callable[[sqlite3.Connection], sqlite3.Cursor]


class Cursor(AsyncAdapt_aiosqlite_cursor):
    """What it found is in memory, and the driver's cursor closed, when a statement has been executed."""

    __slots__ = ()

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection  # noqa: SLF001  # as its own cursor does
        self._cursor = cast(Any, _NOTHING_YET)
        self._rows = deque()
        self._soft_closed_memoized = immutabledict()

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._do(lambda connection: connection.execute(operation, parameters or ()))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._do(lambda connection: connection.executemany(operation, seq_of_parameters))

    async def _do(self, work: Work) -> None:
        driver: Any = self._connection
        async with self._adapt_connection._execute_mutex:  # noqa: SLF001  # as its own cursor does
            self._cursor, rows = await driver._execute(_whole, driver._conn, work)  # noqa: SLF001  # the thread's only door
        self._rows = deque(rows)

    async def _async_soft_close(self) -> None:
        """It is closed."""

    def close(self) -> None:
        self._rows.clear()


class Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = Cursor  # type: ignore[assignment]  # declared as its own class alone


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """Give it to `create_async_engine(…, module=Driver())`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> Connection:
        return Connection(self, super().connect(*arg, **kw)._connection)  # noqa: SLF001  # unwrapped, to be wrapped in ours


class _NothingYet:
    description = None
    rowcount = -1
    lastrowid = None


_NOTHING_YET = _NothingYet()


def _whole(connection: sqlite3.Connection, work: Work) -> tuple[sqlite3.Cursor, Sequence[Any]]:
    """In the driver's thread."""
    cursor = work(connection)
    rows = cursor.fetchall() if cursor.description else ()
    cursor.close()
    return cursor, rows
