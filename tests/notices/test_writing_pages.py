"""Writing in a browser without scripts: the form, its refusals with the input kept, two people at once."""

import html
import re

import pytest

from server.core.database import Database
from server.notices import queries, service
from server.notices.models import Notice, NoticeState
from server.notices.schemas import NoticeContent
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.notices.reading import hidden, says, typed
from tests.notices.writing import draft, in_state, published, written

pytestmark = pytest.mark.usefixtures("monday")


async def a_draft(database: Database, cast: Cast, **changes: object) -> Notice:
    async with database.writing() as session:
        return await written(session, cast, **changes)


async def saved(database: Database, cast: Cast, notice_id: int) -> Notice:
    async with database.reading() as session:
        return await queries.get_notice(session, cast.town_id, notice_id)


async def test_the_first_notice_is_offered(browser_of: BrowserOf) -> None:
    answer = await (await browser_of("Bob")).get("/desk/notices")
    assert answer.status_code == 200
    assert says("Write a notice", answer.text)


async def test_a_new_form_knows_the_towns_telephone(browser_of: BrowserOf) -> None:
    page = (await (await browser_of("Bob")).get("/desk/notices/new")).text
    assert 'value="02 54 00 00 00"' in page
    assert 'value="Jeanne Moreau"' in page


async def test_a_notice_is_written_and_submitted_in_one_go(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    bob = await browser_of("Bob")
    answer = await bob.submit("/desk/notices", typed(topic_ids=[str(cast.topic_ids[0])], then="submit"))
    assert answer.status_code == 303
    shown = await bob.get(answer.headers["location"].removeprefix("/saint-aubin"))
    assert shown.status_code == 200
    assert says("Submitted. Somebody who may publish will read it.", shown.text)
    notice = await saved(database, cast, 1)
    assert (notice.state, notice.number, notice.topic_ids) == (NoticeState.SUBMITTED, "2026-001", cast.topic_ids[:1])
    assert notice.happens_from is not None
    assert notice.happens_from.isoformat() == "2026-11-26T05:00:00+00:00"


async def test_what_keeps_it_from_submission_is_told_and_the_text_is_saved(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    bob = await browser_of("Bob")
    answer = await bob.submit("/desk/notices", typed(contact_phone="", then="submit"))
    page = (await bob.get(answer.headers["location"].removeprefix("/saint-aubin"))).text
    assert says("Give a telephone number: not everybody can write or click.", page)
    assert 'href="#f-contact_phone"' in page
    assert (await saved(database, cast, 1)).state is NoticeState.DRAFT


BOMB = "> " * 400 + "boum"


UNUSABLE = [
    ("title", "  ", "Give the notice a title."),
    ("title", "a" * 161, "At most {limit} characters: shorten this text."),
    ("body", "é" * 50_001, "This text has {count} characters; at most {limit} fit."),
    ("body", "ligne\n" * 2_001, "This text has {count} lines; at most {limit} fit."),
    ("body", BOMB, "Line {line}: lists and quotes are nested too deep; at most {limit} levels fit."),
    ("starts_on", "31/02/2026", "Write a date that exists, for example 24/11/2026."),
    ("starts_on", "1026-11-26", "Write a date that exists, for example 24/11/2026."),
    ("starts_at", "25:00", "Write an hour, for example 18:30."),
    ("ends_on", "2026-11-25", "It would end before it begins."),
    ("ends_at", "05:00", "It would end before it begins."),
    ("valid_from", "2026-12-31", "This day comes before the first day of display."),
    ("contact_phone", "au bureau", "Write a telephone number like 02 54 00 00 00."),
    ("contact_email", "mairie@", "Write an email address like name@example.fr."),
    ("kind", "gossip", "Choose one of the answers of the list."),
    ("language", "tlh", "Choose one of the answers of the list."),
    ("topic_ids", "987654", "Choose one of the answers of the list."),
    ("place_ids", "987654", "Choose one of the answers of the list."),
    ("place_ids", "x", "Write a whole number."),
]


async def test_what_cannot_be_used_is_refused_and_kept(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    bob = await browser_of("Bob")
    notice = await a_draft(database, cast)
    for field, value, sentence in UNUSABLE:
        for path in ("/desk/notices", f"/desk/notices/{notice.id}/text"):
            answer = await bob.submit(path, typed(**{field: value, "revision": "1"}))
            assert answer.status_code == 422, (field, value[:40])
            assert says(sentence, answer.text), (field, value[:40])
            if field not in {"kind", "language", "topic_ids", "place_ids"}:
                assert value.strip()[:200] in html.unescape(answer.text)
            assert "tontes et feuilles en sacs de papier" in answer.text or field == "body"
    assert (await saved(database, cast, notice.id)).revision == 1


async def test_a_save_keeps_everything(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    bob = await browser_of("Bob")
    notice = await a_draft(database, cast)
    page = (await bob.get(f"/desk/notices/{notice.id}/text")).text
    assert f'data-autosave="/saint-aubin/desk/notices/{notice.id}/draft"' in page
    fields = typed(
        title="Un autre", revision=hidden(page, "revision"), is_urgent="yes", starts_at="6h30", ends_at="8 h"
    )
    answer = await bob.submit(f"/desk/notices/{notice.id}/text", fields)
    assert answer.headers["location"].endswith("/text?said=notice-saved")
    found = await saved(database, cast, notice.id)
    assert (found.title, found.is_urgent, found.revision, found.topic_ids) == ("Un autre", True, 2, [])


async def test_two_people_saving_meet_on_one_page(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    bob, paula = await browser_of("Bob"), await browser_of("Paula")
    notice = await a_draft(database, cast)
    path = f"/desk/notices/{notice.id}"
    await bob.submit(f"{path}/text", typed(title="De Bob", summary="La phrase de Bob.", revision="1"))
    answer = await paula.submit(f"{path}/text", typed(title="De Paula", where_text="mairie", revision="1"))
    aside = answer.headers["location"].removeprefix("/saint-aubin")
    assert "/asides/" in aside
    page = (await paula.get(aside)).text
    assert says("Two texts were written at once", page)
    assert "De Bob" in page
    assert "De Paula" in page
    assert aside in (await bob.get(f"{path}/text")).text

    chosen = {"revision": hidden(page, "revision"), "choice-title": "theirs", "choice-where_text": "mine"}
    await paula.submit(aside, {**chosen, "choice-summary": "theirs"})
    found = await saved(database, cast, notice.id)
    assert (found.title, found.where_text, found.summary) == ("De Bob", "mairie", "La phrase de Bob.")
    assert aside not in (await bob.get(f"{path}/text")).text


async def test_keeping_the_first_text_changes_nothing(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    paula = await browser_of("Paula")
    notice = await a_draft(database, cast)
    path = f"/desk/notices/{notice.id}"
    await paula.submit(f"{path}/text", typed(title="De Bob", revision="1"))
    aside = (await paula.submit(f"{path}/text", typed(title="De Paula", revision="1"))).headers["location"]
    await paula.submit(aside.removeprefix("/saint-aubin"), {"revision": "2", "choice-title": "theirs"})
    found = await saved(database, cast, notice.id)
    assert (found.title, found.revision) == ("De Bob", 2)


async def test_the_renderings_follow_what_is_typed(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    bob = await browser_of("Bob")
    notice = await a_draft(database, cast, short_title="Déchets verts")
    answer = await bob.submit(
        f"/desk/notices/{notice.id}/renderings", typed(contact_phone="", short_title="Déchets verts", revision="1")
    )
    assert answer.status_code == 200
    assert says("Give a telephone number: not everybody can write or click.", answer.text)
    assert "data:image/png;base64," in answer.text
    assert (await saved(database, cast, notice.id)).contact_phone == "02 54 00 00 01"


async def test_an_earlier_text_can_be_read_compared_and_taken_back(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    bob = await browser_of("Bob")
    notice = await a_draft(database, cast)
    await bob.submit(f"/desk/notices/{notice.id}/text", typed(summary="La tournée passe plus tard.", revision="1"))
    page = (await bob.get(f"/desk/notices/{notice.id}")).text
    last, first = re.findall(rf"/desk/notices/{notice.id}/versions/(\d+)", page)
    compared = (await bob.get(f"/desk/notices/{notice.id}/versions/{last}")).text
    assert "<ins>" in compared
    assert "<del>" in compared
    await bob.submit(f"/desk/notices/{notice.id}/versions/{first}/restoration", {"revision": "2"})
    assert (await saved(database, cast, notice.id)).summary == draft().summary


async def test_a_public_notice_says_that_a_change_needs_a_new_approval(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        notice = await published(session, cast)
    bob = await browser_of("Bob")
    page = (await bob.get(f"/desk/notices/{notice.id}/text")).text
    assert says("A change makes this notice a draft again: it needs a new approval.", page)
    assert "data-autosave" not in page


async def test_a_posted_act_cannot_be_opened_for_writing(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    act = {"kind": "official_act", "author_name": "Jeanne Moreau", "author_title": "maire", "valid_to": None}
    async with database.writing() as session:
        notice = await published(session, cast, **act)
    bob = await browser_of("Bob")
    answer = await bob.get(f"/desk/notices/{notice.id}/text")
    assert answer.status_code == 303
    late = await bob.submit(f"/desk/notices/{notice.id}/text", typed(title="Autre", revision="1"))
    assert late.status_code == 409
    assert says(str(service.ACT_IS_POSTED.msgid), late.text)


async def test_the_list_is_searched_and_filtered(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await written(session, cast, title="Éclairage de l’Œuvre", kind="works")
        await in_state(session, cast, NoticeState.SUBMITTED, title="Cantine")
        await published(session, cast, title="Marché")
    bob = await browser_of("Bob")

    async def titles(query: str) -> set[str]:
        page = (await bob.get(f"/desk/notices?{query}")).text
        return {title for title in ("Éclairage", "Cantine", "Marché") if f">{title}" in page}

    assert await titles("") == {"Éclairage", "Cantine", "Marché"}
    assert await titles("q=eclairage+oeuvre") == {"Éclairage"}
    assert await titles("q=2026-002") == {"Cantine"}
    assert await titles("state=submitted") == {"Cantine"}
    assert await titles("state=public") == {"Marché"}
    assert await titles("kind=works") == {"Éclairage"}
    assert await titles("q=%25") == set()
    assert await titles("q=_&state=nonsense&kind=x") == set()
    assert (await bob.get("/desk/notices?q=%00%27%22%3B--")).status_code == 200


async def test_fifty_notices_a_page(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        for serial in range(51):
            await written(session, cast, title=f"Avis {serial}")
    bob = await browser_of("Bob")
    assert (await bob.get("/desk/notices")).text.count('<th scope="row">') == 50
    assert (await bob.get("/desk/notices?page=2")).text.count('<th scope="row">') == 1


async def test_who_may_what(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await a_draft(database, cast)
    path = f"/desk/notices/{notice.id}"
    expected = {"Bob": (200, 200, 403), "Paula": (200, 200, 200), "Paul": (200, 403, 403), "Denise": (403, 403, 403)}
    for name, (reads, writes, publishes) in expected.items():
        browser = await browser_of(name)
        assert (await browser.get(path)).status_code == reads, name
        assert (await browser.get(f"{path}/text")).status_code == writes, name
        assert (await browser.get(f"{path}/publication")).status_code == publishes, name
        assert (await browser.submit(f"{path}/approval")).status_code in ({403} if publishes == 403 else {303, 409})


async def test_a_stranger_finds_nothing(browser_of: BrowserOf, client: Browser, database: Database, cast: Cast) -> None:
    notice = await a_draft(database, cast)
    charlie = await browser_of("Charlie")
    for ending in ("", "/text", "/pictures", "/poster.pdf", "/paper", "/mail", "/versions/1", "/asides/1"):
        assert (await charlie.get(f"/desk/notices/{notice.id}{ending}")).status_code == 404
        neighbour = f"https://tambour.test/voisin/desk/notices/{notice.id}{ending}"
        assert (await charlie.get(neighbour)).status_code == 404
        assert (await client.get(f"/desk/notices/{notice.id}{ending}")).status_code == 303
    answer = await charlie.post(
        f"https://tambour.test/voisin/desk/notices/{notice.id}/text", data=typed(csrf_token=charlie.csrf)
    )
    assert answer.status_code == 404


async def test_a_form_from_elsewhere_is_refused(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await a_draft(database, cast)
    bob = await browser_of("Bob")
    answer = await bob.post(f"/desk/notices/{notice.id}/text", data=typed(revision="1", title="Volé"))
    assert answer.status_code == 403
    async with database.reading() as session:
        found = await queries.get_notice(session, cast.town_id, notice.id)
    assert NoticeContent.of(found).title == draft().title
