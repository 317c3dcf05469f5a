"""Large print: nothing that is read is smaller than 18 pt but what repeats; no italics; who read it over is told."""

import io

import pikepdf
import pytest

from server.press.editions import preview_large, print_large
from server.press.issue import PaperIssue
from tests.press.issues import ISSUER, article, issue
from tests.press.reading import headings, page_count, said_on, sizes_on

NOTICE = PaperIssue(
    "Coupure d’eau", ISSUER, "Avis n° 2026-091", articles=(article("", "L’eau est coupée *mardi*.\n\n- Un seau."),)
)
REPEATED = {14.0, 15.0, 17.2}
"""The line on top of each page, and who writes on the first: facts, tables and telephones are as large as the rest."""


@pytest.mark.parametrize("sheet", [NOTICE, issue()])
async def test_it_is_large_upright_and_tagged(sheet: PaperIssue) -> None:
    pdf, pages = await print_large(sheet)
    assert page_count(pdf) == pages == len((await preview_large(sheet)).fingerprints)
    assert {18.0} <= sizes_on(pdf)
    assert {size for size in sizes_on(pdf) if size < 18} <= REPEATED
    assert headings(pdf)[0] == 1
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
    assert not [font for font in fonts if "It" in font.partition("-")[2]]


async def test_the_coupon_is_cut_off_a_page_that_keeps_nothing_else() -> None:
    pdf, _ = await print_large(issue(), with_coupon=True)
    last = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document, pikepdf.new() as alone:
        alone.pages.append(document.pages[-1])
        alone.save(last)
    said = said_on(last.getvalue())
    assert "in my letterbox" in said
    assert "Samedi : 10 h – 12 h" not in said


async def test_who_read_an_easy_text_over_is_told() -> None:
    easy = PaperIssue("Coupure d’eau", ISSUER, articles=NOTICE.articles, easy_read_by="Paul et Nadia", language="en")
    pdf, _ = await print_large(easy)
    assert "Read by Paul et Nadia." in said_on(pdf)
