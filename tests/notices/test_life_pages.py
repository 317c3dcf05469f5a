"""From a draft to the town's page and away again, with the buttons that each person has."""

import pytest

from server.core.database import Database
from server.notices import queries
from server.notices.models import Notice, NoticeState
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.notices.reading import hidden, says, typed
from tests.notices.writing import in_state, published

pytestmark = pytest.mark.usefixtures("monday")


async def bring(database: Database, cast: Cast, state: NoticeState, **changes: object) -> Notice:
    async with database.writing() as session:
        return await in_state(session, cast, state, **changes)


async def state_of(database: Database, cast: Cast, notice: Notice) -> NoticeState:
    async with database.reading() as session:
        return (await queries.get_notice(session, cast.town_id, notice.id)).state


def approval(page: str) -> dict[str, str]:
    """What the button "Approve this text" sends."""
    return {"revision": hidden(page, "revision"), "content_hash": hidden(page, "content_hash")}


async def test_a_notice_is_approved_published_and_withdrawn(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast
) -> None:
    notice = await bring(database, cast, NoticeState.SUBMITTED)
    path, public = f"/desk/notices/{notice.id}", f"/notices/{notice.number}"
    paula = await browser_of("Paula")
    assert (await client.get(public)).status_code == 404

    await paula.submit(f"{path}/approval", approval((await paula.get(path)).text))
    confirm = (await paula.get(f"{path}/publication")).text
    assert says("This notice will appear on the page of %(town)s at once, for everybody.", confirm)
    await paula.submit(f"{path}/publication", {"content_hash": hidden(confirm, "content_hash")})
    assert (await client.get(public)).status_code == 200
    assert says("Residents read exactly this text since %(when)s.", (await paula.get(path)).text)

    confirm = (await paula.get(f"{path}/withdrawal")).text
    assert says("Withdraw this notice?", confirm)
    await paula.submit(f"{path}/withdrawal", {"note": "Reportée au printemps"})
    gone = await client.get(public)
    assert gone.status_code == 410
    assert says("This notice was withdrawn", gone.text)
    assert "Collecte" not in gone.text
    history = (await paula.get(path)).text
    assert "Reportée au printemps" in history
    assert notice.content_hash[:12] in history


