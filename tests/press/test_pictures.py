"""A picture travels to the typesetter unchanged, inside an SVG of its own size."""

import base64
import re
from collections.abc import Callable

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


# Made when asked for: a run keeps them all in memory otherwise.
NO_PICTURES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a start": lambda: b"\xff\xd8\xff",
    "only marks": lambda: b"\xff\xd8\xff" + b"\xff" * 40,
    "no length": lambda: b"\xff\xd8\xff\xe0\x00\x00" + bytes(40),
    "no head": lambda: b"\x89PNG\r\n\x1a\n" + bytes(40),
    "another kind": lambda: picture("GIF"),
    "the first bytes": lambda: picture("PNG")[:20],
    "a hundred megabytes": lambda: picture("PNG") + bytes(100_000_000),
    "60,000 pixels": lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + bytes(20),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"picture|JPEG"):
        as_svg(NO_PICTURES[name]())
