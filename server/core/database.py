"""The database: the only module that opens sessions, commits and rolls back.

`Database.reading()` and `Database.writing()` give two *types* of session: a GET takes a ReadSession, a use case that
changes something takes a WriteSession. Raising rolls back, returning commits. On SQLite reading is BEGIN DEFERRED
and writing BEGIN IMMEDIATE, so that two writers wait for each other instead of failing half-way.

`Database.pen()` is for the mail worker's thousands of small transactions a second: statements go to the driver as they
are, which costs a tenth of the way through sessions.
"""

import asyncio
import json
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache, cached_property
from typing import Any, NamedTuple, NewType, Self

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

ReadSession = NewType("ReadSession", AsyncSession)
WriteSession = NewType("WriteSession", ReadSession)

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "2",  # FULL: in WAL, NORMAL makes no fsync at all and a power cut forgets accepted mail
    "foreign_keys": "1",
    "busy_timeout": "10000",
    "secure_delete": "1",  # what is erased must not be left in free pages (RGPD art. 17)
}


class WrongDatabase(Exception):
    """The database does not keep the promises the ledger needs; the sentence says which."""


class Database:
    """The engine and its two kinds of sessions."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url, pool_size)
        # Options travel with the connection to the `begin` event, which then says DEFERRED or IMMEDIATE.
        self._for_reading = self.engine.execution_options(tambour_mode="reading")
        self._for_writing = self.engine.execution_options(tambour_mode="writing")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        """A consistent view that can change nothing."""
        async with AsyncSession(self._for_reading, expire_on_commit=False, autoflush=False) as session:
            if not self.is_sqlite:
                await session.execute(text("SET TRANSACTION READ ONLY"))
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
            return _SqlitePen(str(self.url.database), self._hand)
        return _PostgresPen(_driver_arguments(self.engine.dialect, self.url))

    @cached_property
    def _hand(self) -> ThreadPoolExecutor:
        """SQLite has one writer at a time: the pens of a process stand in line here instead of at the file's lock."""
        return ThreadPoolExecutor(1, thread_name_prefix="pen")

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

    async def close(self) -> None:
        await self.engine.dispose()
        if (hand := self.__dict__.pop("_hand", None)) is not None:
            hand.shutdown(wait=False)


# A pen's statements name their rows by key. A plan that was prepared on an empty table must not walk a full one later.
_PEN_SETTINGS = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "jit": "off"}


_TELLS = "RETURNING"


class NotWritten(Exception):
    """The database is away or busy. Whether the transaction held is not known."""


class Step(NamedTuple):
    """A statement with named parameters, and what stands for them, as the driver takes it."""

    words: str
    given: Mapping[str, Any]


class Pen(ABC):
    """Short transactions, written as one stroke on a connection that is kept."""

    is_sqlite: bool

    @abstractmethod
    async def write(self, *steps: Step) -> list[list[Any]]:
        """All of the steps or none: the rows each of them gives. Raises NotWritten."""

    @abstractmethod
    async def close(self) -> None:
        """What was written stays."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()


class _SqlitePen(Pen):
    """The whole transaction is one visit to the writing thread, which the loop does not wait for."""

    is_sqlite = True

    def __init__(self, path: str, hand: ThreadPoolExecutor) -> None:
        self._path = path
        self._hand = hand
        self._connection: sqlite3.Connection | None = None

    async def write(self, *steps: Step) -> list[list[Any]]:
        return await asyncio.get_running_loop().run_in_executor(self._hand, self._write, steps)

    async def close(self) -> None:
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._hand, self._connection.close)
            self._connection = None

    def _write(self, steps: tuple[Step, ...]) -> list[list[Any]]:
        try:
            connection = self._connection = self._connection or self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                found = [connection.execute(*step).fetchall() for step in steps]
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise
        except sqlite3.Error as error:
            raise NotWritten(str(error)) from error
        return found

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for name, value in SQLITE_PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")
        return connection


class _PostgresPen(Pen):
    """One statement is its own transaction, prepared once a connection. Several become one where only the last one tells
    something: one journey to the server instead of four.
    """

    is_sqlite = False

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()

    async def write(self, *steps: Step) -> list[list[Any]]:
        async with self._turn:
            try:
                return await self._write(steps)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
                if not isinstance(error, asyncpg.PostgresError):
                    await self._drop()
                # The driver's own words may hold values, and those may be people's.
                raise NotWritten(f"{type(error).__name__} {getattr(error, 'sqlstate', '')}") from None
            except BaseException:
                await self._drop()
                raise

    async def close(self) -> None:
        await self._drop()

    async def _write(self, steps: tuple[Step, ...]) -> list[list[Any]]:
        connection = self._connection
        if connection is None or connection.is_closed():
            connection = self._connection = await asyncpg.connect(**self._arguments, server_settings=_PEN_SETTINGS)
        if len(steps) <= 1:
            return [await _ask(connection, step) for step in steps]
        if not any(_TELLS in step.words for step in steps[:-1]):
            return [*([] for _ in steps[:-1]), await _ask(connection, _as_one(steps))]
        async with connection.transaction():
            return [await _ask(connection, step) for step in steps]

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


def _as_one(steps: tuple[Step, ...]) -> Step:
    """The steps side by side in one statement: they see the database as it was before, so no two may change one row."""
    given = {f"s{place}_{name}": value for place, step in enumerate(steps) for name, value in step.given.items()}
    return Step(_side_by_side(tuple(step.words for step in steps)), given)


@cache
def _side_by_side(words: tuple[str, ...]) -> str:
    parts = [re.sub(r"(?<![:\w]):(\w+)", rf":s{place}_\1", one) for place, one in enumerate(words)]
    changes = ", ".join(f"s{place} AS ({one})" for place, one in enumerate(parts))
    last = f"SELECT * FROM s{len(parts) - 1}" if _TELLS in parts[-1] else "SELECT WHERE FALSE"  # noqa: S608  # of constants
    return f"WITH {changes} {last}"


async def _ask(connection: "asyncpg.Connection", step: Step) -> list[Any]:
    words, names = _numbered(step.words)
    found: list[Any] = await connection.fetch(words, *(step.given[name] for name in names))
    return found


@cache
def _numbered(words: str) -> tuple[str, tuple[str, ...]]:
    """The statement with `$1` for its first name, and so on, and the names in that order."""
    names = tuple(dict.fromkeys(re.findall(r"(?<![:\w]):(\w+)", words)))
    for place, name in enumerate(names, 1):
        words = re.sub(rf"(?<![:\w]):{name}\b", f"${place}", words)
    return words, names


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
    engine = create_async_engine(url, json_serializer=_dump_json, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be deferred
        cursor = connection.cursor()
        for name, value in SQLITE_PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("tambour_mode", "reading")
        if mode == "writing":
            connection.exec_driver_sql("PRAGMA query_only=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.exec_driver_sql("BEGIN DEFERRED")

    return engine
