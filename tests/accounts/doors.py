"""What the tests of signing in have in common: the one right password, and a browser at the door."""

import httpx
from starlette.types import ASGIApp

from server.accounts.dependencies import COOKIE
from server.core.secrets import Secrets
from server.web.csrf import csrf_token
from tests.browsing import Browser

RIGHT = "trois mots choisis par hasard"


async def knock(browser: Browser, name: str = "alice", password: str = RIGHT, **more: str) -> httpx.Response:
    """Fill in the sign-in form."""
    return await browser.submit("/desk/sign-in", {"email": f"{name}@mairie.example", "password": password, **more})


async def signed_in(app: ASGIApp, secrets: Secrets, name: str, password: str = RIGHT) -> Browser:
    """A browser in which somebody signed in by the form."""
    browser = Browser(app)
    answer = await knock(browser, name, password)
    assert answer.status_code == 303, answer.text
    browser.csrf = csrf_token(secrets, browser.cookies[COOKIE])
    return browser
