"""Nearly three years without a word: asked once, by mail or on paper; silence ends mails, and never paper by itself."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.residents import queries, rules
from server.residents.erasure import forget_requests
from server.residents.models import Channel, Consent, ConsentWay, JoinRequest, Resident
from server.residents.retention import ask_the_silent, list_silent
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.letterbox import Letterbox, path_in
from tests.residents.visiting import joined, press, resident_of

URL = "https://tambour.test"


async def _silent(database: Database, cast: Cast) -> datetime:
    """Two by email and one on paper, all silent for as long as may be; one who called last week."""
    now = clock.now()
    async with database.writing() as session:
        for name, email in (("Answers", "answers@orange.example"), ("Silent", "silent@orange.example"), ("Paper", "")):
            channels = [Channel.EMAIL] if email else [Channel.HAND]
            one = await joined(session, cast, email, name=name, channels=channels, address_street="1 rue Haute")
            one.last_contact_at = now - rules.ASKED_AGAIN_AFTER - timedelta(days=1)
        await joined(session, cast, "called@orange.example", name="Called")
    return now


async def test_who_answers_stays_and_who_is_silent_gets_no_more_mail(
    client: Browser, database: Database, cast: Cast, secrets: Secrets, letterbox: Letterbox
) -> None:
    now = await _silent(database, cast)
    await ask_the_silent(database, secrets, URL)
    await ask_the_silent(database, secrets, URL)
    mails = await letterbox.mails()
    assert sorted(address for address, _ in mails) == ["answers@orange.example", "silent@orange.example"]
    await press(client, secrets, path_in(dict(mails)["answers@orange.example"], "/join/"))
    with clock.frozen(now + rules.ANSWER_WITHIN + timedelta(days=1)):
        async with database.writing() as session:
            await forget_requests(session)
        await ask_the_silent(database, secrets, URL)
    answered, silent = [await resident_of(database, f"{one}@orange.example") for one in ("answers", "silent")]
    assert (answered.left_at, answered.last_contact_at >= now) == (None, True)
    assert silent.left_at is not None
    async with database.reading() as session:
        proofs = list(await session.scalars(select(Consent).order_by(col(Consent.id))))
        assert [one.way for one in proofs if one.resident_id == silent.id][-1] is ConsentWay.SILENCE
        assert list(await session.scalars(select(JoinRequest))) == []
        assert [one.name for one in await list_silent(session, cast.town_id)] == ["Paper"], "paper goes on"


async def test_paper_is_asked_on_paper_and_the_coupon_keyed(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    await _silent(database, cast)
    denise, bob = await browser_of("Denise"), await browser_of("Bob")
    page = "/desk/residents/silent"
    shown = (await denise.get(page)).text
    assert ("Paper" in shown, "Silent" in shown) == (True, False)
    assert (await bob.get(page)).status_code == 403
    assert "/desk/prints/" in (await denise.submit(f"{page}/coupons")).headers["location"]
    async with database.reading() as session:
        (paper,) = await list_silent(session, cast.town_id)
        assert await list_silent(session, cast.neighbour_id) == []
    await denise.submit(f"/desk/residents/{paper.id}/still-wanted")
    assert "Everybody was heard of" in (await denise.get(page)).text
    assert (await denise.submit(f"{page}/coupons")).status_code == 409
    async with database.reading() as session:
        resident: Resident = await queries.get_resident(session, cast.town_id, paper.id)
        assert resident.last_contact_at > clock.now() - timedelta(minutes=1)
