"""The caught mail as pages: for the one at the machine, never where the instance is public or has a relay."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from server.accounts.models import Account
from server.app import create_app
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.mailings.splice import fill_for, splice
from tests.browsing import Browser
from tests.cast import Cast, open_session
from tests.sending import composed
from tests.workers.test_catcher import keep

STYLED = '<html><head><style>p{color:red}</style></head><body><p style="margin:0">Plus d’eau</p><script>x</script></body></html>'


@pytest.fixture
def caught(tmp_path: Path, secrets: Secrets) -> str:
    filling = fill_for(secrets, 1, mailing_id=1, edition="standard", recipient=1, address="zoe@example.org")
    return keep(tmp_path / "mail", splice(composed(html=STYLED, subject="Été <b>"), filling))


def instance(database: Database, secrets: Secrets, home: Path, **settings: str) -> ASGIApp:
    return create_app(
        database, secrets=secrets, files=FileStore(home / "files"), settings=Settings(home=home, **{"base_url": "", "smtp_host": ""} | settings)  # type: ignore[arg-type]  # only texts
    )  # fmt: skip


@pytest.fixture
async def at_home(database: Database, secrets: Secrets, tmp_path: Path) -> AsyncIterator[Browser]:
    """Somebody at the machine of an instance that is not public."""
    async with Browser(instance(database, secrets, tmp_path), town="") as browser:
        yield browser


async def test_the_box_and_a_message(at_home: Browser, caught: str) -> None:
    listed = await at_home.get("/catcher")
    assert listed.status_code == 200
    assert "Été &lt;b&gt;" in listed.text
    assert f'href="/catcher/{caught}"' in listed.text
    shown = await at_home.get(f"/catcher/{caught}")
    assert f'src="/catcher/{caught}/html"' in shown.text
    assert "https://ville.example/leave/" in shown.text


async def test_the_box_is_searched_by_address(at_home: Browser, caught: str) -> None:
    assert f'href="/catcher/{caught}"' in (await at_home.get("/catcher?q=ZOE@")).text
    assert f'href="/catcher/{caught}"' not in (await at_home.get("/catcher?q=yves@")).text


async def test_the_html_is_alone_in_its_frame(at_home: Browser, caught: str) -> None:
    answer = await at_home.get(f"/catcher/{caught}/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-hashes' 'sha256-")
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert '<base target="_blank">' in answer.text


async def test_the_source_is_what_was_received(at_home: Browser, caught: str, tmp_path: Path) -> None:
    answer = await at_home.get(f"/catcher/{caught}/source")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.content == (tmp_path / "mail" / f"{caught}.eml").read_bytes()


async def test_an_empty_box_and_an_unknown_message(at_home: Browser) -> None:
    assert 'class="empty"' in (await at_home.get("/catcher")).text
    for name in ("..%2Finstance", "20261123T090000000000Z-00000009", "%2e%2e"):
        assert (await at_home.get(f"/catcher/{name}")).status_code == 404
        assert (await at_home.get(f"/catcher/{name}/source")).status_code == 404


async def test_with_a_relay_there_is_no_catcher(
    database: Database, secrets: Secrets, tmp_path: Path, caught: str
) -> None:
    async with Browser(instance(database, secrets, tmp_path, smtp_host="relay.example"), town="") as browser:
        for path in ("", f"/{caught}", f"/{caught}/html", f"/{caught}/source"):
            assert (await browser.get(f"/catcher{path}")).status_code == 404


async def test_on_a_public_instance_only_a_signed_in_operator_looks(
    database: Database, secrets: Secrets, tmp_path: Path, caught: str, cast: Cast
) -> None:
    app = instance(database, secrets, tmp_path, base_url="https://tambour.test")
    alice = await open_session(database, cast.account_ids["Alice"])
    async with Browser(app, town="") as stranger, Browser(app, alice, town="") as administrator:
        for browser in (stranger, administrator):
            assert (await browser.get("/catcher")).status_code == 403
            assert (await browser.get(f"/catcher/{caught}/source")).status_code == 403
        async with database.writing() as session:
            account = await session.get_one(Account, cast.account_ids["Alice"])
            account.is_operator = True
            session.add(account)
        assert (await administrator.get("/catcher")).status_code == 200
