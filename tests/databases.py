"""The databases of the tests: made once per process on each engine, and put back as they were before every test.

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
from tests.postgres import PostgresServer

BARE, PEOPLED = "bare", "peopled"

_ASIDE = """
CREATE SCHEMA {state};
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE {state}.%I AS TABLE public.%I', name, name);
  END LOOP;
END $$;
CREATE TABLE {state}."a sequence" AS
  SELECT sequencename AS name, last_value AS value FROM pg_sequences WHERE schemaname = 'public';
"""

_RESTORE = """
CREATE FUNCTION restore(state text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record; has_rows boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', one.name);
    EXECUTE format('INSERT INTO public.%I SELECT * FROM %I.%I', one.name, state, one.name);
  END LOOP;
  FOR one IN EXECUTE format('SELECT name, value FROM %I."a sequence"', state) LOOP
    PERFORM setval(quote_ident(one.name)::regclass, coalesce(one.value, 1), one.value IS NOT NULL);
  END LOOP;
END $$;
"""


class AimedDatabase(Database):
    """One for all tests: each test aims it at its own data and closes its connections."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=5)

        @event.listens_for(self.engine.sync_engine, "do_connect")
        def connect(dialect: Dialect, _record: Any, _arguments: Any, _options: Any) -> Any:
            arguments, options = dialect.create_connect_args(self.url)
            return dialect.connect(*arguments, **options)

    def aim(self, url: str) -> "AimedDatabase":
        self.url = make_url(url)
        return self


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
    """Two files, copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        asyncio.run(_migrated(sqlite_url(self.file(BARE))))
        shutil.copyfile(self.file(BARE), self.file(PEOPLED))
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
        self._name = server.create()
        self._loop = asyncio.new_event_loop()
        asyncio.run(_migrated(self.url))
        self._connect()
        self._execute(_ASIDE.format(state=BARE))
        self.cast = asyncio.run(_peopled(self.url))
        self._execute(_ASIDE.format(state=PEOPLED) + _RESTORE)

    @property
    def url(self) -> str:
        return self._server.url(self._name)

    def url_of(self, state: str, _folder: Path) -> str:
        """The address of the database, put back to `state`."""
        self._execute(f"SELECT restore('{state}')")
        return self.url

    def close(self) -> None:
        self._connection.terminate()  # a test may have cut it
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _connect(self) -> None:
        opening = asyncpg.connect(host=str(self._server.folder), user="postgres", database=self._name)
        self._connection = self._loop.run_until_complete(opening)

    def _execute(self, statement: str) -> None:
        try:
            self._loop.run_until_complete(self._connection.execute(statement))
        except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError):  # a test cut every connection there was
            self._connect()
            self._loop.run_until_complete(self._connection.execute(statement))
