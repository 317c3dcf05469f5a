"""Uploads are judged by content, bounded before they are decoded, and lose whatever they knew."""

import io
import time

import pytest
from PIL import Image

from server.core.errors import Invalid
from server.notices.imaging import MAIL_BYTES, WEB_SIDE, Encoded, prepare
from tests.notices.pictures import GIF_THAT_IS_A_SCRIPT, SVG, claims, drawing, located, photo


def opened(encoded: Encoded) -> Image.Image:
    return Image.open(io.BytesIO(encoded.content))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_becomes_two_smaller_ones(form: str) -> None:
    prepared = prepare(photo(form=form))
    assert (prepared.web.width, prepared.web.height) == (WEB_SIDE, 900)
    assert opened(prepared.web).size == (WEB_SIDE, 900)
    assert prepared.mail.width <= 600
    assert len(prepared.mail.content) <= MAIL_BYTES
    assert {prepared.web.media_type, prepared.mail.media_type} <= {"image/jpeg", "image/png"}


def test_a_small_picture_is_not_blown_up() -> None:
    prepared = prepare(photo(200, 100))
    assert (prepared.web.width, prepared.mail.width) == (200, 200)


def test_a_drawing_stays_sharp_and_gets_white_paper() -> None:
    prepared = prepare(drawing())
    assert prepared.web.media_type == "image/png"
    assert opened(prepared.web).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_only_the_first_picture_of_a_moving_one_is_kept() -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    output = io.BytesIO()
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:])
    kept = opened(prepare(output.getvalue()).web)
    assert getattr(kept, "n_frames", 1) == 1
    red, _, blue = kept.convert("RGB").getpixel((20, 20))  # type: ignore[misc]  # three numbers in RGB
    assert red > 200 > blue


def test_where_it_was_taken_is_forgotten_and_it_stands_upright() -> None:
    prepared = prepare(located())
    assert (prepared.web.width, prepared.web.height) == (200, 300)
    for encoded in (prepared.web, prepared.mail):
        assert not opened(encoded).getexif()
        for secret in (b"Exif", b"Maker", b"secret comment"):
            assert secret not in encoded.content


def test_a_script_behind_a_picture_is_left_behind() -> None:
    prepared = prepare(photo(64, 64) + b"<script>alert(1)</script>" + b"PK\x03\x04")
    assert b"script" not in prepared.web.content + prepared.mail.content


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"not a picture at all", id="words"),
        pytest.param(photo(400, 300)[:4000], id="truncated JPEG"),
        pytest.param(drawing()[:200], id="truncated PNG"),
        pytest.param(GIF_THAT_IS_A_SCRIPT, id="GIF and script"),
        pytest.param(b"%PDF-1.7\n" + b"0" * 100, id="PDF"),
        pytest.param(claims(0, 0), id="no size"),
        pytest.param(claims(30, 30), id="PNG without its pixels"),
        pytest.param(photo(64, 64, "TIFF"), id="TIFF"),
        pytest.param(b"II*\x00" + b"\xff" * 200, id="broken TIFF"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        prepare(content)
    assert "not a picture we can read" in str(refusal.value.fields["picture"])


@pytest.mark.parametrize("size", [(60_000, 60_000), (2_000_000_000, 2), (6_000, 6_000)])
def test_a_picture_that_claims_too_much_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    started = time.perf_counter()
    with pytest.raises(Invalid) as refusal:
        prepare(claims(*size))
    assert "too many pixels" in str(refusal.value.fields["picture"])
    assert time.perf_counter() - started < 0.5


def test_an_svg_is_refused_because_it_can_hide_a_program() -> None:
    for content in (SVG, SVG.decode().encode("utf-16"), b"\n" * 900 + SVG):
        with pytest.raises(Invalid) as refusal:
            prepare(content)
        assert "SVG" in str(refusal.value.fields["picture"])


def test_what_weighs_too_much_is_not_even_opened() -> None:
    with pytest.raises(Invalid) as refusal:
        prepare(b"\xff\xd8\xff" + b"\0" * 10_000_000)
    assert "10 MB" in str(refusal.value.fields["picture"])
