"""Labels on the sheets of the trade and envelopes: every line on its own label, from the place where the sheet begins."""

import pytest

from server.press.labels import SHEETS, LabelSheet, Placing, print_envelopes, print_labels, print_ruler
from server.press.post import LinesDoNotFit
from tests.press.issues import ISSUER
from tests.press.reading import page_count, said_on, words_with_places

LINES = (
    "MME ZOE LEVEQUE",
    "APPARTEMENT 12",
    "RESIDENCE LES TILLEULS",
    "12 BIS RUE DES ECOLES",
    "LES TROIS CHENES",
    "41999 SAINT AUBIN",
)


async def _printed(placing: Placing, *addresses: tuple[str, ...]) -> bytes:
    (file,) = [file async for file in print_labels(addresses, placing)]
    return file


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=str)
async def test_every_line_stays_on_its_label(sheet: LabelSheet) -> None:
    widest = "M" * sheet.room
    pdf = await _printed(Placing(sheet), *[(widest,) * 6] * (sheet.labels + 1))
    places = words_with_places(pdf)
    assert page_count(pdf) == 2
    assert len(places) == 6 * (sheet.labels + 1)
    for at, (page, _, x, y, right, bottom) in enumerate(places):
        label = at // 6 % sheet.labels
        left = sheet.left + sheet.pitch_x * (label % sheet.columns)
        top = sheet.top + sheet.pitch_y * (label // sheet.columns)
        assert page == 1 + at // 6 // sheet.labels
        assert left + 2.5 <= x
        assert right <= left + sheet.width - 2.5
        assert top + 2 <= y
        assert bottom <= top + sheet.height - 2


async def test_a_sheet_already_begun_is_gone_on_with_and_a_printer_that_is_off_is_followed() -> None:
    (there, *_), (moved, *_) = [
        words_with_places(await _printed(Placing(start=4, right_mm=by, down_mm=-by), LINES)) for by in (0, 1.5)
    ]
    assert (round(there[2] - 4.63 - 101.64), round(there[3] - 15.15 - 38.1 - 7.05)) == (3, 0)
    assert (round(moved[2] - there[2], 2), round(moved[3] - there[3], 2)) == (1.5, -1.5)
    for start, right in ((15, 0.0), (0, 0.0), (1, 11.0)):
        with pytest.raises(ValueError, match=r"label|printer"):
            Placing(start=start, right_mm=right)


async def test_a_line_too_long_for_the_sheet_is_refused_with_its_place() -> None:
    assert SHEETS["L7163"].room >= 38
    with pytest.raises(LinesDoNotFit) as refused:
        await _printed(Placing(SHEETS["L7160"]), LINES, ("M" * 27, "M" * 28))
    assert (refused.value.place, refused.value.misfits[0].room) == ("address 2, line 2", 27)


async def test_the_ruler_shows_every_label() -> None:
    words = said_on((await print_ruler(Placing(SHEETS["L7159"]))).pdf).split()
    assert {str(label) for label in range(1, 25)} <= set(words)


@pytest.mark.parametrize(("kind", "size"), [("dl", (220, 110)), ("c5", (229, 162))])
async def test_an_envelope_has_its_lines_below_and_its_sender_above(kind: str, size: tuple[int, int]) -> None:
    (file,) = [file async for file in print_envelopes([LINES], ISSUER, kind)]  # type: ignore[arg-type]
    places = words_with_places(file)
    sender = next(place for place in places if place[1].startswith("Saint-Aubin"))
    town = next(place for place in places if place[1] == "41999" and place[2] > 100)
    assert sender[3] < 20
    assert size[0] / 2 - 10 < town[2]
    assert size[1] / 2 < town[5] < size[1] - 20
