"""A picture travels to the typesetter unchanged, inside an SVG of its own size."""

import base64
import re

import pytest

from server.press.pictures import as_svg
from tests.press.posters import picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("size", [(1, 1), (60, 40), (3000, 2)])
def test_it_is_wrapped_unchanged(kind: str, size: tuple[int, int]) -> None:
    content = picture(kind, size)
    svg = as_svg(content).decode()
    assert f'viewBox="0 0 {size[0]} {size[1]}"' in svg
    embedded = re.search(rf'href="data:image/{kind.lower()};base64,([^"]+)"', svg)
    assert embedded is not None
    assert base64.b64decode(embedded[1]) == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff" + b"\xff" * 40,
        b"\xff\xd8\xff\xe0\x00\x00" + bytes(40),
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        picture("GIF"),
        picture("PNG")[:20],
        picture("PNG") + bytes(100_000_000),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + bytes(20),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"picture|JPEG"):
        as_svg(content)
