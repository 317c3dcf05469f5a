"""Signing in and out by the form: the cookie, the way back, one answer for everything that is wrong (S03, S05, S06)."""

from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement
from sqlmodel import col, select, update
from starlette.types import ASGIApp

from server.accounts.coming_back import safe_path
from server.accounts.dependencies import COOKIE
from server.accounts.models import Account, AuditEntry, RoleGrant, StaffSession
from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets, token_hash
from tests.accounts.doors import RIGHT, knock, signed_in
from tests.browsing import Browser
from tests.cast import Cast
from tests.hashing import CountingHasher


async def test_the_page_asks_for_address_and_password(client: Browser, staff: Cast) -> None:
    answer = await client.get("/desk/sign-in")
    assert answer.status_code == 200
    assert 'autocomplete="current-password"' in answer.text
    assert "/saint-aubin/desk/forgotten" in answer.text
    assert "set-cookie" not in answer.headers


async def test_the_right_password_opens_a_session(client: Browser, staff: Cast) -> None:
    answer = await knock(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/saint-aubin/desk")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert word in cookie
    assert "Domain" not in cookie
    assert (await client.get("/desk/account")).status_code == 200


async def test_the_token_itself_is_not_kept(client: Browser, staff: Cast, database: Database) -> None:
    await knock(client)
    async with database.reading() as session:
        row = (await session.scalars(select(StaffSession))).one()
    assert row.token_hash == token_hash(client.cookies[COOKIE])
    assert client.cookies[COOKIE] not in str(row)


@pytest.mark.parametrize("typed", [" Alice@Mairie.Example ", "ALICE@MAIRIE.EXAMPLE"])
async def test_case_and_spaces_of_the_address_do_not_matter(client: Browser, staff: Cast, typed: str) -> None:
    answer = await client.submit("/desk/sign-in", {"email": typed, "password": RIGHT})
    assert answer.status_code == 303


async def test_everything_wrong_gets_the_same_answer_and_the_same_work(
    client: Browser, staff: Cast, database: Database, quick_hashing: CountingHasher
) -> None:
    """Unknown, wrong, elsewhere, disabled here, disabled everywhere, without a password."""
    async with database.writing() as session:
        await session.execute(update(RoleGrant).where(_grants_of(staff, "Bob")).values(suspended_at=clock.now()))
        await session.execute(update(Account).where(_id(staff, "Paula")).values(disabled_at=clock.now()))
        await session.execute(update(Account).where(_id(staff, "Denise")).values(password_hash=None))
    attempts = {"nobody": RIGHT, "alice": "wrong", "charlie": RIGHT, "bob": RIGHT, "paula": RIGHT, "denise": RIGHT}
    answers = set()
    for name, password in attempts.items():
        before = len(quick_hashing.verified)
        answer = await knock(client, name, password)
        assert len(quick_hashing.verified) == before + 1, name
        assert "set-cookie" not in answer.headers
        answers.add((answer.status_code, answer.text.replace(f"{name}@", "somebody@")))
    assert len(answers) == 1
    status, words = answers.pop()
    assert status == 422
    assert "The address or the password is wrong." in words
    assert 'value="somebody@mairie.example"' in words
    assert RIGHT not in words


async def test_a_refusal_is_written_down_without_the_address(client: Browser, staff: Cast, database: Database) -> None:
    await knock(client, "alice", "wrong")
    await knock(client, "nobody", "wrong")
    async with database.reading() as session:
        found = list(await session.scalars(select(AuditEntry).order_by(col(AuditEntry.id))))
    assert [(one.action, one.account_id, one.object_id) for one in found] == [
        ("session.refused", None, staff.account_ids["Alice"]),
        ("session.refused", None, None),
    ]
    assert all(one.detail == {} for one in found)


async def test_a_new_session_ends_the_one_the_browser_had(client: Browser, staff: Cast, database: Database) -> None:
    await knock(client)
    first = client.cookies[COOKIE]
    await knock(client, "bob")
    assert client.cookies[COOKIE] != first
    async with database.reading() as session:
        row = (
            await session.scalars(select(StaffSession).where(col(StaffSession.token_hash) == token_hash(first)))
        ).one()
    assert row.ended_at is not None


async def test_who_is_signed_in_is_sent_on(client: Browser, staff: Cast) -> None:
    await knock(client)
    answer = await client.get("/desk/sign-in?next=/desk/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/saint-aubin/desk/account")


async def test_a_session_lasts_twelve_hours_whatever_is_done_with_it(client: Browser, staff: Cast) -> None:
    start = clock.now()
    await knock(client)
    for hours, status in ((11, 200), (11.9, 200), (12.1, 303)):
        with clock.frozen(start + timedelta(hours=hours)):
            assert (await client.get("/desk/account")).status_code == status


async def test_signing_out_ends_the_session_for_good(app: ASGIApp, secrets: Secrets, staff: Cast) -> None:
    alice = await signed_in(app, secrets, "alice")
    token = alice.cookies[COOKIE]
    answer = await alice.submit("/desk/sign-out")
    assert "/desk/sign-in" in answer.headers["location"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert "You are signed out." in (await alice.get(answer.headers["location"].removeprefix("/saint-aubin"))).text
    async with Browser(app, token) as thief:
        assert (await thief.get("/desk/account")).status_code == 303


async def test_another_site_cannot_sign_somebody_in(client: Browser, staff: Cast) -> None:
    fields = {"email": "alice@mairie.example", "password": RIGHT}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        answer = await client.post("/desk/sign-in", data=fields, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


async def test_the_token_of_one_person_is_refused_for_another(app: ASGIApp, secrets: Secrets, staff: Cast) -> None:
    alice, bob = await signed_in(app, secrets, "alice"), await signed_in(app, secrets, "bob")
    bob.csrf = alice.csrf
    answer = await bob.submit("/desk/account", {"name": "Mallory", "language": "fr"})
    assert answer.status_code == 403
    assert "Mallory" not in (await bob.get("/desk/account")).text
    for missing in ("", "0" * 32, "é"):
        bob.csrf = missing
        assert (await bob.submit("/desk/account", {"name": "Mallory", "language": "fr"})).status_code == 403


@pytest.mark.parametrize(
    "change",
    ["", "x", "short", "{token}x", "x{token}", "{upper}", "{token}%20", "'; --", "../../x", "9" * 9000, "\u00e9"],
)
async def test_a_tampered_cookie_opens_nothing(app: ASGIApp, client: Browser, staff: Cast, change: str) -> None:
    await knock(client)
    token = client.cookies[COOKIE]
    forged = change.format(token=token, upper=token.swapcase())
    async with Browser(app) as thief:
        answer = await thief.get("/desk/account", headers=[(b"cookie", f"{COOKIE}={forged}".encode("latin-1"))])
        assert answer.status_code == 303
        assert "/desk/sign-in" in answer.headers["location"]


async def test_every_single_change_of_a_cookie_is_refused(app: ASGIApp, client: Browser, staff: Cast) -> None:
    await knock(client)
    token = client.cookies[COOKIE]
    async with Browser(app) as thief:
        for place in range(0, len(token), 5):
            other = "A" if token[place] != "A" else "B"
            forged = token[:place] + other + token[place + 1 :]
            answer = await thief.get("/desk/account", headers={"cookie": f"{COOKIE}={forged}"})
            assert answer.status_code == 303


async def test_a_session_of_another_town_shows_nothing_here(app: ASGIApp, staff: Cast) -> None:
    async with Browser(app, town="/voisin") as charlie:
        assert (await knock(charlie, "charlie")).status_code == 303
        assert (await charlie.get("/desk/account")).status_code == 200
        assert (await charlie.get("https://tambour.test/saint-aubin/desk/account")).status_code == 404


async def test_the_way_back_is_remembered_with_its_question(client: Browser, staff: Cast) -> None:
    answer = await client.get("/desk/settings/places?q=lavoir&page=2")
    assert answer.headers["location"] == "/saint-aubin/desk/sign-in?next=/desk/settings/places%3Fq%3Dlavoir%26page%3D2"
    shown = await client.get(answer.headers["location"].removeprefix("/saint-aubin"))
    assert 'value="/desk/settings/places?q=lavoir&amp;page=2"' in shown.text
    answer = await knock(client, next="/desk/settings/places?q=lavoir&page=2")
    assert answer.headers["location"] == "/saint-aubin/desk/settings/places?q=lavoir&page=2"


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "/",
        "desk",
        "/notices",
        "/deskx",
        "//evil.example",
        "/desk//evil.example",
        "/desk/../../voisin/desk",
        "/desk/%2E%2e/x",
        "/desk\\evil.example",
        "/desk\r\nset-cookie: a=b",
        "/desk/\u2028x",
        "https://evil.example/desk",
        "javascript:alert(1)",
        "/desk/<script>",
        "/desk@evil.example",
        "\t/desk",
    ],
)
async def test_the_way_back_never_leads_elsewhere(client: Browser, staff: Cast, asked: str) -> None:
    assert safe_path(asked) == "/desk"
    answer = await knock(client, next=asked)
    assert answer.headers["location"] == "/saint-aubin/desk"


def _id(cast: Cast, name: str) -> ColumnElement[bool]:
    return col(Account.id) == cast.account_ids[name]


def _grants_of(cast: Cast, name: str) -> ColumnElement[bool]:
    return col(RoleGrant.account_id) == cast.account_ids[name]
