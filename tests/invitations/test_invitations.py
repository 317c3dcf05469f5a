"""Mails that carry a link to the staff: invitations, new links, forgotten passwords (S03, S04, S13)."""

import re
import time
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlmodel import col, select, update

from server.accounts.models import Account
from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.invitations import pages
from server.municipalities.models import Municipality
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.letterbox import Letterbox, text_of

EMMA = {"name": "Emma Petit", "email": "Emma@Mairie.example", "roles": ["editor", "counter"], "language": "en"}
PASSWORD = "quatre autres mots, encore"


@pytest.fixture
def letterbox(database: Database, secrets: Secrets) -> Letterbox:
    return Letterbox(database, secrets)


def link_in(mail: EmailMessage) -> str:
    """The path of the link, as the browser of the tests wants it."""
    found = re.search(r"https://tambour\.test/saint-aubin(/desk/\S+)", text_of(mail))
    assert found is not None, text_of(mail)
    return found[1]


async def test_an_invitation_leads_to_a_password_and_a_session(
    browser_of: BrowserOf, client: Browser, letterbox: Letterbox
) -> None:
    alice = await browser_of("Alice")
    answer = await alice.submit("/desk/settings/staff", EMMA)
    assert answer.headers["location"] == "/saint-aubin/desk/settings/staff?said=staff-invited"
    assert "invited, no password yet" in (await alice.get("/desk/settings/staff")).text
    [(address, mail)] = await letterbox.mails()
    assert address == "emma@mairie.example"
    assert mail["subject"] == "Your account at Saint-Aubin-les-Prés"
    assert (mail["auto-submitted"], mail["list-unsubscribe"]) == ("auto-generated", None)
    path = link_in(mail)
    assert path in text_of(mail, "html")
    assert (await client.submit(path, {"password": PASSWORD, "again": PASSWORD})).status_code == 303
    signed = await client.submit("/desk/sign-in", {"email": "emma@mairie.example", "password": PASSWORD})
    assert signed.status_code == 303
    assert (await client.get("/desk/account")).status_code == 200


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"name": " "}, "name"),
        ({"email": "emma"}, "email"),
        ({"email": "emma@mairie.example\r\nBcc: x@evil.example"}, "email"),
        ({"email": "bob@mairie.example"}, "email"),
        ({"roles": []}, "roles"),
        ({"roles": ["emperor"]}, "roles"),
        ({"language": "tlh"}, "language"),
    ],
)
async def test_a_wrong_invitation_is_said_and_kept(
    browser_of: BrowserOf, letterbox: Letterbox, wrong: dict[str, object], field: str
) -> None:
    answer = await (await browser_of("Alice")).submit("/desk/settings/staff", EMMA | wrong)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    kept = "Emma Petit" if field != "name" else "Emma@Mairie.example"
    assert f'value="{kept}"' in answer.text
    assert await letterbox.mails() == []


async def test_only_administrators_invite(browser_of: BrowserOf, letterbox: Letterbox) -> None:
    for name in ("Bob", "Paula", "Denise", "Paul"):
        assert (await (await browser_of(name)).submit("/desk/settings/staff", EMMA)).status_code == 403
    assert await letterbox.mails() == []


