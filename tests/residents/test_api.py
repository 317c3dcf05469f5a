"""Residents for programs: the same use cases, the same proofs, behind a token with a scope."""

from typing import Any

import httpx
import pytest
from sqlmodel import select

from server.accounts.models import ApiToken
from server.core import clock
from server.core.database import Database
from server.core.secrets import new_token, token_hash
from server.residents.models import Channel, Consent, ConsentAct, Resident
from tests.browsing import Browser
from tests.cast import Cast
from tests.letterbox import Letterbox
from tests.residents.visiting import JEANNE, count_rows, joined

API = "/api/v1/residents"
Send = Any


@pytest.fixture
async def tokens(database: Database, cast: Cast) -> dict[str, str]:
    """A token that reads, one that writes too, and one of the neighbouring town."""
    made = {name: new_token() for name in ("read", "write", "far")}
    scopes = {"read": ["residents:read"], "write": ["residents:read", "residents:write"]}
    async with database.writing() as session:
        for name, token in made.items():
            session.add(
                ApiToken(
                    municipality_id=cast.neighbour_id if name == "far" else cast.town_id,
                    name=name,
                    token_hash=token_hash(token),
                    scopes=scopes.get(name, scopes["write"]),
                    created_by_id=cast.account_ids["Charlie" if name == "far" else "Alice"],
                    created_at=clock.now(),
                )
            )
    return made


def _as(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def coupon(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "name": "Odette Marchand",
        "address_street": "12 rue du Lavoir",
        "wants": [{"topic_id": cast.topic_ids[0], "channel": "hand"}],
        "way": "paper",
    } | fields


async def test_somebody_is_added_read_changed_and_let_go(
    client: Browser, cast: Cast, tokens: dict[str, str], database: Database
) -> None:
    write = _as(tokens["write"])
    added = await client.post(API, json=coupon(cast), headers=write)
    assert (added.status_code, added.json()["waits_for_yes"]) == (201, False)
    resident = added.json()["resident"]
    path = f"{API}/{resident['id']}"
    assert (await client.get(path, headers=_as(tokens["read"]))).json() == resident
    changed = await client.patch(path, json={"phone": "02 54 11 22 33", "edition": "large_print"}, headers=write)
    assert changed.status_code == 200
    now = changed.json()["resident"]
    assert (now["phone"], now["edition"], now["name"], now["wants"]) == (
        "02 54 11 22 33",
        "large_print",
        "Odette Marchand",
        resident["wants"],
    )
    left = await client.post(f"{path}/departure", json={"way": "telephone"}, headers=write)
    assert (left.status_code, left.json()["wants"], left.json()["left_at"] is not None) == (200, [], True)
    async with database.reading() as session:
        acts = list(await session.scalars(select(Consent.act)))
    assert acts == [ConsentAct.GIVEN, ConsentAct.WITHDRAWN]
    assert (await client.delete(path, headers=write)).status_code == 204
    assert (await client.get(path, headers=write)).status_code == 404
    assert await count_rows(database, Resident) == 0


async def test_an_address_without_a_signed_form_waits(
    client: Browser, cast: Cast, tokens: dict[str, str], database: Database, letterbox: Letterbox
) -> None:
    wants = [{"topic_id": cast.topic_ids[0], "channel": "email"}]
    asked = coupon(cast, email=JEANNE, wants=wants, way="telephone")
    answer = await client.post(API, json=asked, headers=_as(tokens["write"]))
    assert (answer.status_code, answer.json()) == (202, {"resident": None, "waits_for_yes": True})
    for _ in range(20):
        await client.post(API, json=asked, headers=_as(tokens["write"]))
    assert await letterbox.addresses() == [JEANNE]
    assert await count_rows(database, Resident) == 0


async def test_the_list_is_searched_filtered_and_counted(
    client: Browser, cast: Cast, tokens: dict[str, str], database: Database
) -> None:
    async with database.writing() as session:
        await joined(session, cast, JEANNE, name="Jeanne")
        await joined(session, cast, "", name="Paul", channels=[Channel.HAND])
    read = _as(tokens["read"])
    everybody = (await client.get(API, headers=read)).json()
    assert (everybody["total"], everybody["pages"], len(everybody["items"])) == (2, 1, 2)
    for asked, name in (("q=jeanne", "Jeanne"), ("channel=hand", "Paul")):
        found = (await client.get(f"{API}?{asked}", headers=read)).json()
        assert [one["name"] for one in found["items"]] == [name]
    assert (await client.get(f"{API}?channel=pigeon", headers=read)).status_code == 422
    topics = (await client.get("/api/v1/topics", headers=read)).json()
    assert [topic["name"] for topic in topics] == ["La lettre du mois", "Travaux et circulation", "École et jeunesse"]


async def test_refusals_are_problems_with_a_sentence_per_field(
    client: Browser, cast: Cast, tokens: dict[str, str]
) -> None:
    write = _as(tokens["write"])
    for fields, field in (
        ({"wants": []}, "wants"),
        ({"email": "jeanne@"}, "email"),
        ({"way": "web"}, "way"),
        ({"wants": [{"topic_id": 999, "channel": "hand"}]}, "wants"),
        ({"language": "xx"}, "language"),
    ):
        answer = await client.post(API, json=coupon(cast, **fields), headers=write)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in answer.json()["fields"]


async def test_a_token_opens_only_what_it_says(
    client: Browser, cast: Cast, tokens: dict[str, str], database: Database
) -> None:
    async with database.writing() as session:
        jeanne = await joined(session, cast, JEANNE)
    path = f"{API}/{jeanne.id}"

    async def tried(**more: Any) -> list[httpx.Response]:
        return [
            await client.post(API, json=coupon(cast), **more),
            await client.patch(path, json={}, **more),
            await client.post(f"{path}/departure", json={"way": "telephone"}, **more),
            await client.delete(path, **more),
        ]

    assert {answer.status_code for answer in await tried(headers=_as(tokens["read"]))} == {403}
    assert {answer.status_code for answer in await tried()} <= {401, 403}
    assert {answer.status_code for answer in await tried(headers=_as(tokens["far"]))} <= {401, 403}
    far = f"https://tambour.test/voisin{path}"
    assert (await client.get(far, headers=_as(tokens["far"]))).status_code == 404
    assert (await client.delete(far, headers=_as(tokens["far"]))).status_code == 404
    assert await count_rows(database, Resident) == 1
