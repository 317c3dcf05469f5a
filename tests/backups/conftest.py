"""An instance that keeps backups in a folder, and a new, empty one on either engine to bring them back into."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from server.backups import sealing
from server.core.database import Database
from server.core.secrets import load_secrets
from server.core.settings import Settings
from tests.postgres import PostgresServer

OpenEmpty = Callable[[str], Awaitable[Database]]


@pytest.fixture
def keys() -> tuple[str, str]:
    """The operator's private key, and its public half."""
    return sealing.new_key()


@pytest.fixture
def configured(tmp_path: Path, keys: tuple[str, str]) -> Settings:
    load_secrets(tmp_path)
    return Settings(home=tmp_path, backup_place=str(tmp_path / "safe"), backup_keys=keys[1])


@pytest.fixture
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenEmpty]:
    """`await empty("sqlite")`: a database without any table."""
    async with AsyncExitStack() as stack:

        async def open_empty(kind: str) -> Database:
            if kind == "sqlite":
                database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}")
            else:
                server: PostgresServer = request.getfixturevalue("postgres_server")
                name = await asyncio.to_thread(server.create)
                stack.push_async_callback(asyncio.to_thread, server.drop, name)
                database = Database(server.url(name), pool_size=2)
            stack.push_async_callback(database.close)
            return database

        yield open_empty


@pytest.fixture
def new_home(tmp_path: Path, configured: Settings) -> Settings:
    """Another machine, which reaches the same folder of backups."""
    return configured.model_copy(update={"home": tmp_path / "new"})
