"""The sheet of a round: board by board what to take down, to leave and to put up, with small pictures; and the cover list."""

import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from PIL import Image, ImageOps

from server.press import process
from server.press.sheet import Sheet

_THUMBNAIL = 170  # pixels across: 14 mm at 300 dots per inch


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do. `picture` names a thumbnail; empty: none could be made."""

    number: int
    title: str
    about: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What is done in one way at a board: taken down, left, put up. `sign` is seen from afar."""

    name: str
    sign: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    name: str
    about: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What is printed around the lines, in the words printed."""

    hour: str
    initials: str
    remarks: str
    nothing: str
    how: str


@dataclass(frozen=True, slots=True)
class RoundSheet:
    town: str
    title: str
    subtitle: str
    words: Words
    stops: tuple[Stop, ...]
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class CoverList:
    """What lies in the pack: for each tray of the printer, and board by board. Rows are as printed."""

    town: str
    title: str
    subtitle: str
    trays: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    language: str = "fr"


async def print_round_sheet(sheet: RoundSheet, thumbnails: Mapping[str, bytes]) -> bytes:
    """The sheet as PDF/UA. Raises PressError."""
    return (await process.compile_sheet(Sheet("roundsheet", asdict(sheet), thumbnails, seconds=60.0))).pdf


async def print_cover_list(cover: CoverList) -> bytes:
    """Raises PressError."""
    return (await process.compile_sheet(Sheet("packlist", asdict(cover), seconds=60.0))).pdf


def thumbnail(page: bytes) -> bytes:
    """A page as a small picture in a few greys, which a copier keeps apart."""
    small = Image.open(io.BytesIO(page)).convert("L")
    small.thumbnail((_THUMBNAIL, 2 * _THUMBNAIL), Image.Resampling.LANCZOS)
    output = io.BytesIO()
    ImageOps.autocontrast(ImageOps.posterize(small, 2)).save(output, "PNG", optimize=True)
    return output.getvalue()
