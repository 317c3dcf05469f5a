"""What every test stands on: a migrated database of its own (SQLite and PostgreSQL), secrets, files, a clock."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from server.app import Web, compose, create_app
from server.core import clock, i18n
from server.core.database import Database, ReadSession, WriteSession
from server.core.files import FileStore
from server.core.migrations import migrate
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.web.csrf import csrf_token
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast, bring_cast, open_session
from tests.postgres import PostgresServer

SECRET = b"a secret for tests, never for a town" * 2
MONDAY_MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


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


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    asyncio.run(_migrated(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer.running(tmp_path_factory) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    name = postgres_server.create()
    asyncio.run(_migrated(postgres_server.url(name)))
    return name


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    if database_kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "tambour.sqlite3"
        shutil.copyfile(template, path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create(template=request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, pool_size=5)
    yield database
    await database.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[WriteSession]:
    """A write session that commits when the test ends: one use case after another."""
    async with database.writing() as session:
        yield session


@pytest.fixture
async def read_session(database: Database) -> AsyncIterator[ReadSession]:
    async with database.reading() as session:
        yield session


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
async def cast(database: Database) -> Cast:
    """Two towns and their people: see tests/cast.py."""
    return await bring_cast(database)


@pytest.fixture(scope="session")
def web() -> Web:
    """Routes are read once; each test's instance stands behind them."""
    return compose()


@pytest.fixture
def app(web: Web, database: Database, secrets: Secrets, files: FileStore, tmp_path: Path) -> ASGIApp:
    settings = Settings(home=tmp_path, base_url="https://tambour.test")
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
