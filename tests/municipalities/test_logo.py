"""The colour and the logo: what was sent is judged by its content and leaves nothing of itself behind (S15)."""

import base64
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from server.core.database import Database
from server.core.errors import Invalid
from server.municipalities.logo import MAX_BYTES, prepare
from server.municipalities.queries import get_municipality
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast

LOOK = "/desk/settings/look"


def picture(form: str = "PNG", size: tuple[int, int] = (800, 600), mode: str = "RGB", **options: object) -> bytes:
    output = io.BytesIO()
    Image.new(mode, size, "#7a1f3d").save(output, form, **options)
    return output.getvalue()


def bomb() -> bytes:
    """A small PNG that claims 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "secret description"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif, comment=b"secret comment")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_accepted_kind_becomes_a_small_png(form: str) -> None:
    made = Image.open(io.BytesIO(prepare(picture(form))))
    assert (made.format, made.size) == ("PNG", (400, 300))


def test_what_the_file_knew_is_gone() -> None:
    made = prepare(with_gps())
    assert b"secret" not in made
    assert Image.open(io.BytesIO(made)).getexif() == {}
    assert Image.open(io.BytesIO(made)).info == {}


def test_a_picture_taken_sideways_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(io.BytesIO(prepare(picture("JPEG", (400, 200), exif=exif)))).size == (200, 400)


def test_transparent_parts_become_paper() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(content, "PNG")
    made = Image.open(io.BytesIO(prepare(content.getvalue()))).convert("RGB")
    assert made.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: b"", "not a picture"),
        (lambda: b"GIF89a/*" + b"x" * 50 + b"*/=1;alert(1)", "not a picture"),
        (lambda: b"%PDF-1.7", "not a picture"),
        (lambda: b"<html><script>alert(1)</script>", "not a picture"),
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (lambda: '<?xml version="1.0"?>\n<SVG/>'.encode("utf-16"), "SVG"),
        (lambda: picture()[:200], "not a picture"),
        (lambda: picture("BMP"), "not a picture"),
        (bomb, "too many pixels"),
        (lambda: picture(size=(6000, 5000)), "too many pixels"),
        (lambda: b"\x89PNG" + bytes(MAX_BYTES), "more than 5 MB"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(make: Callable[[], bytes], words: str) -> None:
    with pytest.raises(Invalid) as refused:
        prepare(make())
    assert words in refused.value.fields["logo"].msgid


async def test_the_logo_is_sent_shown_and_removed(
    browser_of: BrowserOf, client: Browser, cast: Cast, database: Database
) -> None:
    alice = await browser_of("Alice")
    assert (await client.get("/logo")).status_code == 404
    files = {"logo": ("../../etc/<b>.svg", picture(), "image/svg+xml")}
    assert (await alice.submit(LOOK, {"civic_colour": "#7A1F3D"}, files=files)).status_code == 303
    shown = await client.get("/logo")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert "set-cookie" not in shown.headers
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert 'src="/saint-aubin/logo?v=' in (await alice.get(LOOK)).text
    assert "#7a1f3d" in (await client.get("/look.css")).text
    assert (await client.get("https://tambour.test/voisin/logo")).status_code == 404
    assert (await alice.submit(LOOK, {"civic_colour": "#7a1f3d", "without_logo": "yes"})).status_code == 303
    assert (await client.get("/logo")).status_code == 404


async def test_a_refused_logo_changes_nothing(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    alice = await browser_of("Alice")
    files = {"logo": ("logo.png", bomb(), "image/png")}
    answer = await alice.submit(LOOK, {"civic_colour": "#123456"}, files=files)
    assert answer.status_code == 422
    assert 'id="f-logo-error"' in answer.text
    assert 'value="#123456"' in answer.text
    async with database.reading() as session:
        assert (await get_municipality(session, cast.town_id)).civic_colour == "#0b5a4a"


@pytest.mark.parametrize("typed", ["", "red", "#fff", "#12345g", "#1234567", "expression(1)", "#12345\u0661"])
async def test_a_colour_that_is_none_is_said(browser_of: BrowserOf, typed: str) -> None:
    answer = await (await browser_of("Alice")).submit(LOOK, {"civic_colour": typed})
    assert answer.status_code == 422
    assert 'id="f-civic_colour-error"' in answer.text


async def test_the_readable_shades_are_shown(browser_of: BrowserOf, client: Browser) -> None:
    alice = await browser_of("Alice")
    await alice.submit(LOOK, {"civic_colour": "#ffe600"})
    answer = await alice.get(LOOK)
    assert "#ffe600" in answer.text
    sheet = (await client.get("/look.css")).text
    assert "--civic: #ffe600" in sheet.split("@media")[1]
    assert "--civic: #ffe600" not in sheet.split("@media")[0]


def test_the_bomb_is_one() -> None:
    assert len(bomb()) < 200
    assert base64.b64encode(bomb())
