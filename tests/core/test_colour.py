"""Contrast is counted as WCAG counts it, and a readable shade is found for every colour a town may have."""

import colorsys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.colour import contrast, luminance, readable_on

DARK_PAPER = "#16171a"
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#1a1a1a", "#1a1a1a", 1),
    ],
)
def test_contrast_is_that_of_wcag(a: str, b: str, ratio: float) -> None:
    assert contrast(a, b) == pytest.approx(ratio, abs=0.01)
    assert contrast(b, a) == contrast(a, b)


@given(colours, st.sampled_from(["#ffffff", "#f4f3ef", DARK_PAPER, "#000000"]), st.sampled_from([3.0, 4.5, 7.0]))
def test_every_colour_has_a_readable_shade(colour: str, paper: str, ratio: float) -> None:
    assert contrast(readable_on(colour, paper, ratio), paper) >= ratio


@given(colours)
def test_a_readable_colour_stays_as_it_is(colour: str) -> None:
    assert readable_on(colour, "#ffffff", 1.0) == colour


@given(colours)
def test_the_change_is_no_larger_than_needed(colour: str) -> None:
    shade = readable_on(colour, "#ffffff")
    assert shade == colour or contrast(shade, "#ffffff") < 4.7


@pytest.mark.parametrize("colour", ["#e87722", "#00a0ff", "#ffcc00", "#c8102e"])
def test_the_hue_is_kept(colour: str) -> None:
    def hue(hexadecimal: str) -> float:
        return colorsys.rgb_to_hls(*(int(hexadecimal[at : at + 2], 16) / 255 for at in (1, 3, 5)))[0]

    assert hue(readable_on(colour, "#ffffff")) == pytest.approx(hue(colour), abs=0.01)


def test_dark_paper_makes_colours_lighter() -> None:
    assert luminance(readable_on("#0b5a4a", DARK_PAPER)) > luminance("#0b5a4a")


@pytest.mark.parametrize("colour", ["", "green", "#fff", "#0b5a4", "0b5a4a", "#0b5a4a;", "#0b5a4g", "#0b5a4a\n"])
def test_anything_else_is_no_colour(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        readable_on(colour, "#ffffff")


def test_a_contrast_nothing_reaches_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing reaches"):
        readable_on("#123456", "#808080", 7.0)
