"""Every product looks as it did when somebody looked at it; another look is a decision, not an accident."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.press.golden import GOLDEN, SAMPLES, distance, drawn

FARTHEST = 40  # of 255: sixteen greys and another machine's rounding


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_product_looks_as_it_did(path: Path) -> None:
    golden = GOLDEN / f"{path.stem}.png"
    assert golden.exists(), "draw it with `python -m tests.press.golden`, and look at it"
    assert distance(drawn(path), Image.open(golden)) < FARTHEST, "draw it anew if this is meant, and look at it"


def test_a_line_that_moved_is_seen() -> None:
    page = Image.open(GOLDEN / "poster-works.png").convert("L")
    moved = page.copy()
    ImageDraw.Draw(moved).rectangle((30, 60, 60, 72), fill=255 - page.getpixel((45, 66)))  # type: ignore[operator]
    assert distance(page, moved) > FARTHEST
