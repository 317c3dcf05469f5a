"""The database: the only module that opens sessions, commits and rolls back.

`Database.reading()` and `Database.writing()` give two *types* of session: a GET takes a ReadSession, a use case that
changes something takes a WriteSession. Raising rolls back, returning commits. On SQLite reading is BEGIN DEFERRED
and writing BEGIN IMMEDIATE, so that two writers wait for each other instead of failing half-way.

`Database.pen()` is for the mail worker's thousands of small transactions a second: statements go to the driver as they
are, which costs a tenth of the way through sessions.
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, NewType, cast

import aiosqlite
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect, ExceptionContext
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only
from sqlmodel import SQLModel

from server.core.bell import CHANNEL, Bell
from server.core.errors import NotFound
from server.core.pen import PATIENCE, Pen
from server.core.sqlite_bell import SqliteBell
from server.core.sqlite_driver import Driver
from server.core.sqlite_hand import is_busy
from server.core.sqlite_pen import Scribe, ScribePen, ThreadPen

ReadSession = NewType("ReadSession", AsyncSession)
WriteSession = NewType("WriteSession", ReadSession)

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "2",  # FULL: in WAL, NORMAL makes no fsync at all and a power cut forgets accepted mail
    "foreign_keys": "1",
    "busy_timeout": f"{PATIENCE * 1_000:.0f}",
    "secure_delete": "1",  # what is erased must not be left in free pages (RGPD art. 17)
}


_A_MOMENT = 0.001  # seconds


async def count_again(session: WriteSession, table: type[SQLModel], column: str, *others: str) -> None:
    """After many rows came in one transaction: PostgreSQL would plan as if there were none of them yet.

    Columns are named that the next statements ask about; the rest waits until the database counts by itself.
    """
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text(f'ANALYZE "{table.__tablename__}" ({", ".join((column, *others))})'))


async def ring(session: WriteSession) -> None:
    """Who waits for work hears of it when this transaction commits. Who waits at SQLite's file hears of every commit."""
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


class WrongDatabase(Exception):
    """The database does not keep the promises the ledger needs; the sentence says which."""


