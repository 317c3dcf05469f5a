"""Families and formats: urgent, public inquiry, read from afar, on glued sheets, for a print shop."""

import io
import subprocess
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from server.press.errors import Overflow, SheetTooSmall
from server.press.poster import BLEEDS, Poster, fit_poster, preview_poster, print_for_shop, print_poster, print_tiled
from server.press.style import FACES, Style
from server.press.tiling import MARGIN, OVERLAP, SIZES, divide
from tests.press.posters import body_of, poster
from tests.press.reading import page_count, said_on, sizes_on

INQUIRY = poster(family="inquiry", format="a2", title="Révision du plan local d’urbanisme")
URGENT = poster(family="urgent", title="Eau non potable")
FAR = poster("L’eau est coupée.", is_far=True, format="a3", contact_hours="")
CAPITALS = 0.66  # of the size of the type
_POINTS = 72 / 25.4


async def _page(sheet: Poster, ppi: float = 36.0) -> Image.Image:
    return Image.open(io.BytesIO((await preview_poster(sheet, ppi))[0])).convert("RGB")


async def test_an_inquiry_is_black_on_yellow_in_capitals_of_two_centimetres() -> None:
    """Arrêté du 9 septembre 2021: A2 at least, black on yellow, the title in capitals of two centimetres or more."""
    pdf = await print_poster(INQUIRY)
    assert "NOTICE OF PUBLIC INQUIRY" in said_on(pdf) or "AVIS D’ENQUÊTE PUBLIQUE" in said_on(pdf)
    assert max(sizes_on(pdf)) * CAPITALS >= 20 * _POINTS
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert [round(float(side) / _POINTS) for side in document.pages[0].mediabox[2:]] == [420, 594]
    page = await _page(INQUIRY)
    assert page.getpixel((3, 3)) == page.getpixel((page.width - 4, page.height - 4)) == (255, 229, 0)


@pytest.mark.parametrize("size", ["a4", "a3"])
async def test_an_inquiry_on_less_than_a2_is_refused(size: str) -> None:
    small = replace(INQUIRY, format=size)  # type: ignore[arg-type]
    with pytest.raises(SheetTooSmall):
        await print_poster(small)
    fit = await fit_poster(small)
    assert (fit.fits, fit.larger) == (False, "a2")


async def test_an_urgent_sheet_is_told_apart_after_two_copies() -> None:
    """Its band is black and nothing on it is a colour: at one bit a pixel the town's name is white on it."""
    page = (await _page(URGENT, 72)).convert("L").point(lambda grey: 255 if grey > 127 else 0)
    band = page.crop((0, 0, page.width, 100)).histogram()
    assert 0.03 < band[255] / (band[0] + band[255]) < 0.3
    stripes = page.crop((0, 110, page.width, 120)).histogram()
    assert 0.3 < stripes[255] / (stripes[0] + stripes[255]) < 0.7
    assert said_on(await print_poster(URGENT)).startswith("URGENT Saint-Aubin-les-Prés Eau non potable")


async def test_what_is_read_from_afar_has_capitals_of_a_centimetre_and_says_less() -> None:
    sizes = sizes_on(await print_poster(FAR))
    assert max(sizes) * CAPITALS >= 25 * _POINTS
    assert len([size for size in sizes if size * CAPITALS < 10 * _POINTS]) == 3  # who speaks, in two lines; the imprint
    with pytest.raises(Overflow):
        await print_poster(replace(FAR, blocks=body_of(120)))


async def test_a2_is_proposed_where_a3_is_not_enough() -> None:
    fit = await fit_poster(poster(blocks=body_of(340)))
    assert (fit.fits, fit.larger) == (False, "a2")


