"""A booklet printed on both sides, folded and stapled, is read from the first page to the last."""

import io
from itertools import chain

import pikepdf
import pytest

from server.press.bulletin import BulletinLook, print_bulletin
from server.press.imposition import impose_booklet, sides_of
from tests.press.issues import with_words
from tests.press.reading import page_count, words_with_places


@pytest.mark.parametrize("pages", [1, 4, 5, 8, 12, 36, 64])
def test_folded_sheets_show_every_page_in_its_place(pages: int) -> None:
    sides = list(sides_of(pages))
    sheets = list(zip(sides[::2], sides[1::2], strict=True))
    # Sheets lie in each other: going in, each gives a right page and the left page behind it; going out, the others.
    going_in = chain.from_iterable((front[1], back[0]) for front, back in sheets)
    going_out = chain.from_iterable((back[1], front[0]) for front, back in reversed(sheets))
    assert [*going_in, *going_out] == list(range(1, 2 * len(sides) + 1))


async def test_a5_pages_stand_two_by_two_on_a4_sheets() -> None:
    read = (await print_bulletin(with_words(1200), BulletinLook("a5"))).pdf
    booklet = impose_booklet(read)
    assert page_count(booklet) * 2 == page_count(read)
    assert impose_booklet(read) == booklet
    with pikepdf.open(io.BytesIO(booklet)) as sheets:
        assert [round(float(edge) * 25.4 / 72) for edge in sheets.pages[0].mediabox] == [0, 0, 296, 210]
        assert str(sheets.Root.ViewerPreferences.Duplex) == "/DuplexFlipShortEdge"
    for side, (left, right) in enumerate(sides_of(page_count(read)), start=1):
        for page, shift in ((left, 0), (right, 148)):
            flat = {(word, round(x + shift), round(y)) for at, word, x, y, *_ in words_with_places(read) if at == page}
            laid = {(word, round(x), round(y)) for at, word, x, y, *_ in words_with_places(booklet) if at == side}
            assert flat <= laid


async def test_a_printer_that_turns_over_the_long_edge_gets_its_backs_upside_down() -> None:
    read = (await print_bulletin(with_words(900), BulletinLook("a5"))).pdf
    short, long = (words_with_places(impose_booklet(read, turn)) for turn in ("short", "long"))
    first_back = [(word, round(296 - x), round(210 - y)) for at, word, x, y, *_ in short if at == 2]
    assert set(first_back) <= {(word, round(right), round(bottom)) for at, word, _, _, right, bottom in long if at == 2}
