"""The round sheet: what one person takes along to bring copies to letterboxes, street by street, side by side."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from server.core.i18n import sentence, translate
from server.press import process
from server.press.sheet import Print, Sheet

_SECONDS = 60.0
_WORDS = {
    "number": sentence("No."),
    "boxes": sentence("Boxes"),
    "bring": sentence("Bring"),
    "refused": sentence("Refuse"),
    "name": sentence("Name and edition"),
    "note": sentence("Notes"),
    "copies": sentence("Copies"),
    "reserve": sentence("reserve"),
    "large_print": sentence("large print"),
    "easy_read": sentence("easy to read"),
    "walked_by": sentence("Walked by"),
    "day": sentence("Day"),
    "left_over": sentence("Copies left over"),
    "help": sentence("Tick each line when it is done. Write down what went wrong beside it, and bring the sheet back."),
    "sheet": sentence("Sheet"),
}


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One door with the copies that belong there, or one whole side of a street in `number`."""

    number: str
    boxes: int
    bring: int
    refused: int = 0
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RoundSide:
    """The doors of one side of a street, in the order of the walk."""

    street: str
    side: str
    lines: Sequence[RoundLine]


@dataclass(frozen=True, slots=True)
class RoundSheet:
    """A sector's round. `title` is what is brought; figures stand on top, to count the bundle by."""

    issuer: str
    title: str
    sector: str
    sides: Sequence[RoundSide]
    copies: int
    reserve: int
    large_print: int = 0
    easy_read: int = 0
    is_by_name: bool = False
    """Each line is a door with a name; otherwise a side of a street with its numbers."""
    language: str = "fr"


async def print_round(sheet: RoundSheet) -> Print:
    """The sheets as PDF. Raises PressError."""
    return await process.compile_sheet(_sheet(sheet))


def _sheet(sheet: RoundSheet) -> Sheet:
    words = {name: translate(words, sheet.language) for name, words in _WORDS.items()}
    return Sheet("round", asdict(sheet) | {"words": words}, standards=(), seconds=_SECONDS)
