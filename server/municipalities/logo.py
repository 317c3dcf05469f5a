"""The logo as sent: judged by its content, never by its name, decoded within bounds, re-encoded without what it knew."""

import asyncio
import io
import warnings

from PIL import Image, ImageOps

from server.core.errors import Invalid
from server.core.i18n import Message, sentence

MEDIA_TYPE = "image/png"
MAX_BYTES = 5_000_000
MAX_PIXELS = 25_000_000
SIDE = 400
_COLOURS = 128  # a logo has few; a palette keeps the page that shows it light
_HEAVY = 15_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

_UNREADABLE = sentence("This file is not a picture we can read. Send a PNG, JPEG, WebP or GIF.")
_TOO_LARGE = sentence("This picture has too many pixels. Make it smaller first: 5,000 by 5,000 at most.")
_TOO_HEAVY = sentence("This picture weighs more than 5 MB. Send a smaller one.")
_SVG = sentence("Drawings in SVG can hide programs and are not accepted. Save it as PNG first.")


async def prepare_logo(content: bytes) -> bytes:
    """A PNG on white of 400 pixels at most, made in a thread. Raises Invalid."""
    return await asyncio.to_thread(prepare, content)


def prepare(content: bytes) -> bytes:
    """The same, now."""
    if len(content) > MAX_BYTES:
        raise _refused(_TOO_HEAVY)
    if b"<svg" in content[:4096].replace(b"\x00", b"").lower():
        raise _refused(_SVG)
    try:
        return _encoded(_decoded(content))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refused(_TOO_LARGE) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError, KeyError, OverflowError):
        # Pillow tells of a damaged file in all these ways
        raise _refused(_UNREADABLE) from None


def _decoded(content: bytes) -> Image.Image:
    """The pixels, upright, on white, in a new picture: nothing else of the file goes on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata is dropped anyway; size is judged here
        source = Image.open(io.BytesIO(content), formats=_FORMATS)
        if source.width * source.height > MAX_PIXELS:
            raise _refused(_TOO_LARGE)
        upright = ImageOps.exif_transpose(source).convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def _encoded(picture: Image.Image) -> bytes:
    content = _png(picture)
    return content if len(content) <= _HEAVY else min(content, _png(picture.quantize(_COLOURS)), key=len)


def _png(picture: Image.Image) -> bytes:
    output = io.BytesIO()
    picture.save(output, "PNG", optimize=True)
    return output.getvalue()


def _refused(words: Message) -> Invalid:
    return Invalid({"logo": words})
