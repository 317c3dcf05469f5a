"""Uploaded pictures: judged by their content, decoded within bounds, re-encoded in two sizes without what they knew."""

import asyncio
import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image, ImageOps

from server.core.errors import Invalid
from server.core.i18n import Message, sentence

MAX_BYTES = 10_000_000
MAX_PIXELS = 25_000_000
# A JPEG is decoded at a fraction of its size, so that what large telephones make is welcome.
MAX_JPEG_PIXELS = 64_000_000
WEB_SIDE = 1200
WEB_QUALITY = 72
# Three of these, in base64, leave a third of a mail's 60 kB to its words.
MAIL_BYTES = 10_000
PHOTO_SIDE = 640
_MAIL_WIDTHS = (600, 520, 440, 360, 280)
_MAIL_QUALITIES = (70, 55, 42)
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Drawings, maps and logos: with so few colours PNG is both sharper and smaller.
_FEW_COLOURS = 256

# One at a time: a decoded picture takes a hundred megabytes.
_TABLE = ThreadPoolExecutor(1, thread_name_prefix="pictures")


@dataclass(frozen=True)
class Encoded:
    content: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True)
class PreparedPicture:
    """A picture as residents get it: on the web, and small enough for a mail."""

    web: Encoded
    mail: Encoded


async def prepare_picture(content: bytes) -> PreparedPicture:
    """Decode and re-encode in a thread of its own. Raises Invalid with a sentence about what was sent."""
    return await asyncio.get_running_loop().run_in_executor(_TABLE, prepare, content)


def prepare(content: bytes) -> PreparedPicture:
    """The same, now. Raises Invalid."""
    picture = _judged(content)
    return PreparedPicture(_for_web(picture), _for_mail(picture))


async def prepare_photo(content: bytes) -> Encoded:
    """A small picture for a page of the staff, as above. Raises Invalid."""
    return await asyncio.get_running_loop().run_in_executor(_TABLE, _small, content)


def _small(content: bytes) -> Encoded:
    picture = _judged(content)
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    return _for_web(picture)


def _judged(content: bytes) -> Image.Image:
    if len(content) > MAX_BYTES:
        raise _refused(sentence("This picture weighs more than 10 MB. Send a smaller one."))
    if _looks_like_svg(content):
        raise _refused(sentence("Drawings in SVG can hide programs and are not accepted. Save it as PNG first."))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata is dropped anyway; size is judged here
        return _decoded(content)


def _decoded(content: bytes) -> Image.Image:
    """The pixels, upright, on white, without anything else that was in the file."""
    try:
        source = Image.open(io.BytesIO(content), formats=_FORMATS)
        if source.width * source.height > (MAX_JPEG_PIXELS if source.format == "JPEG" else MAX_PIXELS):
            raise _refused(_TOO_LARGE)
        source.draft("RGB", (WEB_SIDE, WEB_SIDE))
        source.load()
    except Image.DecompressionBombError:
        raise _refused(_TOO_LARGE) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError, KeyError, OverflowError):
        # Pillow tells of a damaged file in all these ways
        raise _refused(sentence("This file is not a picture we can read. Send a JPEG, PNG, WebP or GIF.")) from None
    mode = "RGBA" if source.has_transparency_data else "RGB"
    shrunk: Image.Image = source if source.mode == mode else source.convert(mode)
    shrunk.thumbnail((WEB_SIDE, WEB_SIDE))
    return _on_white(ImageOps.exif_transpose(shrunk))


_TOO_LARGE = sentence("This picture has too many pixels. Make it smaller first: 5,000 by 5,000 at most.")


def _on_white(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    return paper


def _for_web(picture: Image.Image) -> Encoded:
    jpeg = _encoded(picture, "JPEG", quality=WEB_QUALITY, progressive=True, optimize=True)
    if picture.getcolors(_FEW_COLOURS) is None:
        return jpeg
    png = _encoded(picture.quantize(_FEW_COLOURS), "PNG", optimize=True)
    return min(png, jpeg, key=lambda encoded: len(encoded.content))


def _for_mail(picture: Image.Image) -> Encoded:
    """The widest that weighs little enough; every mail reader shows JPEG and PNG."""
    encoded = _for_web(_no_wider(picture, _MAIL_WIDTHS[0]))
    for width in _MAIL_WIDTHS:
        for quality in _MAIL_QUALITIES:
            if len(encoded.content) <= MAIL_BYTES:
                return encoded
            encoded = _encoded(_no_wider(picture, width), "JPEG", quality=quality, progressive=True, optimize=True)
    return encoded


def _no_wider(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    return picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image, form: str, **options: bool | int) -> Encoded:
    output = io.BytesIO()
    picture.save(output, form, **options)
    return Encoded(output.getvalue(), Image.MIME[form], picture.width, picture.height)


def _looks_like_svg(content: bytes) -> bool:
    head = content[:4096].replace(b"\x00", b"").lower()
    return b"<svg" in head


def _refused(words: Message) -> Invalid:
    return Invalid({"picture": words})