async def test_who_has_a_password_elsewhere_is_told_to_use_it(
    browser_of: BrowserOf, letterbox: Letterbox, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        await session.execute(update(Account).where(col(Account.name) == "Charlie").values(password_hash="some"))
    fields = {"name": "Somebody", "email": "charlie@mairie.example", "roles": ["editor"], "language": "fr"}
    await (await browser_of("Alice")).submit("/desk/settings/staff", fields)
    [(_address, mail)] = await letterbox.mails()
    assert "/desk/welcome/" not in text_of(mail)
    assert link_in(mail) == "/desk/sign-in"
    assert "Charlie" in text_of(mail)


async def test_without_a_sender_nobody_is_half_invited(
    browser_of: BrowserOf, letterbox: Letterbox, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        await session.execute(update(Municipality).values(sender_address=""))
    answer = await (await browser_of("Alice")).submit("/desk/settings/staff", EMMA)
    assert answer.status_code == 422
    assert "Set the address mails come from first" in answer.text
    async with database.reading() as session:
        emma = select(Account).where(col(Account.name) == "Emma Petit")
        assert (await session.scalars(emma)).one_or_none() is None


async def test_a_new_link_goes_to_the_person_and_replaces_the_first(
    browser_of: BrowserOf, client: Browser, letterbox: Letterbox
) -> None:
    alice = await browser_of("Alice")
    await alice.submit("/desk/settings/staff", EMMA)
    member = re.search(r"staff/(\d+)\">Emma", (await alice.get("/desk/settings/staff")).text)
    assert member is not None
    assert (await alice.submit(f"/desk/settings/staff/{member[1]}/link")).status_code == 303
    (_, first), (address, second) = await letterbox.mails()
    assert address == "emma@mairie.example"
    assert (await client.get(link_in(first))).status_code == 404
    assert (await client.get(link_in(second))).status_code == 200


async def test_a_forgotten_password_is_answered_by_mail(client: Browser, cast: Cast, letterbox: Letterbox) -> None:
    assert (await client.get("/desk/forgotten")).status_code == 200
    answer = await client.submit("/desk/forgotten", {"email": " Alice@mairie.example"})
    assert answer.headers["location"] == "/saint-aubin/desk/sign-in?said=password-asked"
    [(address, mail)] = await letterbox.mails()
    assert address == "alice@mairie.example"
    assert (await client.submit(link_in(mail), {"password": PASSWORD, "again": PASSWORD})).status_code == 303


async def test_known_and_unknown_get_the_same_answer_after_the_same_time(
    client: Browser, cast: Cast, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_ANSWER_TIME", 0.25)
    answers, durations = [], []
    for who in ("alice", "nobody", "charlie", "bob"):
        start = time.monotonic()
        answer = await client.submit("/desk/forgotten", {"email": f"{who}@mairie.example"})
        durations.append(time.monotonic() - start)
        answers.append((answer.status_code, dict(answer.headers), answer.content))
    assert all(answer == answers[0] for answer in answers)
    assert all(duration >= 0.25 for duration in durations)
    assert [address for address, _mail in await letterbox.mails()] == ["alice@mairie.example", "bob@mairie.example"]


async def test_one_person_gets_a_few_mails_only(
    client: Browser, cast: Cast, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_ANSWER_TIME", 0)
    start = clock.now()
    for hours in range(6):
        with clock.frozen(start + timedelta(hours=hours * 1.1)):
            for _time in range(5):
                answer = await client.submit("/desk/forgotten", {"email": "alice@mairie.example"})
                assert answer.status_code == 303
    assert len(await letterbox.mails()) == 10


async def test_one_network_asks_for_a_few_only(
    client: Browser, cast: Cast, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_ANSWER_TIME", 0)
    statuses = [
        (await client.submit("/desk/forgotten", {"email": f"person{number}@mairie.example"})).status_code
        for number in range(25)
    ]
    assert statuses == [303] * 20 + [429] * 5


async def test_the_disabled_are_not_written_to(
    client: Browser, cast: Cast, letterbox: Letterbox, database: Database
) -> None:
    async with database.writing() as session:
        await session.execute(update(Account).values(disabled_at=clock.now()))
    assert (await client.submit("/desk/forgotten", {"email": "alice@mairie.example"})).status_code == 303
    assert await letterbox.mails() == []


async def test_what_is_no_address_is_said(client: Browser, cast: Cast) -> None:
    answer = await client.submit("/desk/forgotten", {"email": "alice"})
    assert answer.status_code == 422
    assert 'value="alice"' in answer.text
    assert (
        await client.post(
            "/desk/forgotten", data={"email": "alice@mairie.example"}, headers={"sec-fetch-site": "cross-site"}
        )
    ).status_code == 403


@pytest.mark.parametrize(
    "hostile",
    [
        "Ma\r\nBcc: x@evil.example",
        "a\x00b\u2028c\u0085d",
        "=?utf-8?q?x=0ABcc:_y=40evil.example?=",
        "{{ 7777*7777 }}",
        "<b>gras</b>",
    ],
)
async def test_names_never_reach_a_header_or_the_markup(
    browser_of: BrowserOf, letterbox: Letterbox, database: Database, cast: Cast, hostile: str
) -> None:
    async with database.writing() as session:
        await session.execute(
            update(Municipality).values(name=hostile[:60].replace("\x00", ""), sender_name=hostile.replace("\x00", ""))
        )
    await (await browser_of("Alice")).submit("/desk/settings/staff", EMMA | {"name": hostile})
    [(_address, mail)] = await letterbox.mails()
    assert mail["bcc"] is None
    assert mail["to"].addresses[0].addr_spec == "emma@mairie.example"
    assert len(mail["subject"].splitlines()) == 1
    assert "60481729" not in text_of(mail)
    assert "<b>" not in text_of(mail, "html")
