"""What a rendering needs to know of a picture: where its bytes are, and how large it is."""

from collections.abc import Callable
from dataclasses import dataclass

from server.content.document import Image


@dataclass(frozen=True, slots=True)
class PictureView:
    """`address` is a path on the web, `cid:…` in a mail, the name of an in-memory file on paper."""

    address: str
    width: int | None = None
    height: int | None = None


# Asked with `Image.source` ("picture:12"); None means that the picture cannot be shown: its words take its place.
PictureLookup = Callable[[str], PictureView | None]


def no_picture(source: str) -> PictureView | None:
    """The lookup of a rendering without pictures."""
    return None


def words_instead(image: Image) -> str:
    """What stands in a picture's place where it cannot be shown."""
    words = f"[Image – {image.alternative}]" if image.alternative else "[Image]"
    return f"{words} {image.caption}".rstrip()
