"""Pictures for tests: honest ones, and some that are not what they say."""

import io
import struct
import zlib

from PIL import Image, ImageDraw


def photo(width: int = 1600, height: int = 1200, form: str = "JPEG", **options: object) -> bytes:
    """Something with many colours."""
    picture = Image.effect_mandelbrot((width, height), (-2.2, -1.4, 1.0, 1.4), 60).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for x in range(0, width, 7):
        draw.line((x, 0, width - x, height), fill=(x % 256, (x * 3) % 256, (x * 7) % 256))
    return saved(picture, form, **options)


def drawing(form: str = "PNG") -> bytes:
    """A plan in three colours, with a transparent ground."""
    picture = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((20, 20, 200, 120), fill="red", outline="black")
    return saved(picture, form)


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    output = io.BytesIO()
    picture.save(output, form, **options)
    return output.getvalue()


def located() -> bytes:
    """A photograph that knows where it was taken, and lies on its side."""
    picture = Image.new("RGB", (300, 200), "green")
    picture.paste("blue", (0, 0, 150, 200))
    exif = Image.Exif()
    exif[0x010F] = "Maker of telephones"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (47.0, 35.0, 10.0)
    return saved(picture, "JPEG", exif=exif, comment=b"secret comment")


def claims(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose head claims any size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0" * 64)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_THAT_IS_A_SCRIPT = b"GIF89a/*\x01\x00\x00\x00\x00\x00*/=1;alert(document.domain);//"
