"""Window letters: the address in the window and nothing beside it, six lines of 38 signs, one sheet after the other."""

import dataclasses
import io
import itertools

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.postal.lines import postal_block
from server.press.errors import PressError
from server.press.letters import Letter, preview_letter, print_letter, print_letters
from server.press.post import LinesDoNotFit, NoAddress
from tests.postal.test_round_trip import _known_addresses
from tests.press.issues import issue
from tests.press.reading import headings, page_count, said_on, words_with_places

WIDEST = ("MMMMMMMMM " * 4)[:38]
LETTER = Letter(issue())
LARGE = Letter(issue(), large=True)


async def _printed(letter: Letter, *addresses: tuple[str, ...], at_once: int = 500) -> list[bytes]:
    return [file async for file in print_letters(letter, addresses, at_once)]


@pytest.mark.parametrize("letter", [LETTER, LARGE])
async def test_the_widest_address_fits_the_window_and_nothing_else_is_seen_in_it(letter: Letter) -> None:
    (pdf,) = await _printed(letter, (WIDEST,) * 6)
    first = [place for place in words_with_places(pdf) if place.page == 1]
    window = [place for place in first if set(place.word) == {"M"}]
    assert len(window) == 24
    assert all(place.left >= 100 and place.right <= 190 for place in window)
    assert all(place.top >= 54.5 and place.bottom <= 79.5 for place in window)
    tops = sorted({round(place.top, 1) for place in window})
    assert [round(b - a, 1) for a, b in itertools.pairwise(tops)] == [4.0] * 5
    beside = [place for place in first if place.right > 90 and place.bottom > 45 and place.top < 95]
    assert [place.word for place in beside if place not in window] == []


async def test_each_begins_on_a_new_sheet_in_the_order_given() -> None:
    addresses = [(f"MME ZOE LEVEQUE {at}", "41999 SAINT AUBIN LES PRES") for at in range(5)]
    files = await _printed(LETTER, *addresses, at_once=2)
    assert [page_count(file) for file in files] == [4, 4, 2]
    assert page_count((await _printed(dataclasses.replace(LETTER, both_sides=False), addresses[0]))[0]) == 2
    named = [
        (at, page) for file in files for page, word, *_ in words_with_places(file) for at in range(5) if word == str(at)
    ]
    assert [page for at, page in named if at < 4][:2] == [1, 3]
    assert "La Grande-Rue fermée aux voitures" in said_on(files[2])
    assert files == await _printed(LETTER, *addresses, at_once=2)


async def test_one_letter_to_look_at_is_tagged_and_says_what_it_weighs() -> None:
    pdf, fit = await print_letter(LETTER, ("MME ZOE LEVEQUE", "41999 SAINT AUBIN LES PRES"))
    pages, same = await preview_letter(LETTER)
    assert (fit.pages, fit.sheets, fit.grams) == (same.pages, 1, 10)
    assert len(pages.fingerprints) == fit.pages
    assert headings(pdf)[0] == 1
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.open_metadata()["pdfuaid:part"] == "1"


@pytest.mark.parametrize(
    ("lines", "place"), [(("M", "A" * 39), "address 2, line 2"), (("A",) * 8, "address 2, line 8")]
)
async def test_a_line_that_does_not_fit_is_refused_with_its_place(lines: tuple[str, ...], place: str) -> None:
    with pytest.raises(LinesDoNotFit) as refused:
        await _printed(LETTER, ("MME ZOE LEVEQUE",), lines)
    assert refused.value.place == place


async def test_no_address_is_refused() -> None:
    with pytest.raises(NoAddress):
        await _printed(LETTER)


@pytest.mark.corpus
async def test_real_addresses_are_on_paper_as_the_post_asks() -> None:
    known = [dataclasses.replace(one, name="Mme Zoé Lévêque") for one in _known_addresses().values()]
    lines = [block.lines for block in map(postal_block, known[::7]) if block.is_printable]
    assert len(lines) > 200
    files = await _printed(LETTER, *lines, at_once=len(lines))
    said = said_on(files[0])
    for block in lines:
        assert " ".join(block) in said


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(st.characters(codec="latin-1", categories=["L", "N", "P"]), min_size=1, max_size=40), max_size=7)
)
async def test_any_lines_are_printed_whole_or_refused(lines: list[str]) -> None:
    try:
        (file,) = await _printed(LETTER, tuple(lines))
    except PressError:
        assert not lines or any(len(line) > 38 for line in lines)
    else:
        assert all(line in said_on(file) for line in lines)
