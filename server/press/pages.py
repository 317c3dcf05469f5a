"""Pages to look at: set at once, drawn one by one as they are asked for; one on which nothing has changed is known again."""

import asyncio
import io
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from PIL import Image

from server.press import process
from server.press.sheet import Sheet

ON_SCREEN = 60.0  # dots per inch: an A4 page is seen some five hundred pixels wide
_PIXELS = 400  # of a picture's longer side, in columns of such a page
_UNDRAWN = {"/Annots", "/Length", "/Parent", "/StructParents", "/Tabs"}


class Pages(NamedTuple):
    """A sheet as it was set, and a fingerprint of everything that is drawn on each of its pages."""

    pdf: bytes
    fingerprints: tuple[str, ...]

    async def draw(self, at: int, ppi: float) -> bytes:
        """The page of this number, from 1, as PNG. Raises PressError."""
        return await process.draw_page(self.pdf, at, ppi)


async def set_pages(sheet: Sheet) -> tuple[Pages, Mapping[str, Any]]:
    """The sheet, and what it measured. Raises PressError."""
    made = await process.compile_sheet(replace(sheet, output="pages", standards=()))
    return Pages(made.pdf, await asyncio.to_thread(_fingerprints, made.pdf)), made.facts


def for_a_screen(pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """Pictures with as many pixels as a page on a screen shows: set in a tenth of the time."""
    return {name: _smaller(content) for name, content in pictures.items()}


@lru_cache(maxsize=64)
def _smaller(content: bytes) -> bytes:
    """Odd ones are left as they are."""
    try:
        picture = Image.open(io.BytesIO(content))
        picture.draft(None, (_PIXELS, _PIXELS))
        picture.thumbnail((_PIXELS, _PIXELS))
    except OSError:
        return content
    small = io.BytesIO()
    picture.save(small, picture.format or ("PNG" if picture.mode in {"P", "RGBA", "LA"} else "JPEG"))
    return small.getvalue()


def _fingerprints(pdf: bytes) -> tuple[str, ...]:
    import pikepdf

    known: dict[tuple[int, int], bytes] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return tuple(_content(page.obj, known).hex() for page in document.pages)


def _content(value: Any, known: dict[tuple[int, int], bytes]) -> bytes:
    """A hash of a part of a PDF with all that it refers to, whatever the numbers of its objects are. Fonts are on every
    page: what is `known` is not read again.
    """
    import pikepdf

    number = value.objgen if isinstance(value, pikepdf.Object) else (0, 0)
    if number in known:
        return known[number]
    match value:
        case pikepdf.Dictionary() | pikepdf.Stream():
            told = b"".join(
                name.encode() + _content(one, known) for name, one in sorted(value.items()) if name not in _UNDRAWN
            )
            told += value.read_raw_bytes() if isinstance(value, pikepdf.Stream) else b""
        case pikepdf.Array():
            told = b"".join(_content(one, known) for one in value)
        case _:
            told = repr(value).encode()
    found = sha256(told).digest()
    if number != (0, 0):
        known[number] = found
    return found
