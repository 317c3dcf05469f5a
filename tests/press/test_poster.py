"""A poster fits and says how full it is, or is refused with what would help; it is never shrunk below its floors."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from server.core.i18n import speaking, translate
from server.press.errors import NothingToPrint, Overflow, TitleTooLong, WordTooLong
from server.press.poster import Poster, fit_poster, preview_poster, print_poster
from tests.press.posters import body_of, poster
from tests.press.reading import page_count, said_on, sizes_on

LONG_WORD = "anticonstitutionnellement" * 5


async def test_a_short_notice_fits_and_says_how_much_room_is_left() -> None:
    fit = await fit_poster(poster())
    assert fit.fits
    assert (fit.words, fit.pages) == (6, 1)
    assert fit.words_limit > 60
    assert fit.advice is None


async def test_one_word_makes_a_poster() -> None:
    sheet = Poster("information", "Neige", issuer_name="Saint-Aubin", issuer_address="")
    assert said_on(await print_poster(sheet)) == "Saint-Aubin Municipal information Neige 1/1"


async def test_a_text_too_long_is_refused_with_numbers() -> None:
    with pytest.raises(Overflow) as refused:
        await print_poster(poster(blocks=body_of(300)))
    error = refused.value
    assert (error.product, error.place, error.code) == ("poster", "body", "sheet_overflow")
    assert error.words == 300
    assert error.by_mm > 100
    assert error.words_too_many == 300 - error.words_limit
    assert f"{error.words_too_many} words too long" in translate(error.message, "en")


@pytest.mark.parametrize("words", [170, 200, 5000])
async def test_as_many_words_fewer_as_asked_do_fit(words: int) -> None:
    fit = await fit_poster(poster(blocks=body_of(words)))
    assert not fit.fits
    assert (await fit_poster(poster(blocks=body_of(words - fit.words_too_many)))).fits


async def test_what_a_sheet_is_said_to_hold_it_holds() -> None:
    fit = await fit_poster(poster(blocks=body_of(60)))
    assert (await fit_poster(poster(blocks=body_of(fit.words_limit)))).fits
    assert not (await fit_poster(poster(blocks=body_of(fit.words_limit + 30)))).fits


async def test_a3_is_proposed_where_it_helps() -> None:
    fit = await fit_poster(poster(blocks=body_of(190)))
    assert (fit.fits, fit.larger) == (False, "a3")
    assert fit.advice is not None
    with speaking("en"):
        assert str(fit.advice) == f"Print it on A3, or remove about {fit.words_too_many} words."
    assert (await fit_poster(poster(blocks=body_of(190), format="a3"))).fits


async def test_a3_is_not_proposed_where_it_does_not_help() -> None:
    fit = await fit_poster(poster(blocks=body_of(1000)))
    assert (fit.fits, fit.larger) == (False, None)
    assert fit.advice is not None
    with speaking("en"):
        assert str(fit.advice) == f"Remove about {fit.words_too_many} words."


async def test_a_title_that_fills_the_sheet_is_told_apart_from_a_long_text() -> None:
    sheet = poster(title="Réunion publique sur le plan local d’urbanisme " * 4)
    with pytest.raises(TitleTooLong) as refused:
        await print_poster(sheet)
    assert refused.value.place == "title"
    assert isinstance((await fit_poster(sheet)).refusal, TitleTooLong)


# --- floors -----------------------------------------------------------------------------------------------------------


async def _fullest(sheet: Poster) -> Poster:
    """The sheet with as many words as it holds: set at its smallest."""
    for _ in range(3):
        sheet = replace(sheet, blocks=body_of((await fit_poster(sheet)).words_limit))
    return sheet


async def test_the_fullest_a4_sheet_keeps_its_floors() -> None:
    sheet = await _fullest(poster(blocks=body_of(60), title="Coupure d’eau dans plusieurs rues du bourg"))
    assert sizes_on(await print_poster(sheet)) == {60, 28.6, 24, 22, 18, 15.8, 12}


async def test_the_fullest_a3_sheet_keeps_its_floors() -> None:
    sheet = await _fullest(poster(blocks=body_of(60), title="Coupure d’eau dans quelques rues", format="a3"))
    sizes = sizes_on(await print_poster(sheet))
    assert {119, 20} <= sizes
    assert min(sizes) == 14


async def test_a_short_text_is_set_larger() -> None:
    assert {144, 28} <= sizes_on(await print_poster(poster("Un verre sera servi.", title="Vœux", facts=())))


async def test_a_wide_word_in_the_title_is_set_narrower_not_smaller() -> None:
    sizes = sizes_on(await print_poster(poster(title="Stationnement", format="a3")))
    assert max(sizes) == 119


@pytest.mark.parametrize(
    ("place", "sheet"),
    [
        ("title", poster(title=f"Le {LONG_WORD}")),
        ("facts", poster(facts=((LONG_WORD, "oui"),))),
        ("facts", poster(facts=(("Qui ?", LONG_WORD),))),
        ("body", poster(LONG_WORD)),
        ("body", poster(f"- un\n- deux {LONG_WORD}")),
        ("body", poster(f"## {LONG_WORD}\n\nTexte.")),
        ("body", poster(f"|a|b|\n|-|-|\n|{LONG_WORD}|c|")),
        ("contact", poster(contact_hours=LONG_WORD)),
        ("contact", poster(contact_phone=LONG_WORD)),
        ("issuer", poster(issuer_name=LONG_WORD)),
        ("imprint", poster(issuer_address=LONG_WORD)),
    ],
)
async def test_a_word_wider_than_its_column_is_named(place: str, sheet: Poster) -> None:
    with pytest.raises(WordTooLong) as refused:
        await print_poster(sheet)
    assert (refused.value.place, refused.value.word) == (place, LONG_WORD)


async def test_a_long_address_is_divided_where_addresses_may_be() -> None:
    address = "www.saint-aubin.example/vie-municipale/enquetes/plan-local/urbanisme/dossier-complet"
    assert (await fit_poster(poster(f"Voir <https://{address}>."))).fits


@pytest.mark.parametrize("title", ["", "   ", "\u200b", "\n"])
async def test_a_sheet_needs_a_title(title: str) -> None:
    with pytest.raises(NothingToPrint):
        await print_poster(poster(title=title))
    assert isinstance((await fit_poster(poster(title=title))).refusal, NothingToPrint)


# --- families ---------------------------------------------------------------------------------------------------------


async def _colours(sheet: Poster) -> set[tuple[int, ...]]:
    (page,) = await preview_poster(sheet)
    pixels = Image.open(io.BytesIO(page)).convert("RGB").tobytes()
    return set(zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True))


async def test_an_official_act_is_black_on_white() -> None:
    colours = await _colours(poster(family="official_act"))
    assert all(len(set(colour)) == 1 for colour in colours)
    assert {(0, 0, 0), (255, 255, 255)} <= colours
    assert (0x00, 0x55, 0xA4) in await _colours(poster())


@pytest.mark.parametrize("colour", ["#0055a4", "#f2b705", "#ff0000", "#808080", "#ffffff", "#000000", "#00ff00"])
async def test_the_band_survives_a_copier(colour: str) -> None:
    """At one bit a pixel the name of the town is still there: black in white or white in black, both plainly seen."""
    (page,) = await preview_poster(poster(colour=colour), 72)
    band = (
        Image.open(io.BytesIO(page)).convert("L").point(lambda grey: 255 if grey > 127 else 0).crop((40, 10, 300, 70))
    )
    black, white = band.histogram()[0], band.histogram()[255]
    assert 0.03 < min(black, white) / (black + white) < 0.3


async def test_a_long_act_goes_on_over_numbered_sheets() -> None:
    pdf = await print_poster(poster(family="official_act", blocks=body_of(500)))
    words = said_on(pdf)
    assert page_count(pdf) > 1
    assert all(f" {page}/{page_count(pdf)}" in words for page in range(1, page_count(pdf) + 1))
    assert words.count("05 00 00 00 00") == 1
    body = " ".join(block["children"][0]["text"] for block in body_of(500))
    assert all(word in words for word in body.split())


async def test_even_an_act_has_an_end() -> None:
    with pytest.raises(Overflow):
        await print_poster(poster(family="official_act", blocks=body_of(5000)))


async def test_a_preview_has_a_picture_for_each_page() -> None:
    pages = await preview_poster(poster(family="official_act", blocks=body_of(500)), 36)
    assert len(pages) > 1
    assert Image.open(io.BytesIO(pages[0])).size == (298, 421)


async def test_the_words_of_the_press_are_in_the_language_of_the_notice() -> None:
    english = said_on(await print_poster(poster(language="en")))
    assert "Municipal information" in english