class Database:
    """The engine and its two kinds of sessions."""

    def __init__(self, url: str, pool_size: int = 10, *, has_scribe: bool = False) -> None:
        """`has_scribe`: much will be written by pen, and on SQLite in a process of its own."""
        self.url = make_url(url)
        self._has_scribe = has_scribe
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url, pool_size)
        event.listen(self.engine.sync_engine, "handle_error", _find_nothing_beyond)
        # Options travel with the connection to the `begin` event, which then says DEFERRED or IMMEDIATE.
        # PostgreSQL hears that it only reads with its BEGIN; to SQLite the other option means nothing.
        self._for_reading = self.engine.execution_options(tambour_mode="reading", postgresql_readonly=True)
        self._for_writing = self.engine.execution_options(tambour_mode="writing")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        """A consistent view that can change nothing."""
        async with AsyncSession(self._for_reading, expire_on_commit=False, autoflush=False) as session:
            yield ReadSession(session)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[WriteSession]:
        """One use case: commits when the block ends, rolls back when it raises."""
        async with AsyncSession(self._for_writing, expire_on_commit=False) as session, session.begin():
            yield WriteSession(ReadSession(session))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A writing connection without the unit of work, for the mail ledger's bulk statements. Commits at the end."""
        async with self._for_writing.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A reading connection for which the whole database stands still, however long it looks."""
        async with self._for_reading.connect() as connection, connection.begin():
            if not self.is_sqlite:
                await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            yield connection

    @asynccontextmanager
    async def outside_transactions(self) -> AsyncIterator[AsyncConnection]:
        """A connection for what PostgreSQL does in no transaction: making and dropping databases."""
        async with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            yield connection

    def pen(self) -> "Pen":
        """A way to write of one's own. It connects when it is first used; close it."""
        if self.is_sqlite:
            path = str(self.url.database)
            return ScribePen(self._scribe) if self._has_scribe else ThreadPen(path, self._hand, SQLITE_PRAGMAS)
        from server.core.postgres_pen import PostgresPen

        return PostgresPen(_driver_arguments(self.engine.dialect, self.url))

    @cached_property
    def bell(self) -> Bell:
        """Tells that somebody wrote: a mail worker need not wait until it looks again."""
        if self.is_sqlite:
            return SqliteBell(str(self.url.database))
        from server.core.postgres_bell import PostgresBell

        return PostgresBell(_driver_arguments(self.engine.dialect, self.url))

    @cached_property
    def _hand(self) -> ThreadPoolExecutor:
        """SQLite has one writer at a time: the pens of a process stand in line here instead of at the file's lock."""
        return ThreadPoolExecutor(1, thread_name_prefix="pen")

    @cached_property
    def _scribe(self) -> Scribe:
        return Scribe(str(self.url.database), SQLITE_PRAGMAS)

    async def empty_log(self) -> None:
        """SQLite's write-ahead log keeps what was erased until it is written over: it is cut off when nobody reads it."""
        if not self.is_sqlite:
            return
        async with self.engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA busy_timeout=100")  # somebody reads: the next hour does it
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            await connection.exec_driver_sql(f"PRAGMA busy_timeout={SQLITE_PRAGMAS['busy_timeout']}")

    async def check(self) -> None:
        """Read the promises back from the running database; raise WrongDatabase if one is not kept."""
        async with self.engine.connect() as connection:
            if self.is_sqlite:
                for name, wanted in SQLITE_PRAGMAS.items():
                    found = str((await connection.execute(text(f"PRAGMA {name}"))).scalar_one())
                    if found.lower() != wanted:
                        raise WrongDatabase(f"SQLite says {name}={found}; {wanted} is needed to lose no message")
            else:
                found = (await connection.execute(text("SHOW synchronous_commit"))).scalar_one()
                if found not in ("on", "remote_apply", "remote_write"):
                    raise WrongDatabase(
                        f"PostgreSQL says synchronous_commit={found}; `on` is needed to lose no message"
                    )

    async def check_file(self) -> None:
        """Before the instance starts: a damaged file of SQLite's is not written to. Raises WrongDatabase."""
        if self.is_sqlite:
            async with self.engine.connect() as connection:
                found = (await connection.execute(text("PRAGMA quick_check(1)"))).scalar_one()
            if found != "ok":
                raise WrongDatabase(f"SQLite says that its file is damaged: {found}")

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What says that it cannot do as it was told; where rows are streamed the driver says it itself."""
        if self.is_sqlite:
            return (SQLAlchemyError, sqlite3.Error)
        from asyncpg import PostgresError

        return (SQLAlchemyError, PostgresError)

    async def close(self) -> None:
        await self.engine.dispose()
        self.__dict__.pop("bell", None)
        if (hand := self.__dict__.pop("_hand", None)) is not None:
            hand.shutdown(wait=False)
        if (scribe := self.__dict__.pop("_scribe", None)) is not None:
            scribe.close()


def _find_nothing_beyond(context: ExceptionContext) -> None:
    """A number longer than its column is asked for: nothing has it, and an address can be typed with any."""
    error = context.original_exception
    if isinstance(error, OverflowError) or "value out of int" in str(error):
        raise NotFound from None


def _driver_arguments(dialect: Dialect, url: URL) -> dict[str, Any]:
    """What the engine itself would give to the driver."""
    _, arguments = dialect.create_connect_args(url)
    return {name: value for name, value in arguments.items() if not name.startswith(("prepared_statement", "async_"))}


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _postgres_engine(url: str, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        json_serializer=_dump_json,
        pool_size=pool_size,
        max_overflow=2,
        pool_pre_ping=True,
        hide_parameters=True,  # an error is logged with its statement: the values may be people's
    )


def _sqlite_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url, module=Driver(), json_serializer=_dump_json, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be deferred
        pragmas = "; ".join(f"PRAGMA {name}={value}" for name, value in SQLITE_PRAGMAS.items())
        await_only(cast(aiosqlite.Connection, connection.driver_connection).executescript(pragmas))

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("tambour_mode", "reading") == "writing":
            _begin_in_turn(connection)
        else:
            _say(connection, "PRAGMA query_only=ON; BEGIN DEFERRED")

    return engine


def _begin_in_turn(connection: Connection) -> None:
    """While somebody else writes, ask again soon: SQLite's own patience sleeps longer each time, and hardly finds a moment
    between the small transactions of a mail worker.
    """
    deadline = time.monotonic() + PATIENCE
    while not _has_begun(connection, is_last=time.monotonic() > deadline):
        await_only(asyncio.sleep(_A_MOMENT))


def _has_begun(connection: Connection, *, is_last: bool) -> bool:
    patience = f"PRAGMA busy_timeout={SQLITE_PRAGMAS['busy_timeout']}"
    try:
        _say(connection, f"PRAGMA query_only=OFF; PRAGMA busy_timeout=0; BEGIN IMMEDIATE; {patience}")
    except sqlite3.OperationalError as error:
        _say(connection, patience)
        if is_last or not is_busy(error):
            raise OperationalError("BEGIN IMMEDIATE", None, error, hide_parameters=True) from error
        return False
    return True


def _say(connection: Connection, script: str) -> None:
    """Several statements without an answer, in one journey to the driver's thread: each alone would make three."""
    try:
        await_only(cast(aiosqlite.Connection, connection.connection.driver_connection).executescript(script))
    except asyncio.CancelledError:
        connection.invalidate()  # the thread may still be at it
        raise
