"""The databases of the tests: migrated once per run, made once per process on each engine, and put back as they were before every test.

A test's own data is a copy of one of two states: `bare` (migrated, empty) or `peopled` (with the cast). SQLite copies a
file; PostgreSQL empties its tables and fills them from a schema kept aside, which is ten times quicker than a new
database. `AimedDatabase` keeps what SQLAlchemy compiled from one test to the next.
"""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import event, make_url
from sqlalchemy.engine.interfaces import Dialect

from server.core.database import Database
from server.core.migrations import migrate
from tests.cast import Cast, bring_cast
from tests.postgres import PostgresServer, locked

BARE, PEOPLED = "bare", "peopled"
_MIGRATED = "migrated"

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
# Written out table by table, so that PostgreSQL plans each statement once. Connections stay open from one test to the
# next; one that a test left in the midst of something would keep its locks.
_RESTORE = """
CREATE FUNCTION {state}.restore() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle';
  SET LOCAL session_replication_role = replica;
{lines}
END $$;
"""
_EMPTY = '  IF EXISTS (SELECT FROM public."{table}") THEN DELETE FROM public."{table}"; END IF;'
_FILL = '  INSERT INTO public."{table}" SELECT * FROM {state}."{table}";'
_COUNT = "  PERFORM setval('public.\"{sequence}\"', {value}, {is_called});"


class AimedDatabase(Database):
    """One for all tests: each test aims it at its own data."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=5)

        @event.listens_for(self.engine.sync_engine, "do_connect")
        def connect(dialect: Dialect, _record: Any, _arguments: Any, _options: Any) -> Any:
            arguments, options = dialect.create_connect_args(self.url)
            return dialect.connect(*arguments, **options)

    def aim(self, url: str) -> "AimedDatabase":
        self.url = make_url(url)
        return self

    async def rest(self) -> None:
        """Until the next test: another file on SQLite, the same database on PostgreSQL, where connecting is dear."""
        if self.is_sqlite:
            await self.close()


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


async def _peopled(url: str) -> Cast:
    database = Database(url)
    cast = await bring_cast(database)
    await database.close()
    return cast


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


class SqliteStates:
    """Two files, copied. The processes of a run migrate once: the file is `shared`."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self._folder = folder
        with locked(shared.with_suffix(".lock")):
            if not shared.exists():
                made = folder / "making.sqlite3"
                asyncio.run(_migrated(sqlite_url(made)))
                made.rename(shared)
        shutil.copyfile(shared, self.file(BARE))
        shutil.copyfile(shared, self.file(PEOPLED))
        self.cast = asyncio.run(_peopled(sqlite_url(self.file(PEOPLED))))

    def file(self, state: str) -> Path:
        return self._folder / f"{state}.sqlite3"

    def url_of(self, state: str, folder: Path) -> str:
        """The address of a fresh copy in `folder`."""
        path = folder / "tambour.sqlite3"
        shutil.copyfile(self.file(state), path)
        return sqlite_url(path)


class PostgresStates:
    """Two schemas aside in one database, which a connection of our own puts back."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        with locked(server.folder.with_suffix(".migrated.lock")):
            if not server.has(_MIGRATED):
                asyncio.run(_migrated(server.url(server.create(name="being migrated"))))
                server.rename("being migrated", _MIGRATED)
        self._name = server.create(_MIGRATED)
        self._loop = asyncio.new_event_loop()
        self._connect()
        self._set_aside(BARE)
        self.cast = asyncio.run(_peopled(self.url))
        self._set_aside(PEOPLED)

    @property
    def url(self) -> str:
        return self._server.url(self._name)

    def url_of(self, state: str, _folder: Path) -> str:
        """The address of the database, put back to `state`."""
        self._execute(f"SELECT {state}.restore()")
        return self.url

    def close(self) -> None:
        self._connection.terminate()  # a test may have cut it
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _set_aside(self, state: str) -> None:
        """Keep what the tables hold, and a function that puts them back to it."""
        self._execute(f"CREATE SCHEMA {state}")
        tables = [row[0] for row in self._rows(_TABLES)]
        filled = [table for table in tables if self._rows(f'SELECT FROM public."{table}" LIMIT 1')]
        for table in filled:
            self._execute(f'CREATE TABLE {state}."{table}" AS TABLE public."{table}"')
        lines = [_EMPTY.format(table=table) for table in tables]
        lines += [_FILL.format(table=table, state=state) for table in filled]
        for name, value in self._rows(_SEQUENCES):
            lines.append(_COUNT.format(sequence=name, value=value or 1, is_called=value is not None))
        self._execute(_RESTORE.format(state=state, lines="\n".join(lines)))

    def _rows(self, statement: str) -> list[asyncpg.Record]:
        found: list[asyncpg.Record] = self._loop.run_until_complete(self._connection.fetch(statement))
        return found

    def _connect(self) -> None:
        opening = asyncpg.connect(host=str(self._server.folder), user="postgres", database=self._name)
        self._connection = self._loop.run_until_complete(opening)

    def _execute(self, statement: str) -> None:
        try:
            self._loop.run_until_complete(self._connection.execute(statement))
        except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError):  # a test cut every connection there was
            self._connect()
            self._loop.run_until_complete(self._connection.execute(statement))
