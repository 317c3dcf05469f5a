"""The first start leaves a whole town, or nothing."""

import asyncio
from pathlib import Path

import pytest

from server.cli.opening import opened
from server.core import clock
from server.core.settings import Settings
from tests.demo.test_town import NOON, it_has_a_past
from workers.first_start import first_start


@pytest.fixture
def configured(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", database_url="")


async def test_it_is_done_once(configured: Settings) -> None:
    with clock.frozen(NOON):
        links = await first_start(configured)
        async with opened(configured, migrating=True) as instance:
            await it_has_a_past(instance.database, links)
    assert await first_start(configured) == {}
    assert [path.name for path in configured.home.iterdir() if "making" in path.name] == []


async def test_who_loses_patience_finds_no_half_of_a_town(configured: Settings) -> None:
    starting = asyncio.create_task(first_start(configured))
    making = configured.home / "tambour.sqlite3.making"
    while not making.exists():  # noqa: ASYNC110  a file tells nobody that it is there
        await asyncio.sleep(0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert making.exists()
    assert not (configured.home / "tambour.sqlite3").exists()
