"""The health page says which part is sick, and never keeps a monitor waiting."""

from pathlib import Path

import httpx
import pytest

from server.app import create_app
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.mailings.heartbeats import beat
from tests.browsing import Browser

HEALTH = "https://tambour.test/health"


async def test_it_is_fine_when_every_part_is(client: Browser, database: Database) -> None:
    await beat(database, [("m1", "mail", ""), ("c1", "clock", ""), ("r1", "render", "")])
    answer = await client.get(HEALTH)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "parts": {"database": "ok", "workers": "ok", "mail": "ok"}}


async def test_it_names_the_kind_of_worker_that_is_missing(client: Browser, database: Database) -> None:
    await beat(database, [("m1", "mail", ""), ("r1", "render", "")])
    answer = await client.get(HEALTH)
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "workers": "no sign of life from: clock", "mail": "ok"}


async def test_it_says_why_no_mail_leaves(client: Browser, database: Database) -> None:
    await beat(database, [("m1", "mail", "unreachable: Connection refused"), ("c1", "clock", "")])
    answer = await client.get(HEALTH)
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["parts"]["mail"]


async def test_one_worker_that_reaches_the_relay_is_enough(client: Browser, database: Database) -> None:
    signs = [
        ("m1", "mail", "unreachable: Connection refused"),
        *(("m2", "mail", ""), ("c1", "clock", "")),
        ("r1", "render", ""),
    ]
    await beat(database, signs)
    assert (await client.get(HEALTH)).status_code == 200


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:////nowhere/at/all.sqlite3", "postgresql+asyncpg://x@127.0.0.1:1/x"])
async def test_a_database_that_is_away_is_said_not_raised(url: str, secrets: Secrets, tmp_path: Path) -> None:
    database = Database(url)
    app = create_app(database, secrets=secrets, files=FileStore(tmp_path), settings=Settings(home=tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tambour.test") as client:
        answer = await client.get("/health")
    await database.close()
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "the database does not answer"
