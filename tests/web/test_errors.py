"""Whatever is asked for, the answer says what is the matter: to a person with the way on, to a program as its description says."""

from collections.abc import AsyncIterator

import pytest

from server.app import Web
from server.core.database import Database
from server.web.security import MAX_REQUEST_BYTES
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.notices.test_api import token

BEYOND = "9" * 30


async def test_an_address_that_leads_nowhere_is_said_to_lead_nowhere(client: Browser, browser_of: BrowserOf) -> None:
    bob = await browser_of("Bob")
    for who, path in (
        (client, "/letters/abc"),
        (client, f"/letters/{BEYOND}"),
        (client, f"/letters/{2**31}"),
        (client, "/notices?page=0"),
        (client, "/desk/sign-out"),
        (client, f"/api/v1/{BEYOND}"),
        (bob, "/desk/notices/abc"),
        (bob, f"/desk/notices/{BEYOND}"),
        (bob, f"/desk/notices/{2**63}"),
    ):
        answer = await who.get(path)
        assert answer.status_code == 404, path
        if "/api/" not in path:
            assert "This page does not exist" in answer.text, path


async def test_an_error_leads_on(client: Browser, browser_of: BrowserOf) -> None:
    """A resident has the town's pages and its telephone; staff have their rooms."""
    lost = (await client.get("/nowhere")).text
    assert 'href="/saint-aubin/notices"' in lost
    assert lost.count("tel:") == 1
    bob = await browser_of("Bob")
    at_work = (await bob.get("/desk/notices/999")).text
    assert 'href="/saint-aubin/desk/issues"' in at_work
    assert 'href="/saint-aubin/desk">Go to the first page' in at_work


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("is_declared", [True, False])
async def test_what_is_too_heavy_is_refused_in_the_words_of_the_page(client: Browser, is_declared: bool) -> None:
    heavy = b"a" * (MAX_REQUEST_BYTES + 1)

    async def bit_by_bit() -> AsyncIterator[bytes]:
        yield heavy

    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post("/join", content=heavy if is_declared else bit_by_bit(), headers=kind)
    assert answer.status_code == 413
    assert "too heavy: 25 MB at most" in answer.text
    assert "Saint-Aubin" in answer.text


def test_the_api_says_which_token_opens_what(web: Web) -> None:
    found = web.towns.openapi()
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    scopes = {scope for operation in operations for need in operation["security"] for scope in need["token"]}
    assert {"notices:read", "notices:publish", "issues:send", "residents:write"} <= scopes
    assert found["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert web.own.openapi()["paths"] == found["paths"]


async def test_the_api_refuses_as_it_says(client: Browser, database: Database, cast: Cast, web: Web) -> None:
    for operation in (one for path in web.towns.openapi()["paths"].values() for one in path.values()):
        refused = {code for code in operation["responses"] if not code.startswith("2")}
        assert refused == {"4XX"}
        assert set(operation["responses"]["4XX"]["content"]) == {"application/problem+json"}
    shape = web.towns.openapi()["components"]["schemas"]["Problem"]["properties"]
    stranger = await client.get("/api/v1/notices")
    assert (stranger.status_code, stranger.headers["www-authenticate"]) == (401, "Bearer")
    made = await token(database, cast.town_id, cast.account_ids["Paula"], "notices:read", "notices:write")
    client.headers["authorization"] = f"Bearer {made}"
    for answer, status in (
        (stranger, 401),
        (await client.get("/api/v1/residents"), 403),
        (await client.get(f"/api/v1/notices/{BEYOND}"), 404),
        (await client.post("/api/v1/notices", json={"title": ""}), 422),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert set(answer.json()) <= set(shape)
