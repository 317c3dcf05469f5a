"""Every product as a picture, small enough to be kept: `python -m tests.press.golden` draws them anew, to be looked at.

It also draws the contact sheets of docs/pictures: all products together, and as a photocopier would copy them.
"""

import asyncio
import io
import json
from pathlib import Path

from PIL import Image, ImageChops

from server.press.bulletin import BulletinLook, preview_bulletin, print_bulletin
from server.press.imposition import impose_booklet
from server.press.letters import Letter, preview_letter
from server.press.process import press
from server.press.sheet import TEMPLATES, Sheet
from tests.press.issues import issue
from tests.press.reading import drawn_pages, pictures_of

SAMPLES = sorted((TEMPLATES / "samples").glob("*.json"))
GOLDEN = Path(__file__).parent / "golden"
CONTACT = Path(__file__).parents[2] / "docs" / "pictures"
_FINENESS, _COPIED = 18, 144  # dots per inch: columns and pictures are seen; what a copier sees
_MOST_PAGES = 4
_BLOCK = 6  # pixels that are looked at together: an edge may be greyer, a line may not be elsewhere
_GREYS = 16
_TALLEST = {"paper": 272, "paper-copied": 421}  # pixels: an A4 sheet at 36 dots per inch; the readme shows the other
_WIDTH, _AIR = 1640, 24


def sample_pages(path: Path, fineness: float) -> list[Image.Image]:
    """The first pages of a sample: `poster-works.json` is data for `poster.typ`."""
    sheet = Sheet(path.stem.partition("-")[0], json.loads(path.read_text()), output="png", ppi=fineness)
    return [Image.open(io.BytesIO(page)).convert("RGB") for page in press().print_now(sheet).files[:_MOST_PAGES]]


def drawn(path: Path) -> Image.Image:
    """The pages of a sample side by side, in a few greys."""
    pages = sample_pages(path, _FINENESS)
    row = Image.new("L", (sum(page.width + 2 for page in pages), max(page.height for page in pages)), 128)
    for at, page in enumerate(pages):
        row.paste(page.convert("L"), (sum(before.width + 2 for before in pages[:at]), 0))
    return row


def distance(one: Image.Image, other: Image.Image) -> float:
    """How much the block that differs most differs, 0 to 255; all of it where the sizes do."""
    if one.size != other.size:
        return 255.0
    apart = ImageChops.difference(one.convert("L"), other.convert("L"))
    blocks = apart.resize((max(1, one.width // _BLOCK), max(1, one.height // _BLOCK)), Image.Resampling.BOX)
    return float(blocks.getextrema()[1])  # type: ignore[arg-type]  # one band: two numbers


def keep(path: Path) -> None:
    # Sixteen even steps: a palette of the image's own makes a black band grey where most of it is white.
    drawn(path).point(lambda grey: round(grey / 17) * 17).quantize(_GREYS).save(
        GOLDEN / f"{path.stem}.png", optimize=True
    )


async def _with_pictures() -> list[Image.Image]:
    """What samples cannot show, for they hold no pictures: a bulletin, its booklet, a letter."""
    pages, _ = await preview_bulletin(issue(), BulletinLook())
    thrifty, _ = await preview_bulletin(issue(), BulletinLook(saves_ink=True))
    letter, _ = await preview_letter(Letter(issue()), ("MME ZOE LEVEQUE", "12 BIS RUE DES ECOLES", "41999 SAINT AUBIN"))
    shown = [*await drawn_pages(pages, _COPIED), await thrifty.draw(1, _COPIED), *await drawn_pages(letter, _COPIED)]
    booklet = impose_booklet((await print_bulletin(issue(), BulletinLook("a5"))).pdf)
    seen = [Image.open(io.BytesIO(page)).convert("RGB") for page in shown]
    return [*seen, *pictures_of(booklet, _COPIED)]


def contact_sheet(pages: list[Image.Image]) -> Image.Image:
    """All pages in rows, on grey."""
    rows: list[list[Image.Image]] = [[]]
    for page in pages:
        if sum(one.width + _AIR for one in rows[-1]) + page.width + _AIR > _WIDTH:
            rows.append([])
        rows[-1].append(page)
    heights = [max(page.height for page in row) + _AIR for row in rows]
    sheet = Image.new("RGB", (_WIDTH, sum(heights) + _AIR), "#c9c6bd")
    for at, row in enumerate(rows):
        for place, page in enumerate(row):
            left = _AIR + sum(before.width + _AIR for before in row[:place])
            sheet.paste(page, (left, _AIR + sum(heights[:at])))
    return sheet


def copied(page: Image.Image) -> Image.Image:
    """As a copier that knows only black makes it, at its own fineness."""
    return page.convert("L").point(lambda grey: 255 if grey > 127 else 0).convert("RGB")


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for path in SAMPLES:
        keep(path)
    pages = [page for path in SAMPLES for page in sample_pages(path, _COPIED)[:2]]
    pages = [*asyncio.run(_with_pictures()), *pages]
    for name, look in (("paper", lambda page: page), ("paper-copied", copied)):
        shown = [look(page).copy() for page in pages]
        for page in shown:
            page.thumbnail((_TALLEST[name], _TALLEST[name]))
        contact_sheet(sorted(shown, key=lambda page: -page.height)).quantize(64).save(
            CONTACT / f"{name}.png", optimize=True
        )
    press().close()


if __name__ == "__main__":
    main()
