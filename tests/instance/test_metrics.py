"""The figures for a monitoring: read from this machine or with the token, and telling nothing of anybody."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from server.app import Web, create_app
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from tests.cast import Cast
from tests.sending import Office, people

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


async def test_they_count_and_name_nobody(
    web: Web, database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    office = Office(database, secrets, cast.town_id)
    await office.start([*people(3), *people(1, start=9)])
    async with asking(web, database, secrets, files, "127.0.0.1") as client:
        text = (await client.get(METRICS)).text
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["tambour_deliveries", "queued"] == 4
    assert found["tambour_queue", "other"] == 4
    assert found["tambour_municipalities",] == 2
    assert found["tambour_mail_trouble",] == 1
    assert "example.org" not in text