async def test_what_was_changed_meanwhile_is_not_approved(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    notice = await bring(database, cast, NoticeState.SUBMITTED)
    path = f"/desk/notices/{notice.id}"
    bob, paula = await browser_of("Bob"), await browser_of("Paula")
    read = approval((await paula.get(path)).text)
    await bob.submit(f"{path}/text", typed(title="Tout autre chose", revision="1"))
    answer = await paula.submit(f"{path}/approval", read)
    assert answer.status_code == 409
    assert says("This notice has changed since you opened this page. Read it again.", answer.text)
    assert await state_of(database, cast, notice) is NoticeState.DRAFT


async def test_a_stale_confirmation_publishes_nothing(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await bring(database, cast, NoticeState.APPROVED)
    paula = await browser_of("Paula")
    answer = await paula.submit(f"/desk/notices/{notice.id}/publication", {"content_hash": "0" * 64})
    assert answer.status_code == 409
    assert await state_of(database, cast, notice) is NoticeState.APPROVED


async def test_a_return_needs_a_word(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await bring(database, cast, NoticeState.SUBMITTED)
    path = f"/desk/notices/{notice.id}"
    paula = await browser_of("Paula")
    answer = await paula.submit(f"{path}/return", {"note": " "})
    page = (await paula.get(answer.headers["location"].removeprefix("/saint-aubin"))).text
    assert says("Say what should be changed.", page)
    assert 'href="#f-note"' in page
    await paula.submit(f"{path}/return", {"note": "Quelle rue ?"})
    assert await state_of(database, cast, notice) is NoticeState.DRAFT
    assert "Quelle rue ?" in (await (await browser_of("Bob")).get(path)).text


async def test_what_blocks_is_told_where_it_was_asked(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await bring(database, cast, NoticeState.DRAFT, contact_phone="")
    bob = await browser_of("Bob")
    answer = await bob.submit(f"/desk/notices/{notice.id}/submission")
    page = (await bob.get(answer.headers["location"].removeprefix("/saint-aubin"))).text
    assert says("Give a telephone number: not everybody can write or click.", page)
    assert f"/desk/notices/{notice.id}/text#f-contact_phone" in page


async def test_a_publisher_needs_nobody_to_submit_to(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await bring(database, cast, NoticeState.DRAFT)
    path = f"/desk/notices/{notice.id}"
    paula = await browser_of("Paula")
    await paula.submit(f"{path}/approval", approval((await paula.get(path)).text))
    assert await state_of(database, cast, notice) is NoticeState.APPROVED


async def test_a_notice_is_given_up_and_copied(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await bring(database, cast, NoticeState.DRAFT)
    bob = await browser_of("Bob")
    answer = await bob.submit(f"/desk/notices/{notice.id}/abandonment")
    assert answer.headers["location"] == "/saint-aubin/desk/notices?said=notice-discarded"
    assert await state_of(database, cast, notice) is NoticeState.WITHDRAWN
    copied = await bob.submit(f"/desk/notices/{notice.id}/copies")
    page = (await bob.get(copied.headers["location"].removeprefix("/saint-aubin"))).text
    assert says("This is the copy. Write its days anew.", page)
    assert 'value="Collecte des déchets verts décalée au jeudi 26"' in page


async def test_residents_keep_reading_what_was_approved(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        notice = await published(session, cast)
    bob = await browser_of("Bob")
    await bob.submit(f"/desk/notices/{notice.id}/text", typed(title="Secret d’atelier", revision="1"))
    for path in ("/notices", f"/notices/{notice.number}", "/agenda", "/notices.atom", "/agenda.ics"):
        page = (await client.get(path)).text
        assert "Secret" not in page, path
        assert "Collecte des déchets" in page, path
    shown = (await bob.get(f"/desk/notices/{notice.id}")).text
    assert says("Residents read an earlier text, published on %(when)s.", shown)
    assert says("an earlier text is public", (await bob.get("/desk/notices")).text)


async def test_a_first_day_to_come_is_told(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await published(session, cast, valid_from="2026-11-25")
    page = (await (await browser_of("Bob")).get(f"/desk/notices/{notice.id}")).text
    assert says("Published: residents read it from %(day)s on.", page)


async def test_an_early_withdrawal_of_an_act_is_warned_of(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    act = {"kind": "official_act", "author_name": "Jeanne Moreau", "author_title": "maire", "valid_to": None}
    async with database.writing() as session:
        notice = await published(session, cast, **act)
    paula = await browser_of("Paula")
    page = (await paula.get(f"/desk/notices/{notice.id}/withdrawal")).text
    assert "R2131-1" in page


async def test_the_sheet_and_the_mail_of_a_draft(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await bring(database, cast, NoticeState.DRAFT, short_title="Déchets verts")
    paul = await browser_of("Paul")
    sheet = await paul.get(f"/desk/notices/{notice.id}/poster.pdf")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "application/pdf")
    assert sheet.content.startswith(b"%PDF-")
    large = await paul.get(f"/desk/notices/{notice.id}/poster.pdf?format=a3")
    assert large.content.startswith(b"%PDF-")
    assert large.content != sheet.content
    mail = await paul.get(f"/desk/notices/{notice.id}/mail")
    assert "Collecte des déchets verts" in mail.text
    assert "frame-ancestors 'self'" in mail.headers["content-security-policy"]
    words = await paul.get(f"/desk/notices/{notice.id}/mail.txt")
    assert "tontes et feuilles en sacs de papier" in words.text


async def test_a_sheet_that_is_too_long_is_refused_in_a_sentence(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    long = {"short_title": "", "title": "Un titre " * 17, "summary": "Des mots " * 30, "where_text": "ici ou là " * 19}
    notice = await bring(database, cast, NoticeState.DRAFT, **long)
    bob = await browser_of("Bob")
    answer = await bob.get(f"/desk/notices/{notice.id}/poster.pdf")
    assert 400 <= answer.status_code < 500
    assert (await bob.get(f"/desk/notices/{notice.id}")).status_code == 200
