"""A bulletin folds: its pages are a multiple of four, it says what to add or cut, and it is read and heard in its order."""

import io
import re
from dataclasses import replace
from itertools import pairwise

import pikepdf
import pytest
from PIL import Image, ImageChops

from server.core.i18n import speaking
from server.press.bulletin import BulletinLook, preview_bulletin, print_bulletin
from server.press.errors import BadPicture, MissingGlyph, NothingToPrint, PressError, WordTooLong
from server.press.issue import Cover, PaperIssue
from server.press.letters import Letter, print_letter
from server.press.style import USUAL, Style
from tests.press.issues import article, issue, with_words
from tests.press.posters import picture
from tests.press.reading import drawn_pages, headings, links, page_count, pictures_of, said_on, structure

A4, A5 = BulletinLook(), BulletinLook("a5")


async def test_its_pages_are_a_multiple_of_four_and_the_advice_holds() -> None:
    fit = (await print_bulletin(with_words(2000), A4)).fit
    assert (fit.pages, fit.printed) == (5, 8)
    assert fit.words_to_cut
    with speaking("en"):
        assert f"cut about {fit.words_to_cut} words to come down to 4 pages" in str(fit.advice)
    shorter = await print_bulletin(with_words(2000 - fit.words_to_cut), A4)
    longer = await print_bulletin(with_words(2000 + fit.words_to_add), A4)
    assert (shorter.fit.pages, shorter.fit.spare, longer.fit.pages, longer.fit.spare) == (4, 0, 8, 0)
    assert page_count(longer.pdf) == 8


