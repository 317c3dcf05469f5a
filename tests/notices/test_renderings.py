"""One notice in every rendering says the same words, each in its own way."""

from datetime import date, datetime

import pytest
from sqlmodel import col, select

from server.content.finished import find_remote, find_trackers
from server.core.database import Database
from server.core.files import FileStore
from server.core.i18n import speaking
from server.municipalities.models import Municipality
from server.notices import service
from server.notices.content import picture_ids, picture_line
from server.notices.everywhere import look_everywhere
from server.notices.imaging import prepare
from server.notices.pictures import mail_images
from server.notices.renderings import (
    PaperShelf,
    facts_of,
    mail_section,
    phone_script,
    posted_words,
    poster_of,
    render_notice_mail,
    web_section,
)
from server.notices.schemas import NoticeContent
from server.notices.wording import validity_words, when_words
from tests.cast import Cast
from tests.corpora import corpus
from tests.notices.pictures import photo
from tests.notices.reading import content_of
from tests.notices.writing import draft, written

TOWN = Municipality(
    id=1,
    slug="saint-aubin",
    name="Saint-Aubin-les-Prés",
    address="Mairie\n4 place de l’Église",
    postcode="41000",
    post_town="Saint-Aubin",
    phone="02 54 00 00 00",
    opening_hours="Lundi, mardi : 9 h – 12 h",
)


@pytest.mark.parametrize(
    ("given", "fr", "en"),
    [
        (("2026-12-01", "18:30", None, None), "mardi 1ᵉʳ décembre 2026 à 18 h 30", "Tuesday 1 December 2026 at 18:30"),
        (
            ("2026-12-02", "18:30", None, "20:00"),
            "mercredi 2 décembre 2026 de 18 h 30 à 20 h",
            "Wednesday 2 December 2026 from 18:30 to 20:00",
        ),
        (("2026-12-01", None, None, None), "mardi 1ᵉʳ décembre 2026", "Tuesday 1 December 2026"),
        (
            ("2026-12-01", None, "2026-12-03", None),
            "du mardi 1ᵉʳ au jeudi 3 décembre 2026",
            "Tuesday 1 to Thursday 3 December 2026",
        ),
        (
            ("2026-11-30", None, "2026-12-01", None),
            "du lundi 30 novembre au mardi 1ᵉʳ décembre 2026",
            "Monday 30 November to Tuesday 1 December 2026",
        ),
        (
            ("2026-12-30", "09:00", "2027-01-02", "18:00"),
            "du mercredi 30 décembre 2026 à 9 h au samedi 2 janvier 2027 à 18 h",
            "Wednesday 30 December 2026 at 9:00 to Saturday 2 January 2027 at 18:00",
        ),
        (("2026-07-14", "23:59", None, None), "mardi 14 juillet 2026 à 23 h 59", "Tuesday 14 July 2026 at 23:59"),
    ],
)
def test_a_moment_is_said_as_people_say_it(given: tuple[str | None, ...], fr: str, en: str) -> None:
    content = content_of(**dict(zip(("starts_on", "starts_at", "ends_on", "ends_at"), given, strict=True)))
    said = {language: when_words(content, language).replace("\u00a0", " ") for language in ("fr", "en")}
    assert said == {"fr": fr, "en": en}


def test_the_authors_own_words_come_first() -> None:
    assert when_words(content_of(when_text="tous les mardis !")) == "tous les mardis\u202f!"
    assert when_words(content_of(starts_on=None, starts_at=None)) == ""


def test_how_long_it_is_displayed() -> None:
    first, last = date(2026, 11, 23), date(2026, 11, 26)
    with speaking("fr"):
        said = [validity_words(*days).replace("\u00a0", " ") for days in ((first, last), (None, last), (first, None))]
        assert said == ["du 23 au 26 novembre 2026", "jusqu’au 26 novembre 2026", "à partir du 23 novembre 2026"]
        assert validity_words(None, None) == ""
    assert posted_words(content_of(valid_to=None), None) == ""
    assert posted_words(content_of(), first).endswith("du 23 au 26\u00a0novembre 2026")


def test_facts_are_those_that_were_given() -> None:
    values = [fact.value for fact in facts_of(content_of(where_text=""))]
    assert values == ["tous les quartiers", "jeudi 26\u00a0novembre 2026 à 6\u00a0h"]


def test_a_section_of_a_letter_stands_alone_in_html_and_in_text() -> None:
    section = mail_section(content_of(), "2026-087", level=3)
    assert "<h3 " in section.html
    assert "<h2" not in section.html
    for words in ("tontes et feuilles en sacs de papier", "02 54 00 00 01", "2026-087", "devant chaque maison"):
        assert words in section.html.replace("\u00a0", " ")
        assert words in section.text.replace("\u00a0", " ")
    assert max(len(line) for line in section.text.splitlines()) <= 72
    assert "<" not in section.text


