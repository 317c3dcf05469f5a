"""Olga, who runs the instance and works in no town."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlmodel import col, update
from starlette.types import ASGIApp

from server.accounts.actors import Actor
from server.accounts.models import Account
from server.accounts.operators import create_operator
from server.accounts.passwords import hash_password
from server.accounts.schemas import OperatorDraft
from server.core.database import Database
from server.core.secrets import Secrets
from server.web.csrf import csrf_token
from tests.browsing import Browser
from tests.cast import Cast, open_session

OLGA = OperatorDraft(name="Olga", email="olga@hote.example")
RIGHT = "quatre mots pour la machine"


@pytest.fixture
async def olga(database: Database, cast: Cast) -> Actor:
    async with database.writing() as session:
        invited = await create_operator(session, OLGA)
    return Actor(invited.account_id, "Olga", frozenset(), None, OLGA.email)


@pytest.fixture
async def console(app: ASGIApp, database: Database, secrets: Secrets, olga: Actor) -> AsyncIterator[Browser]:
    """Olga's browser at the instance's own address."""
    token = await open_session(database, olga.account_id)
    async with Browser(app, token, csrf_token(secrets, token), town="") as browser:
        yield browser


@pytest.fixture
async def with_password(database: Database, olga: Actor) -> None:
    """She has chosen RIGHT, and is still signed in."""
    hashed = await hash_password(RIGHT)
    async with database.writing() as session:
        await session.execute(update(Account).values(password_hash=hashed).where(col(Account.id) == olga.account_id))


def town_browser(app: Any, secrets: Secrets, console: Browser) -> Browser:
    """The same session in the rooms of Saint-Aubin."""
    token = next(iter(console.cookies.values()))
    return Browser(app, token, csrf_token(secrets, token))
