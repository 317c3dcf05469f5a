"""A page of a PDF as a picture, drawn in the typesetter's own process: there it can open nothing and is bounded."""

import io
from functools import lru_cache

import pypdfium2
from PIL import Image

_COLOURS = 256
_QUICKLY = 1  # of nine levels: the others take three times as long to save a tenth

Image.preinit()  # what writes pictures is loaded from files, and later nothing can be opened


def draw_page(pdf: bytes, at: int, ppi: float) -> bytes:
    """The page of this number, from 1, as PNG in as many colours as are seen: a third of the weight of all of them."""
    bitmap = _opened(pdf)[at - 1].render(scale=ppi / 72, rev_byteorder=True)
    picture = bitmap.to_pil().convert("RGB").quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", compress_level=_QUICKLY)
    return drawn.getvalue()


@lru_cache(maxsize=1)
def _opened(pdf: bytes) -> pypdfium2.PdfDocument:
    """Its pages are asked for one after the other."""
    return pypdfium2.PdfDocument(pdf)
