"""A large poster on sheets that the town hall's printer takes, and for a print shop: pages placed on pages, with marks.

What comes of it is for a printer: to be read on a screen or aloud there is the poster itself.
"""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from server.core.i18n import LANGUAGES, sentence, translate
from server.press import process
from server.press.sheet import Sheet

if TYPE_CHECKING:
    import pikepdf

SheetFormat = Literal["a4", "a3"]

SIZES = {"a4": (210.0, 297.0), "a3": (297.0, 420.0), "a2": (420.0, 594.0)}
MARGIN = 8.0  # millimetres no printer can be asked to reach
OVERLAP = 10.0  # printed on both neighbours: where one is glued over the other
_SLUG = 8.0  # what templates/print/poster.typ leaves for marks outside the bleed
_LONGEST = 50  # letters of the name on a mark
_POINTS = 72 / 25.4
_PIECE = sentence("row {row} of {rows}, sheet {column} of {columns}")
_HOW = sentence("Cut along the dotted lines and glue over the neighbour.")


@dataclass(frozen=True, slots=True)
class Tiles:
    """How a poster is divided: sheets in rows and columns, each showing as much of it as the others, in millimetres."""

    columns: int
    rows: int
    sheet: tuple[float, float]
    window: tuple[float, float]
    """What of the poster one sheet shows."""

    def __len__(self) -> int:
        return self.columns * self.rows

    def places(self) -> Iterator[tuple[int, int]]:
        """Row and column of each sheet, from the top left."""
        return ((row, column) for row in range(self.rows) for column in range(self.columns))


def divide(poster: str, sheet: SheetFormat) -> Tiles:
    """The fewest sheets that hold a poster of that format at its true size, upright or lying."""
    width, height = SIZES[poster]
    upright = SIZES[sheet]
    return min((_laid(width, height, paper) for paper in (upright, upright[::-1])), key=len)


def _laid(width: float, height: float, sheet: tuple[float, float]) -> Tiles:
    columns, window_x = _along(width, sheet[0] - 2 * MARGIN)
    rows, window_y = _along(height, sheet[1] - 2 * MARGIN)
    return Tiles(columns, rows, sheet, (window_x, window_y))


def _along(length: float, most: float) -> tuple[int, float]:
    """How many equal windows cover a length when each overlaps the one before, and how long each is."""
    count = max(1, math.ceil((length - OVERLAP) / (most - OVERLAP)))
    return count, (length + (count - 1) * OVERLAP) / count


async def tile(poster: bytes, poster_format: str, sheet: SheetFormat, name: str, language: str) -> bytes:
    """Each page of `poster` on as many sheets as it takes. The same poster gives the same bytes."""
    import pikepdf

    tiles = divide(poster_format, sheet)
    marks = (await process.compile_sheet(_marks(tiles, name, language))).pdf
    with pikepdf.open(io.BytesIO(poster)) as source, pikepdf.open(io.BytesIO(marks)) as frame, pikepdf.new() as made:
        for page in source.pages:
            form = made.copy_foreign(page.as_form_xobject())
            for at, (row, column) in enumerate(tiles.places()):
                made.pages.append(frame.pages[at])
                _show(made, made.pages[-1], form, _window(tiles, row, column, SIZES[poster_format][1]))
        return _saved(made)


def _window(tiles: Tiles, row: int, column: int, height: float) -> tuple[float, float, float, float, float, float]:
    """In points: where the poster's corner lies on the sheet, and what of the sheet shows it. PDF counts from below."""
    width_shown, height_shown = tiles.window
    left, top = column * (width_shown - OVERLAP), row * (height_shown - OVERLAP)
    x = MARGIN - left
    y = tiles.sheet[1] - MARGIN - height + top
    clip = (MARGIN, tiles.sheet[1] - MARGIN - height_shown, width_shown, height_shown)
    a, b, c, d, e, f = (round(value * _POINTS, 3) for value in (x, y, *clip))
    return a, b, c, d, e, f


def _show(
    pdf: "pikepdf.Pdf",
    page: "pikepdf.Page",
    form: "pikepdf.Object",
    window: tuple[float, float, float, float, float, float],
) -> None:
    """The part of the poster under the marks of the sheet."""
    import pikepdf

    x, y, *clip = window
    box = " ".join(f"{value:g}" for value in clip)
    name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Poster)
    drawing = f"q {box} re W n 1 0 0 1 {x:g} {y:g} cm {name} Do Q"
    page.contents_add(pikepdf.Stream(pdf, drawing.encode()), prepend=True)


def cut_boxes(pdf: bytes, bleed_mm: int) -> bytes:
    """Tell a print shop's machines where each page ends and how far its colour runs over."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            left, bottom, right, top = (float(value) for value in page.mediabox)
            for name, inset_mm in (("/TrimBox", _SLUG + bleed_mm), ("/BleedBox", _SLUG)):
                inset = inset_mm * _POINTS
                corners = (left + inset, bottom + inset, right - inset, top - inset)
                page.obj[name] = pikepdf.Array([round(value, 3) for value in corners])
        return _saved(document)


def _saved(pdf: "pikepdf.Pdf") -> bytes:
    content = io.BytesIO()
    pdf.save(content, deterministic_id=True, compress_streams=True)
    return content.getvalue()


def _marks(tiles: Tiles, name: str, language: str) -> Sheet:
    language = language if language in LANGUAGES else LANGUAGES[0]

    def piece(row: int, column: int) -> str:
        found = sentence(_PIECE.msgid, row=row + 1, rows=tiles.rows, column=column + 1, columns=tiles.columns)
        return translate(found, language)

    data = {
        "language": language,
        "sheet": tiles.sheet,
        "margin": MARGIN,
        "window": tiles.window,
        "overlap": OVERLAP,
        "name": name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…",
        "how": translate(_HOW, language),
        "tiles": [
            {"words": piece(row, column), "cut_left": column > 0, "cut_top": row > 0} for row, column in tiles.places()
        ],
    }
    return Sheet("tiles", data, standards=())
