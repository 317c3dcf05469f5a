"""API tokens: shown once, for one town, for what their scopes say."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.accounts.models import ApiToken
from server.accounts.schemas import TokenDraft
from server.accounts.tokens import create_token
from server.accounts.words import SCOPES
from server.core import clock
from server.core.database import Database
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast

WHO = "/api/v1/municipality"


async def make_token(database: Database, cast: Cast, scopes: list[str]) -> str:
    async with database.writing() as session:
        draft = TokenDraft(name="Site de la mairie", scopes=scopes)
        return await create_token(session, cast.town_id, cast.actor("Alice"), draft)


async def get(client: Browser, path: str, token: str) -> int:
    return (await client.get(path, headers={"authorization": f"Bearer {token}"})).status_code


async def test_a_token_is_shown_once(browser_of: BrowserOf, client: Browser, database: Database) -> None:
    alice = await browser_of("Alice")
    fields = {"name": "Site de la mairie", "scopes": ["notices:read", "boards:read"]}
    answer = await alice.submit("/desk/settings/tokens", fields)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.text.split("<code>")[1].split("</code>")[0]
    assert await get(client, WHO, token) == 200
    listed = await alice.get("/desk/settings/tokens")
    assert "Site de la mairie" in listed.text
    assert token not in listed.text
    async with database.reading() as session:
        row = (await session.scalars(select(ApiToken))).one()
    assert token not in str(row)
    assert row.scopes == ["boards:read", "notices:read"]


@pytest.mark.parametrize(
    "fields, bad",
    [
        ({"name": "", "scopes": ["notices:read"]}, "name"),
        ({"name": "x" * 81, "scopes": ["notices:read"]}, "name"),
        ({"name": "Site"}, "scopes"),
        ({"name": "Site", "scopes": ["everything:write"]}, "scopes"),
    ],
)
async def test_a_wrong_token_is_said(browser_of: BrowserOf, fields: dict[str, object], bad: str) -> None:
    answer = await (await browser_of("Alice")).submit("/desk/settings/tokens", fields)
    assert answer.status_code == 422
    assert f'id="f-{bad}-error"' in answer.text
    assert f'value="{fields["name"]}"' in answer.text


async def test_a_revoked_token_opens_nothing(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast
) -> None:
    token = await make_token(database, cast, ["notices:read"])
    alice = await browser_of("Alice")
    assert (await alice.submit("/desk/settings/tokens/1/revocation")).status_code == 303
    assert await get(client, WHO, token) == 401
    assert (await alice.submit("/desk/settings/tokens/1/revocation")).status_code == 404


async def test_a_token_of_another_town_opens_nothing_here(client: Browser, database: Database, cast: Cast) -> None:
    token = await make_token(database, cast, ["notices:read"])
    assert await get(client, "https://tambour.test/voisin/api/v1/municipality", token) == 401
    assert await get(client, "/api/v1/boards", token) == 403


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic {token}", "Bearer {token}x", "{token}", "Bearer " + "x" * 5000]
)
async def test_anything_else_is_refused_the_same_way(
    client: Browser, database: Database, cast: Cast, header: str
) -> None:
    token = await make_token(database, cast, ["notices:read"])
    answer = await client.get(WHO, headers={"authorization": header.format(token=token)})
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_needed"


async def test_somebody_elses_town_cannot_revoke_it(
    client: Browser, database: Database, cast: Cast, browser_of: BrowserOf
) -> None:
    await make_token(database, cast, ["notices:read"])
    charlie = await browser_of("Charlie")
    answer = await charlie.submit("https://tambour.test/voisin/desk/settings/tokens/1/revocation")
    assert answer.status_code == 404


async def test_use_is_marked_once_an_hour(client: Browser, database: Database, cast: Cast) -> None:
    token = await make_token(database, cast, ["notices:read"])
    start = clock.now()
    marks = []
    for minutes in (0, 30, 59, 61):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert await get(client, WHO, token) == 200
        async with database.reading() as session:
            marks.append((await session.scalars(select(col(ApiToken.used_at)))).one())
    assert marks == [start, start, start, start + timedelta(minutes=61)]


async def test_every_scope_can_be_ticked(browser_of: BrowserOf) -> None:
    answer = await (await browser_of("Alice")).get("/desk/settings/tokens/new")
    assert all(f'value="{scope}"' in answer.text for scope in SCOPES)
