"""The own account of who runs the instance: the same pages as the staff's, behind the console's door."""

import pytest
from starlette.types import ASGIApp

from server.accounts.actors import Actor
from server.core.database import Database
from server.core.secrets import Secrets
from server.web.csrf import csrf_token
from tests.browsing import Browser
from tests.cast import open_session
from tests.hosting.conftest import OLGA, RIGHT

ROOM = "https://tambour.test/operator/account"
NEW = "quatre autres mots, encore"


@pytest.mark.usefixtures("with_password")
async def test_password_and_sessions(app: ASGIApp, database: Database, secrets: Secrets, olga: Actor) -> None:
    here, there = [await open_session(database, olga.account_id) for _ in range(2)]
    async with Browser(app, here, csrf_token(secrets, here), town="") as mine:
        shown = (await mine.get(ROOM)).text
        assert OLGA.email in shown
        assert "/operator/account/password" in shown
        assert "/desk/" not in shown
        for wrong, field in (
            ({"current": "guess", "new": NEW, "again": NEW}, "current"),
            ({"current": RIGHT, "new": "court", "again": "court"}, "new"),
            ({"current": RIGHT, "new": NEW, "again": RIGHT}, "again"),
        ):
            answer = await mine.submit(f"{ROOM}/password", wrong)
            assert (answer.status_code, f'id="f-{field}-error"' in answer.text) == (422, True)
        answer = await mine.submit(f"{ROOM}/password", {"current": RIGHT, "new": NEW, "again": NEW})
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/operator/account")
        assert (await mine.get(ROOM)).status_code == 200
        async with Browser(app, there, csrf_token(secrets, there), town="") as other:
            assert (await other.get(ROOM)).headers["location"] == "/operator/sign-in"
        another = await open_session(database, olga.account_id)
        assert (await mine.submit(f"{ROOM}/sessions/removal", {})).headers["location"].startswith("/operator/sign-in")
        for token in (here, another):
            async with Browser(app, token, csrf_token(secrets, token), town="") as gone:
                assert (await gone.get(ROOM)).status_code == 303


async def test_a_wrong_name_is_said_and_kept(console: Browser) -> None:
    answer = await console.submit(ROOM, {"name": "é" * 121, "language": "fr"})
    assert answer.status_code == 422
    assert "é" * 121 in answer.text
    assert (await console.submit(ROOM, {"name": "Olga Petit", "language": "en"})).status_code == 303
    assert '<html lang="en">' in (await console.get(ROOM)).text
