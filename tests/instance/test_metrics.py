"""The figures for a monitoring: read from this machine or with the token, and telling nothing of anybody."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import delete
from sqlmodel import col, select

from server.app import Web, create_app
from server.backups.models import BackupKind, BackupOutcome, BackupRun
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.mailings.models import Delivery, DeliveryState, Mailing, ProviderPace
from server.mailings.schemas import Figures
from tests.cast import Cast
from tests.sending import Office, people

RULES = Path(__file__).parents[2] / "deploy/alerts.yml"
METRICS = "https://tambour.test/metrics"


def asking(
    web: Web, database: Database, secrets: Secrets, files: FileStore, place: str, **settings: str
) -> httpx.AsyncClient:
    given = Settings(home=files.root, base_url="https://tambour.test", **settings)  # type: ignore[arg-type]
    app = create_app(database, secrets=secrets, files=files, settings=given, web=web)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(place, 1234)))


READERS: list[tuple[str, dict[str, str], str, int]] = [
    ("127.0.0.1", {}, "", 200),
    ("::1", {}, "", 200),
    ("192.0.2.7", {}, "", 404),
    ("127.0.0.1", {"metrics": "off"}, "", 404),
    ("192.0.2.7", {"metrics": "token", "metrics_token": "abc"}, "Bearer abc", 200),
    ("127.0.0.1", {"metrics": "token", "metrics_token": "abc"}, "Bearer abd", 404),
    ("127.0.0.1", {"metrics": "token"}, "Bearer ", 404),
]


async def test_who_may_read_them(web: Web, database: Database, secrets: Secrets, files: FileStore) -> None:
    for place, settings, sent, status in READERS:
        async with asking(web, database, secrets, files, place, **settings) as client:
            answer = await client.get(METRICS, headers={"authorization": sent})
        assert answer.status_code == status, (place, settings)


def read(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_outcomes_only_grow_and_every_rule_asks_for_a_figure_there_is(
    web: Web, database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    office = Office(database, secrets, cast.town_id)
    await office.start(people(4))
    now = clock.now()
    ends = [
        (DeliveryState.ACCEPTED, 0),
        (DeliveryState.ACCEPTED, 1),
        (DeliveryState.REFUSED, 0),
        (DeliveryState.CANCELLED, 0),
    ]
    async with database.writing() as session:
        session.add(BackupRun(kind=BackupKind.BACKUP, slot="x", outcome=BackupOutcome.DONE, started_at=now))
        session.add(ProviderPace(name="orange", at=now, slowed_until=now + timedelta(minutes=9), blocked_at=now))
        rows = await session.scalars(select(Delivery).order_by(col(Delivery.id)))
        for row, (state, doubts) in zip(rows, ends, strict=True):
            row.state, row.doubts, row.next_at, row.settled_at = state, doubts, None, now
    async with asking(web, database, secrets, files, "127.0.0.1") as client:
        before = read((await client.get(METRICS)).text)
        async with database.writing() as session:  # the mailing is over, and in a while its rows are gone
            for mailing in await session.scalars(select(Mailing)):
                mailing.final = Figures(accepted=2, refused=1, cancelled=1, maybe_twice=1).as_dict()
            await session.execute(delete(Delivery))
        after = read((await client.get(METRICS)).text)
    wanted = {"accepted": 2, "refused": 1, "cancelled": 1, "maybe_twice": 1}
    for found in (before, after):
        assert {name: found["tambour_outcomes_total", name] for name in wanted} == wanted
    assert 0 <= before["tambour_backup_age_seconds", "backup"] < 60
    assert set(re.findall(r"tambour_[a-z_]+", RULES.read_text())) <= {name[0] for name in before} | {"tambour_workers"}


async def test_they_count_and_name_nobody(
    web: Web, database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    office = Office(database, secrets, cast.town_id)
    await office.start([*people(3), *people(1, start=9)])
    async with asking(web, database, secrets, files, "127.0.0.1") as client:
        text = (await client.get(METRICS)).text
    found = read(text)
    assert found["tambour_deliveries", "queued"] == 4
    assert found["tambour_queue", "other"] == 4
    assert found["tambour_municipalities",] == 2
    assert found["tambour_mail_trouble",] == 1
    assert found["tambour_backup_trouble",] == 0
    assert not [name for name in found if name[0] == "tambour_backup_age_seconds"], "none was made yet"
    assert "example.org" not in text
