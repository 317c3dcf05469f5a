"""What every test stands on: a migrated database of its own (SQLite and PostgreSQL), secrets, files, a clock."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import FileSystemBytecodeCache
from starlette.types import ASGIApp

from server.accounts import passwords
from server.app import Web, compose, create_app
from server.core import clock, i18n, templating
from server.core.database import Database, ReadSession, WriteSession
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.web.csrf import csrf_token
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast, open_session
from tests.databases import BARE, PEOPLED, AimedDatabase, PostgresStates, SqliteStates
from tests.hashing import CountingHasher
from tests.natures import nature_of
from tests.postgres import MEMORY, PostgresServer, of_the_run

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

SECRET = b"a secret for tests, never for a town" * 2
MONDAY_MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """A test's files lie in memory: what waits for the disk in earnest does not wait here, and is seen to ask for it.

    Templates are compiled when they change, as modules are: an environment of templates that is made otherwise has a
    folder of its own.
    """
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    made = sha256(Path(templating.__file__).read_bytes()).hexdigest()[:16]
    templating.environment().bytecode_cache = FileSystemBytecodeCache(str(config.cache.mkdir(f"templates-{made}")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if nature := nature_of(item.path):
            item.add_marker(nature)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: nobody need look through it for what can be thrown away."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def words_of_the_source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests read the words that stand in the code, English; tests/architecture/test_translations.py reads the French."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "LOCALES", tmp_path_factory.mktemp("locale"))
        i18n.catalogue.cache_clear()
        yield
    i18n.catalogue.cache_clear()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches the database runs on both engines."""
    if "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", ["sqlite", "postgres"], scope="session")


@pytest.fixture(scope="session")
def sqlite_states(tmp_path_factory: pytest.TempPathFactory) -> SqliteStates:
    with clock.frozen(MONDAY_MORNING):
        return SqliteStates(tmp_path_factory.mktemp("states"), of_the_run(tmp_path_factory) / "migrated.sqlite3")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer.running(tmp_path_factory) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_states(postgres_server: PostgresServer) -> Iterator[PostgresStates]:
    with clock.frozen(MONDAY_MORNING):
        states = PostgresStates(postgres_server)
    yield states
    states.close()


@pytest.fixture
def states(database_kind: str, request: pytest.FixtureRequest) -> SqliteStates | PostgresStates:
    found: SqliteStates | PostgresStates = request.getfixturevalue(f"{database_kind}_states")
    return found


@pytest.fixture
def database_url(states: SqliteStates | PostgresStates, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated database."""
    return states.url_of(PEOPLED if "cast" in request.fixturenames else BARE, tmp_path)


@pytest.fixture(scope="session")
async def aimed_databases() -> AsyncIterator[dict[str, AimedDatabase]]:
    """One per engine and process."""
    aimed: dict[str, AimedDatabase] = {}
    yield aimed
    for database in aimed.values():
        await database.close()


@pytest.fixture
async def database(
    database_kind: str, database_url: str, aimed_databases: dict[str, AimedDatabase]
) -> AsyncIterator[Database]:
    database = aimed_databases.setdefault(database_kind, AimedDatabase(database_url)).aim(database_url)
    yield database
    await database.rest()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[WriteSession]:
    """A write session that commits when the test ends: one use case after another."""
    async with database.writing() as session:
        yield session


@pytest.fixture
async def read_session(database: Database) -> AsyncIterator[ReadSession]:
    async with database.reading() as session:
        yield session


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    """Passwords cost what Argon2 can do with least; tests/accounts/test_password_rules.py reads what they cost in earnest."""
    hasher = CountingHasher()
    monkeypatch.setattr(passwords, "hasher", hasher)
    return hasher


@pytest.fixture
def secrets() -> Secrets:
    return Secrets(SECRET)


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def monday() -> Iterator[datetime]:
    """Time stands still on Monday 23 November 2026, 9:30 in the town."""
    with clock.frozen(MONDAY_MORNING):
        yield MONDAY_MORNING


@pytest.fixture
def cast(states: SqliteStates | PostgresStates, database: Database) -> Cast:
    """Two towns and their people: see tests/cast.py."""
    return states.cast


@pytest.fixture(scope="session")
def web() -> Web:
    """Routes are read once; each test's instance stands behind them."""
    return compose()


@pytest.fixture(scope="session")
def town_settings() -> Settings:
    """Reading them takes as long as the setting up of everything else."""
    return Settings(base_url="https://tambour.test")


@pytest.fixture
def app(
    web: Web, database: Database, secrets: Secrets, files: FileStore, town_settings: Settings, tmp_path: Path
) -> ASGIApp:
    settings = town_settings.model_copy(update={"home": tmp_path})
    return create_app(database, secrets=secrets, files=files, settings=settings, web=web)


@pytest.fixture
async def client(app: ASGIApp) -> AsyncIterator[Browser]:
    """Somebody who is not signed in."""
    async with Browser(app) as browser:
        yield browser


@pytest.fixture
async def browser_of(app: ASGIApp, database: Database, cast: Cast, secrets: Secrets) -> AsyncIterator[BrowserOf]:
    """`bob = await browser_of("Bob")`: a browser in which somebody of the cast is signed in."""
    async with AsyncExitStack() as stack:

        async def open_browser(name: str) -> Browser:
            token = await open_session(database, cast.account_ids[name])
            return await stack.enter_async_context(Browser(app, token, csrf_token(secrets, token)))

        yield open_browser


@pytest.fixture(scope="session")
def playwright() -> "Iterator[Playwright]":
    """One per process: a second one does not start beside it. Loaded where a browser is wanted: it is large."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started
