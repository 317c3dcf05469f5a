"""Pages in reading order → sheets to print on both sides, to fold and to staple. What is imposed is for the printer alone:
it has no tags, and the reading PDF stays beside it.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pikepdf

Turn = Literal["short", "long"]
_FOLD = 4


def impose_booklet(pdf: bytes, turn: Turn = "short") -> bytes:
    """A4 pages on A3 sheets, A5 pages on A4: front and back, one sheet after the other.

    `turn` is the edge over which the printer turns a sheet. Over the short one, as it is set for booklets, both sides
    stand the same way up; over the long one, the backs are upside down in the file.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as source, pikepdf.new() as sheets:
        pages = [sheets.copy_foreign(page.as_form_xobject()) for page in source.pages]
        _, _, width, height = (float(edge) for edge in source.pages[0].mediabox)
        for side, (left, right) in enumerate(sides_of(len(pages))):
            upside_down = turn == "long" and side % 2 == 1
            pair = [pages[number - 1] if number <= len(pages) else None for number in (left, right)]
            sheets.pages.append(_side(sheets, pair, width, height, upside_down=upside_down))
        duplex = "DuplexFlipShortEdge" if turn == "short" else "DuplexFlipLongEdge"
        sheets.Root.ViewerPreferences = pikepdf.Dictionary(
            Duplex=pikepdf.Name(f"/{duplex}"), PrintScaling=pikepdf.Name("/None")
        )
        printed = io.BytesIO()
        sheets.save(printed, deterministic_id=True, compress_streams=True)
        return printed.getvalue()


def sides_of(pages: int) -> Iterator[tuple[int, int]]:
    """The pages on the left and on the right of each side. Numbers beyond `pages` are blank."""
    last = -(-pages // _FOLD) * _FOLD
    for first in range(1, last // 2, 2):
        yield last + 1 - first, first
        yield first + 1, last - first


def _side(
    sheets: "pikepdf.Pdf", pair: list["pikepdf.Object | None"], width: float, height: float, *, upside_down: bool
) -> "pikepdf.Page":
    import pikepdf

    drawn = [f"q 1 0 0 1 {at * width:g} 0 cm /P{at} Do Q" for at, page in enumerate(pair) if page is not None]
    turned = [f"-1 0 0 -1 {2 * width:g} {height:g} cm"] if upside_down else []
    named = {f"/P{at}": page for at, page in enumerate(pair) if page is not None}
    return pikepdf.Page(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, 2 * width, height],
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(named)),
            Contents=sheets.make_stream("\n".join(["q", *turned, *drawn, "Q"]).encode()),
        )
    )
