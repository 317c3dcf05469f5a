"""One's own account: profile, password, sessions, as one sees and changes them."""

from datetime import timedelta

from sqlmodel import select
from starlette.types import ASGIApp

from server.accounts import service
from server.accounts.devices import device_of
from server.accounts.models import AuditEntry, LinkPurpose, OneTimeLink, StaffSession
from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from tests.accounts.doors import RIGHT, knock, signed_in
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast

NEW = "quatre autres mots, encore"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


async def test_name_and_language_are_changed(browser_of: BrowserOf) -> None:
    bob = await browser_of("Bob")
    answer = await bob.submit("/desk/account", {"name": "  Robert\u202e Dupont ", "language": "en"})
    assert answer.status_code == 303
    shown = await bob.get("/desk/account?said=account-saved")
    assert "Your account is saved." in shown.text
    assert 'value="Robert Dupont"' in shown.text
    assert '<html lang="en">' in shown.text


async def test_a_wrong_profile_is_said_and_kept(browser_of: BrowserOf) -> None:
    bob = await browser_of("Bob")
    answer = await bob.submit("/desk/account", {"name": "", "language": "tlh"})
    assert answer.status_code == 422
    assert 'id="f-name-error"' in answer.text
    assert 'id="f-language-error"' in answer.text
    answer = await bob.submit("/desk/account", {"name": "é" * 121, "language": "fr"})
    assert "é" * 121 in answer.text


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    app: ASGIApp, secrets: Secrets, staff: Cast
) -> None:
    here, there = await signed_in(app, secrets, "alice"), await signed_in(app, secrets, "alice")
    answer = await here.submit("/desk/account/password", {"current": RIGHT, "new": NEW, "again": NEW})
    assert answer.status_code == 303
    assert (await here.get("/desk/account")).status_code == 200
    assert (await there.get("/desk/account")).status_code == 303
    async with Browser(app) as later:
        assert (await knock(later, password=RIGHT)).status_code == 422
        assert (await knock(later, password=NEW)).status_code == 303


async def test_the_current_password_is_needed(app: ASGIApp, secrets: Secrets, staff: Cast) -> None:
    alice = await signed_in(app, secrets, "alice")
    answer = await alice.submit("/desk/account/password", {"current": "guess", "new": NEW, "again": NEW})
    assert answer.status_code == 422
    assert "This is not your current password." in answer.text
    for wrong in (
        {"new": "court", "again": "court"},
        {"new": NEW, "again": "x"},
        {"new": "alicealice", "again": "alicealice"},
    ):
        assert (await alice.submit("/desk/account/password", {"current": RIGHT, **wrong})).status_code == 422
    async with Browser(app) as later:
        assert (await knock(later)).status_code == 303


async def test_guessing_the_current_password_stops(app: ASGIApp, secrets: Secrets, staff: Cast) -> None:
    alice = await signed_in(app, secrets, "alice")
    guess = {"current": "guess", "new": NEW, "again": NEW}
    statuses = [(await alice.submit("/desk/account/password", guess)).status_code for _time in range(12)]
    assert statuses == [422] * 10 + [429] * 2


async def test_sessions_are_listed_and_ended_one_by_one(
    app: ASGIApp, secrets: Secrets, staff: Cast, database: Database
) -> None:
    here = await signed_in(app, secrets, "alice")
    async with Browser(app) as there:
        there.headers["user-agent"] = FIREFOX
        await knock(there)
        assert "Firefox, Windows" in (await here.get("/desk/account")).text
        async with database.reading() as session:
            other = max([one.id for one in await session.scalars(select(StaffSession))])
        answer = await here.submit(f"/desk/account/sessions/{other}/removal")
        assert answer.headers["location"] == "/saint-aubin/desk/account?said=session-ended"
        assert (await there.get("/desk/account")).status_code == 303
    assert (await here.submit(f"/desk/account/sessions/{other}/removal")).status_code == 404


async def test_ending_the_session_one_is_in_signs_out(app: ASGIApp, secrets: Secrets, staff: Cast) -> None:
    alice = await signed_in(app, secrets, "alice")
    answer = await alice.submit("/desk/account/sessions/1/removal")
    assert "/desk/sign-in" in answer.headers["location"]
    assert (await alice.get("/desk/account")).status_code == 303


async def test_somebody_elses_session_is_not_found(app: ASGIApp, secrets: Secrets, staff: Cast) -> None:
    alice, bob = await signed_in(app, secrets, "alice"), await signed_in(app, secrets, "bob")
    assert (await bob.submit("/desk/account/sessions/1/removal")).status_code == 404
    assert (await alice.get("/desk/account")).status_code == 200


async def test_signing_out_everywhere(app: ASGIApp, secrets: Secrets, staff: Cast, database: Database) -> None:
    here, there = await signed_in(app, secrets, "alice"), await signed_in(app, secrets, "alice")
    bob = await signed_in(app, secrets, "bob")
    assert (await here.submit("/desk/account/sessions/removal")).status_code == 303
    for browser, status in ((here, 303), (there, 303), (bob, 200)):
        assert (await browser.get("/desk/account")).status_code == status
    async with database.reading() as session:
        last = list(await session.scalars(select(AuditEntry)))[-1]
    assert (last.action, last.detail) == ("sessions.ended", {"count": 2})


async def test_sessions_and_links_that_open_nothing_are_forgotten(cast: Cast, database: Database) -> None:
    today, alice = clock.now(), cast.account_ids["Alice"]
    with clock.frozen(today - timedelta(days=91)):
        async with database.writing() as session:
            await service.open_session(session, alice)
            await service.make_link(session, alice, LinkPurpose.RESET)
    async with database.writing() as session:
        await service.open_session(session, alice)
        await service.make_link(session, alice, LinkPurpose.RESET)
        await service.forget_expired(session)
        assert len(list(await session.scalars(select(StaffSession)))) == 1
        assert len(list(await session.scalars(select(OneTimeLink)))) == 1


def test_a_device_is_two_words() -> None:
    assert device_of(FIREFOX) == "Firefox, Windows"
    assert (
        device_of("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1")
        == "Safari, iPhone"
    )
    assert device_of("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36 Edg/126.0") == "Edge, Linux"
    assert device_of("curl/8" * 9000) == ""
