"""Notices for programs: the same rules, told as JSON."""

import json
from datetime import date

import pytest

from server.accounts.models import ApiToken
from server.core import clock
from server.core.database import Database
from server.core.secrets import new_token, token_hash
from server.notices.models import NoticeState
from tests.browsing import Browser
from tests.cast import Cast
from tests.notices.writing import in_state, published

pytestmark = pytest.mark.usefixtures("monday")

ALL = ("notices:read", "notices:write", "notices:publish")
NOTICES = "/api/v1/notices"
NOTICE = {
    "title": "Marché de Noël",
    "summary": "Quarante exposants.",
    "body": "Venez nombreux.",
    "kind": "event",
    "starts_on": "2026-12-12",
    "starts_at": "10:00",
    "contact_phone": "02 54 00 00 00",
}


@pytest.fixture
async def program(client: Browser, database: Database, cast: Cast) -> Browser:
    """A program of Saint-Aubin with every right on notices."""
    client.headers["authorization"] = f"Bearer {await token(database, cast.town_id, cast.account_ids['Paula'], *ALL)}"
    return client


async def token(database: Database, municipality_id: int, account_id: int, *scopes: str) -> str:
    made = new_token()
    async with database.writing() as session:
        session.add(
            ApiToken(
                municipality_id=municipality_id,
                name="un programme",
                token_hash=token_hash(made),
                scopes=list(scopes),
                created_by_id=account_id,
                created_at=clock.now(),
            )
        )
    return made


async def test_a_program_brings_a_notice_from_draft_to_withdrawal(program: Browser) -> None:
    created = await program.post(NOTICES, json=NOTICE)
    assert created.status_code == 201
    notice = created.json()
    assert (notice["number"], notice["state"], notice["starts_at"]) == ("2026-001", "draft", "10:00:00")
    path = f"{NOTICES}/{notice['id']}"

    changed = await program.patch(path, json={"revision": 1, "where_text": "place de l’Église"})
    assert changed.status_code == 200
    assert (changed.json()["revision"], changed.json()["title"], changed.json()["starts_on"]) == (
        2, "Marché de Noël", "2026-12-12",
    )  # fmt: skip
    submitted = (await program.post(f"{path}/submission")).json()
    read = {"revision": submitted["revision"], "content_hash": submitted["content_hash"]}
    assert (await program.post(f"{path}/approval", json=read)).json()["state"] == "approved"
    public = (await program.post(f"{path}/publication", json={"content_hash": read["content_hash"]})).json()
    assert (public["state"], public["is_public"]) == ("published", True)
    assert (await program.get("/notices/2026-001")).status_code == 200
    gone = (await program.post(f"{path}/withdrawal", json={"note": "reporté"})).json()
    assert (gone["state"], gone["is_public"]) == ("withdrawn", False)


async def test_a_list_goes_by_pages(program: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await published(session, cast, title="Public")
        await in_state(session, cast, NoticeState.SUBMITTED, title="Soumis")
    answer = (await program.get(NOTICES)).json()
    assert (answer["total"], answer["page"], answer["pages"], len(answer["items"])) == (2, 1, 1, 2)
    assert "tontes" in answer["items"][0]["body"]
    assert [one["title"] for one in (await program.get(f"{NOTICES}?state=public")).json()["items"]] == ["Public"]
    assert (await program.get(f"{NOTICES}?q=soumis")).json()["total"] == 1
    assert (await program.get(f"{NOTICES}?page=2")).json()["items"] == []


UNUSABLE: list[tuple[dict[str, object], str]] = [
    ({"title": ""}, "title"),
    ({"title": "x", "body": "> " * 300}, "body"),
    ({"title": "x", "starts_on": "demain"}, "starts_on"),
    ({"title": "x", "starts_on": 1e400}, "starts_on"),
    ({"title": "x", "ends_on": "2026-12-12"}, "ends_on"),
    ({"title": "x", "topic_ids": [987654]}, "topic_ids"),
    ({"title": "x", "topic_ids": "tous"}, "topic_ids"),
    ({"title": "x", "state": "published"}, "state"),
    ({"title": ["x"]}, "title"),
    ({"title": None}, "title"),
]


async def test_what_cannot_be_used_names_its_field(program: Browser) -> None:
    for given, field in UNUSABLE:
        answer = await program.post(NOTICES, content=json.dumps(given), headers={"content-type": "application/json"})
        assert answer.status_code == 422, given
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in answer.json()["fields"], given


async def test_a_change_of_an_older_revision_is_a_conflict(program: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await in_state(session, cast, NoticeState.DRAFT)
    path = f"{NOTICES}/{notice.id}"
    assert (await program.patch(path, json={"revision": 1, "title": "Un"})).status_code == 200
    late = await program.patch(path, json={"revision": 1, "title": "Deux"})
    assert (late.status_code, late.json()["code"]) == (409, "content_changed")
    assert (await program.get(path)).json()["title"] == "Un"
    cleared = await program.patch(path, json={"revision": 2, "starts_at": None, "valid_to": None})
    assert (cleared.json()["starts_at"], cleared.json()["valid_to"], cleared.json()["title"]) == (None, None, "Un")


async def test_what_blocks_names_its_fields(program: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await in_state(session, cast, NoticeState.DRAFT, contact_phone="", summary="")
    answer = await program.post(f"{NOTICES}/{notice.id}/submission")
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"contact_phone", "summary"}


async def test_steps_that_are_not_possible_now(program: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await in_state(session, cast, NoticeState.DRAFT, valid_to=date(2026, 12, 1))
    path = f"{NOTICES}/{notice.id}"
    read = {"revision": 1, "content_hash": notice.content_hash}
    for verb, body in (("publication", read), ("withdrawal", {}), ("return", {"note": "non"})):
        answer = await program.post(f"{path}/{verb}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state"), verb
    stale = await program.post(f"{path}/approval", json={"revision": 1, "content_hash": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "content_changed")


async def test_a_token_opens_what_it_says_in_its_own_town(client: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await in_state(session, cast, NoticeState.SUBMITTED)
    path = f"{NOTICES}/{notice.id}"
    reader = {"authorization": f"Bearer {await token(database, cast.town_id, cast.account_ids['Bob'], 'notices:read')}"}
    assert (await client.get(path, headers=reader)).status_code == 200
    assert (await client.post(NOTICES, json=NOTICE, headers=reader)).status_code == 403
    assert (await client.patch(path, json={"revision": 1}, headers=reader)).status_code == 403
    for verb in ("submission", "approval", "publication", "withdrawal", "return"):
        assert (await client.post(f"{path}/{verb}", json={}, headers=reader)).status_code == 403, verb
    assert (await client.get(path)).status_code in {401, 403}
    charlie = await token(database, cast.neighbour_id, cast.account_ids["Charlie"], *ALL)
    headers = {"authorization": f"Bearer {charlie}"}
    assert (await client.get(path, headers=headers)).status_code in {401, 403}
    neighbour = f"https://tambour.test/voisin{path}"
    assert (await client.get(neighbour, headers=headers)).status_code == 404
    for verb, body in (
        ("submission", None),
        ("approval", {"revision": 1, "content_hash": notice.content_hash}),
        ("publication", {"content_hash": notice.content_hash}),
        ("withdrawal", {}),
    ):
        assert (await client.post(f"{neighbour}/{verb}", json=body, headers=headers)).status_code == 404, verb