def test_a_mail_loads_nothing_and_follows_nobody() -> None:
    body = "Un lien : https://example.org/page\n\n![Un plan](picture:12)\n\n![Dehors](https://example.org/p.gif)"
    mail = render_notice_mail(TOWN, content_of(body=body), "2026-087", leave_url="https://tambour.test/leave/x")
    assert find_remote(mail.html) == []
    assert find_trackers(mail.html) == []
    assert 'src="cid:picture-12@tambour"' in mail.html
    assert mail.subject in mail.html
    assert "https://tambour.test/leave/x" in mail.text


def test_a_section_of_a_page_shows_pictures_where_they_are() -> None:
    html = web_section(content_of(body="![Un plan](picture:12)"), lambda number: f"/pictures/{number}")
    assert 'src="/pictures/12"' in html
    assert '<dl class="facts">' in html


def test_a_voice_says_it_in_the_order_of_a_call() -> None:
    speech = phone_script(content_of())
    assert speech.sentences[0] == "Collecte des déchets verts décalée au jeudi 26."
    assert speech.sentences[1] == "En raison du jour férié, la tournée du mercredi passe au lendemain."
    assert "02 54 00 00 01" in speech.sentences[-1].replace("\u00a0", " ")
    assert 20 < speech.seconds < 60


@pytest.mark.parametrize("words", ['Un [plan] "neuf"', "a](https://evil.example) b", "\\", "*_`<b>&amp;", "![x](y)"])
def test_the_words_of_a_picture_mean_themselves(words: str) -> None:
    content = content_of(body=picture_line(12, words, words))
    assert picture_ids(content) == [12]
    html = web_section(content, lambda number: f"/pictures/{number}")
    assert "<b>" not in html
    assert "href" not in html


async def test_a_short_poster_stands_in_for_a_text_that_is_too_long() -> None:
    shelf = PaperShelf()
    short = await shelf.choose(poster_of(content_of(short_title="Déchets verts"), "2026-087", TOWN))
    assert (short.fit.fits, short.is_short) == (True, False)
    long = content_of(short_title="Déchets verts", body="Un texte vraiment trop long pour une affiche. " * 60)
    choice = await shelf.choose(poster_of(long, "2026-087", TOWN))
    assert (choice.fit.fits, choice.is_short, choice.is_printable) == (False, True, True)
    assert (await shelf.pdf(choice.poster)).startswith(b"%PDF-")


async def test_an_act_is_never_shortened() -> None:
    act = content_of(
        kind="official_act", author_name="Jeanne Moreau", author_title="maire", body="Article premier. " * 400
    )
    draft_of_act = poster_of(act, "2026-112", TOWN)
    assert draft_of_act.short is None
    assert "Jeanne Moreau, maire" in str(draft_of_act.full.blocks[-1])
    choice = await PaperShelf().choose(draft_of_act)
    assert choice.fit.pages > 1


async def test_a_sheet_is_set_once() -> None:
    shelf = PaperShelf()
    poster = poster_of(content_of(short_title="Déchets verts"), "2026-087", TOWN).full
    first = await shelf.pdf(poster)
    assert await shelf.pdf(poster) is first


async def test_the_shelf_lets_go_of_what_was_set_first() -> None:
    first, second = (poster_of(content_of(short_title="Court"), number, TOWN).full for number in ("1", "2"))
    shelf = PaperShelf(most=1)
    pdf = await shelf.pdf(first)
    await shelf.pdf(second)
    again = await shelf.pdf(first)
    assert again is not pdf
    assert again == pdf


async def test_everything_is_measured_with_its_pictures(
    database: Database, cast: Cast, files: FileStore, monday: datetime
) -> None:
    stored = await service.store_picture(files, cast.town_id, prepare(photo(900, 600)))
    bob = cast.actor("Bob")
    async with database.writing() as session:
        notice = await written(session, cast, short_title="Déchets verts", body="Court.")
        await service.illustrate_notice(session, cast.town_id, bob, notice.id, stored, "Un fagot", "")
        await session.refresh(notice)
    content = NoticeContent.of(notice)
    async with database.reading() as session:
        images = await mail_images(session, files, cast.town_id, content)
        everywhere = await look_everywhere(session, files, cast.town_id, content, notice.number, None)
        town = (await session.scalars(select(Municipality).where(col(Municipality.id) == cast.town_id))).one()
    assert [image.cid for image in images] == ["picture-1@tambour"]
    assert len(images[0].content) <= 10_000
    states = {fitting.name.msgid: fitting.state for fitting in everywhere.fittings}
    assert states == {
        "Mail": "done", "Web page": "done", "Poster": "done", "Slip": "done", "Bulletin": "done", "Telephone": "done",
        "Publication": "done",
    }  # fmt: skip
    assert everywhere.choice is not None
    assert everywhere.choice.poster.pictures.keys() == {"1"}
    assert town.name == everywhere.choice.poster.issuer_name


def test_a_real_text_has_all_its_renderings() -> None:
    body = corpus("texts/desescalade-numerique.txt").read_text(encoding="utf-8")[:40_000]
    content = draft(body=body, title="Désescalade numérique").content
    mail = render_notice_mail(TOWN, content, "2026-087")
    assert find_remote(mail.html) == []
    assert phone_script(content).seconds > 120
    assert "l’effondrement du lien social" in mail.text.replace("\n", " ")
