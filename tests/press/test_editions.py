"""Large print: nothing that is read is smaller than 18 pt but labels and what repeats; no italics; who read it over is told."""

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


@pytest.mark.parametrize("sheet", [NOTICE, issue()])
async def test_it_is_large_upright_and_tagged(sheet: PaperIssue) -> None:
    pdf, pages = await print_large(sheet)
    assert page_count(pdf) == pages == len(await preview_large(sheet, 20))
    assert {18.0} <= sizes_on(pdf)
    assert min(sizes_on(pdf)) >= 14
    assert headings(pdf)[0] == 1
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
    assert not [font for font in fonts if "It" in font.partition("-")[2]]


async def test_who_read_an_easy_text_over_is_told() -> None:
    easy = PaperIssue("Coupure d’eau", ISSUER, articles=NOTICE.articles, easy_read_by="Paul et Nadia", language="en")
    pdf, _ = await print_large(easy)
    assert "Read by Paul et Nadia." in said_on(pdf)