@pytest.mark.parametrize(("size", "sheet", "sheets"), [("a3", "a4", 4), ("a2", "a3", 4), ("a2", "a4", 8)])
async def test_a_large_poster_is_whole_on_glued_sheets(size: str, sheet: str, sheets: int) -> None:
    tiles = divide(size, sheet)  # type: ignore[arg-type]
    assert len(tiles) == sheets
    for along, count in ((0, tiles.columns), (1, tiles.rows)):
        assert tiles.window[along] + 2 * MARGIN <= tiles.sheet[along]
        covered = count * tiles.window[along] - (count - 1) * OVERLAP
        assert covered == pytest.approx(SIZES[size][along])
    whole = poster(format=size)
    tiled = await print_tiled(whole, sheet)  # type: ignore[arg-type]
    assert page_count(tiled) == sheets
    assert tiled == await print_tiled(whole, sheet)  # type: ignore[arg-type]
    assert await _glued(tiled, size, sheet) < 0.02


def _drawn(pdf: bytes, ppi: int, *options: str) -> bytes:
    command = ["pdftoppm", "-r", str(ppi), *options, "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


async def _glued(tiled: bytes, size: str, sheet: str, ppi: int = 30) -> float:
    """The sheets laid over one another, against the poster itself: the share of pixels that differ."""
    tiles = divide(size, sheet)  # type: ignore[arg-type]
    raw = _drawn(tiled, ppi, "-gray")
    scale = ppi / 25.4
    width, height = (round(side * scale) for side in SIZES[size])
    glued = Image.new("L", (width, height), 255)
    at = 0
    for row, column in tiles.places():
        piece = Image.open(io.BytesIO(raw[at:]))
        piece.load()
        at += len(f"P5\n{piece.width} {piece.height}\n255\n") + piece.width * piece.height
        left, top = (round(MARGIN * scale),) * 2
        shown = piece.crop((left, top, left + round(tiles.window[0] * scale), top + round(tiles.window[1] * scale)))
        step_x, step_y = ((side - OVERLAP) * scale for side in tiles.window)
        glued.paste(shown, (round(column * step_x), round(row * step_y)))
    whole = (
        Image.open(io.BytesIO((await preview_poster(poster(format=size), ppi))[0])).convert("L").resize((width, height))
    )
    different = sum(abs(a - b) > 200 for a, b in zip(glued.tobytes(), whole.tobytes(), strict=True))
    return different / (glued.width * glued.height)


@pytest.mark.parametrize("bleed", BLEEDS)
async def test_a_print_shop_gets_bleed_boxes_and_marks(bleed: int) -> None:
    with pikepdf.open(io.BytesIO(await print_for_shop(poster(), bleed))) as document:
        page = document.pages[0]
        trim, bleeds, media = (
            [float(side) / _POINTS for side in box] for box in (page.trimbox, page.obj.BleedBox, page.mediabox)
        )
    assert trim[2] - trim[0] == pytest.approx(210, abs=0.01)
    assert trim[3] - trim[1] == pytest.approx(297, abs=0.01)
    assert trim[0] - bleeds[0] == pytest.approx(bleed, abs=0.01)
    assert media[0] == pytest.approx(bleeds[0] - 8, abs=0.01)
    with pytest.raises(ValueError, match="bleed"):
        await print_for_shop(poster(), 9)


async def test_the_band_runs_over_the_edge_of_a_shop_sheet() -> None:
    raw = _drawn(await print_for_shop(poster(colour="#0055a4"), 5), 36, "-png", "-singlefile")
    page = Image.open(io.BytesIO(raw)).convert("RGB")
    middle, in_the_bleed = page.width // 2, round(10 * 36 / 25.4)
    assert page.getpixel((middle, in_the_bleed)) == (0, 85, 164)
    assert page.getpixel((middle, 2)) == (255, 255, 255)


@pytest.mark.parametrize("titles", FACES)
async def test_a_town_chooses_the_face_of_its_titles(titles: str) -> None:
    with pikepdf.open(io.BytesIO(await print_poster(poster(style=Style(titles=titles))))) as document:
        fonts = {str(font.BaseFont).split("+")[-1] for font in document.pages[0].Resources.Font.values()}
    assert any(name.startswith(FACES[titles].replace(" ", "")) for name in fonts)
    assert any(name.startswith("SourceSansPro-Regular") for name in fonts)
