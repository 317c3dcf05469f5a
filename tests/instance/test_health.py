"""The health page says which part is sick, and never keeps a monitor waiting."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from server.app import create_app
from server.backups.making import NoBackup
from server.backups.models import BackupKind
from server.backups.upkeep import carry_out
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.instance import health
from server.mailings.heartbeats import beat
from server.municipalities.queries import get_municipality
from tests.browsing import Browser
from tests.cast import Cast

HEALTH = "https://tambour.test/health"


async def test_it_is_fine_when_every_part_is(client: Browser, database: Database) -> None:
    await beat(database, [("m1", "mail", ""), ("c1", "clock", ""), ("r1", "render", "")])
    answer = await client.get(HEALTH)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "parts": {"database": "ok", "workers": "ok", "mail": "ok", "backups": "ok", "disk": "ok"},
    }


async def test_it_says_that_the_disk_is_full(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 1 << 60)
    answer = await client.get(f"{HEALTH}/disk")
    assert answer.status_code == 503
    assert "make room" in answer.json()["status"]


async def test_it_names_the_kind_of_worker_that_is_missing(client: Browser, database: Database) -> None:
    await beat(database, [("m1", "mail", ""), ("r1", "render", "")])
    answer = await client.get(HEALTH)
    assert answer.status_code == 503
    assert answer.json()["parts"]["workers"] == "no sign of life from: clock"
    assert (await client.get(f"{HEALTH}/workers")).status_code == 503
    assert (await client.get(f"{HEALTH}/database")).json() == {"part": "database", "status": "ok"}
    assert (await client.get(f"{HEALTH}/nothing")).status_code == 404


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


async def test_it_says_that_the_last_backup_failed_or_is_old(client: Browser, database: Database) -> None:
    async def fails() -> tuple[str, int, int]:
        raise NoBackup("The disk is full.")

    async def works() -> tuple[str, int, int]:
        return "tambour-1.tar.age", 10, 20

    await carry_out(database, BackupKind.BACKUP, "backup 2026-11-22", fails)
    assert (await client.get(f"{HEALTH}/backups")).json()["status"] == "the last backup failed: The disk is full."
    assert await carry_out(database, BackupKind.BACKUP, "backup 2026-11-22", works) is None, "not again at once"
    await carry_out(database, BackupKind.BACKUP, "backup 2026-11-23", works)
    assert (await client.get(f"{HEALTH}/backups")).json()["status"] == "ok"
    with clock.frozen(clock.now() + timedelta(hours=50)):
        assert (await client.get(f"{HEALTH}/backups")).json()["status"] == "no backup was made for 50 hours"


async def test_a_certificate_is_asked_for_the_names_of_towns_alone(
    client: Browser, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        town = await get_municipality(session, cast.town_id)
        town.host = "info.saint-aubin.example"
    base = HEALTH.replace("health", "hosts")
    assert (await client.get(f"{base}?domain=info.saint-aubin.example")).status_code == 200
    assert (await client.get(f"{base}?domain=tambour.test")).status_code == 200, "the instance itself"
    assert (await client.get(f"{base}?domain=elsewhere.example")).status_code == 404
    assert (await client.get(base)).status_code == 404


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:////nowhere/at/all.sqlite3", "postgresql+asyncpg://x@127.0.0.1:1/x"])
async def test_a_database_that_is_away_is_said_not_raised(url: str, secrets: Secrets, tmp_path: Path) -> None:
    database = Database(url)
    app = create_app(database, secrets=secrets, files=FileStore(tmp_path), settings=Settings(home=tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tambour.test") as client:
        answer = await client.get("/health")
    await database.close()
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "the database does not answer"