@pytest.mark.parametrize("look", [A4, A5, replace(A4, columns=2), replace(A4, saves_ink=True)])
async def test_it_is_tagged_and_heard_in_the_order_of_its_words(look: BulletinLook) -> None:
    november = issue()
    pdf = (await print_bulletin(november, look)).pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert (str(document.Root.Lang), str(document.docinfo["/Title"])) == ("fr", november.title)
        assert document.open_metadata()["pdfuaid:part"] == "1"
    levels = headings(pdf)
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    alternatives = [alternative for tag, alternative in structure(pdf) if tag == "Figure"]
    assert alternatives == ["Le soleil bas sur les collines", "Une table couverte de livres devant la fenêtre"]
    heard = _bare(said_on(pdf))
    places = [heard.find(_bare(words), len(heard) // 12) for words in _in_order(november)]
    assert -1 not in places
    assert places == sorted(places)


def _in_order(november: PaperIssue) -> list[str]:
    said = []
    for text in november.texts():
        said += [text.title, *([text.summary] if text.summary else []), *(words for _, words in text.facts)]
        for block in text.blocks:
            if block["kind"] == "paragraph":
                said.append("".join(one.get("text", "") for one in block["children"] if one["kind"] == "text")[:40])
        said += [words for words in (text.signed, text.contact) if words]
    before = said.index(november.groups[0].title)
    return [*said[:before], *(words for entry in november.agenda for words in entry), *said[before:]]


def _bare(words: str) -> str:
    """Without spaces and hyphens: a line may end anywhere."""
    return re.sub(r"[\s\u00ad\u2010-]", "", words)


async def test_a_towns_own_faces_and_margins_are_seen_in_bulletin_and_letter() -> None:
    own = Style("source_serif", "source_sans", 25)
    for plain, chosen in (
        [(await print_bulletin(replace(issue(), style=style), A4)).pdf for style in (USUAL, own)],
        [(await print_letter(Letter(replace(issue(), style=style))))[0] for style in (USUAL, own)],
    ):
        assert any("Libertinus" in name for name in _fonts(plain))
        assert not any("Libertinus" in name for name in _fonts(chosen))
        assert any("SourceSerifPro-Black" in name for name in _fonts(chosen))
        assert _left(chosen) > _left(plain)


def _fonts(pdf: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}


def _left(pdf: bytes) -> int:
    """Where the words of the second page begin."""
    page = pictures_of(pdf, 50)[1].convert("L")
    ink = ImageChops.invert(page).getbbox()
    assert ink is not None
    return ink[0]


async def test_nothing_in_it_is_active() -> None:
    pdf = (await print_bulletin(issue(), A4)).pdf
    assert b"JavaScript" not in pdf
    assert all(re.match("https?:|mailto:|tel:", link) for link in links(pdf))
    assert "mailto:bibliotheque@saint-aubin.example" in links(pdf)


async def test_lines_of_all_columns_stand_on_one_grid() -> None:
    with pikepdf.open(io.BytesIO((await print_bulletin(issue(), A4)).pdf)) as document:
        heights = _heights_of_lines(document.pages[1], 10.0)
    assert len(heights) > 60
    assert len({round(height % 13, 1) % 13 for height in heights}) == 1


def _heights_of_lines(page: pikepdf.Page, size: float) -> list[float]:
    """Where the lines of one size of type stand, from the bottom of the page."""
    found, matrices, now, is_sought = [], [], (1.0, 0.0), False
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), [*instruction.operands]
        if operator == "q":
            matrices.append(now)
        elif operator == "Q":
            now = matrices.pop()
        elif operator == "cm":
            now = (now[0] * float(operands[3]), now[1] + now[0] * float(operands[5]))
        elif operator == "Tf":
            is_sought = float(operands[1]) == size
        elif operator == "Tm" and is_sought:
            found.append(now[1] + now[0] * float(operands[5]))
    return found


async def test_the_same_issue_has_the_same_bytes() -> None:
    assert (await print_bulletin(issue(), A5)).pdf == (await print_bulletin(issue(), A5)).pdf


async def test_a_table_with_more_columns_than_there_is_room_for_is_read_row_by_row() -> None:
    menus = """| Jour | Entrée | Plat | Légumes | Fromage | Dessert |
| --- | --- | --- | --- | --- | --- |
| Mardi | Carottes râpées | Omelette forestière | Épinards | Saint-nectaire | Compote |"""
    said = _bare(said_on((await print_bulletin(issue(articles=(article("Menus", menus),)), A4)).pdf))
    assert _bare("Mardi Entrée Carottes râpées Plat Omelette forestière Légumes Épinards") in said


async def test_saving_ink_saves_ink() -> None:
    assert await _ink(replace(A4, saves_ink=True)) < 0.7 * await _ink(A4)


async def _ink(look: BulletinLook) -> float:
    pages, _ = await preview_bulletin(issue(), look)
    return sum(
        255 - value
        for page in await drawn_pages(pages, 30)
        for value in Image.open(io.BytesIO(page)).convert("L").tobytes()
    )


@pytest.mark.parametrize(
    "extreme",
    [
        PaperIssue("Neige", issue().issuer),
        issue(agenda=()),
        issue(agenda=tuple((f"Le {day} décembre", "Conseil municipal", "Mairie") for day in range(1, 41))),
        issue(title="Saint-Julien-de-Chédon-sur-Cher-et-Vallières-les-Grandes-Oh"),
        issue(issuer=replace(issue().issuer, name="Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson sur les Prés bas")),
        issue(articles=(article("שלום לכולם", "مرحبا بكم"),)),
        issue(pictures={"cover": picture("PNG", (1, 1)), "photo": picture("PNG", (1, 1))}),
        issue(cover=None, editorial=None),
        with_words(5000),
    ],
)
async def test_extremes_make_a_good_booklet(extreme: PaperIssue) -> None:
    made = await print_bulletin(extreme, A5)
    assert page_count(made.pdf) == made.fit.printed
    assert made.fit.printed % 4 == 0


@pytest.mark.parametrize(
    ("extreme", "refusal"),
    [
        (issue(articles=(article("Un mot", "a" * 120),)), WordTooLong),
        (issue(articles=(article("Un mot", "Fête 🎉"),)), MissingGlyph),
        (issue(title=" … "), NothingToPrint),
        (issue(pictures={}), BadPicture),
        (issue(cover=Cover("photo", "x"), pictures={"photo": b"GIF89a"}), BadPicture),
    ],
)
async def test_or_they_are_refused_in_words(extreme: PaperIssue, refusal: type[PressError]) -> None:
    with pytest.raises(refusal):
        await print_bulletin(extreme, A4)
