"""Slips for letterboxes: four or two on a sheet, said once, with marks to cut; what is too long is told in lines."""

import io
from typing import Any

import pytest
from PIL import Image

from server.press.errors import LinesTooMany, MissingGlyph, NothingToPrint, TitleTooLong, WordTooLong
from server.press.slip import COPIES, SlipFormat, fit_slip, preview_slip, print_slip
from tests.press.posters import body_of, image, paragraphs, picture, poster
from tests.press.reading import page_count, said_on, sizes_on, structure

FORMATS: tuple[SlipFormat, ...] = ("a6", "a5")


@pytest.mark.parametrize("size", FORMATS)
async def test_a_sheet_holds_its_slips_and_is_heard_once(size: SlipFormat) -> None:
    pdf = await print_slip(poster(), size)
    assert page_count(pdf) == 1
    assert said_on(pdf).count("Coupure d’eau") == COPIES[size]
    assert [tag for tag, _ in structure(pdf) if tag == "H1"] == ["H1"]
    assert min(sizes_on(pdf)) >= 9
    assert pdf == await print_slip(poster(), size)


async def test_every_slip_of_a_sheet_is_the_same() -> None:
    (page,) = await preview_slip(poster(), "a6", 50.8)
    sheet = Image.open(io.BytesIO(page)).convert("L")
    width, height = sheet.width // 2, sheet.height // 2
    inner = [
        (12 + x * width, 12 + y * height, x * width + width - 12, y * height + height - 12)
        for x in (0, 1)
        for y in (0, 1)
    ]
    first, *others = (sheet.crop(box).point(lambda grey: 255 if grey > 127 else 0) for box in inner)
    for other in others:
        assert sum(a != b for a, b in zip(first.tobytes(), other.tobytes(), strict=True)) < 0.02 * width * height


async def test_what_is_too_long_is_told_in_lines() -> None:
    fit = await fit_slip(poster(blocks=body_of(190)), "a6")
    assert not fit.fits
    assert isinstance(fit.refusal, LinesTooMany)
    assert 1 <= fit.refusal.lines < 20
    assert (await fit_slip(poster(blocks=body_of(170)), "a5")).fits
    short = await fit_slip(poster(), "a6")
    assert short.fits
    assert short.lines_left > 5
    assert not (await fit_slip(poster(blocks=body_of(5_000)), "a5")).fits


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": ""}, NothingToPrint),
        ({"title": "x" * 120}, WordTooLong),
        ({"blocks": paragraphs("x" * 120)}, WordTooLong),
        ({"blocks": paragraphs("Fête 🎉")}, MissingGlyph),
        ({"title": "Réunion publique sur le plan local d’urbanisme " * 30}, TitleTooLong),
    ],
)
async def test_a_slip_that_cannot_be_good_is_refused(changes: dict[str, Any], refusal: type[Exception]) -> None:
    assert isinstance((await fit_slip(poster(**changes), "a6")).refusal, refusal)


async def test_pictures_scripts_and_long_names_are_set() -> None:
    name = "Saint-Aubin-les-Prés-sur-la-Grande-Rivière-en-Haute-Beauce X"
    blocks = (*paragraphs("مرحبا بكم"), image("dot", "un point"))
    one = poster(title="שלום", blocks=blocks, pictures={"dot": picture(size=(1, 1))}, issuer_name=name)
    assert len(name) == 60
    assert (await fit_slip(one, "a6")).fits
