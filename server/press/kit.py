"""Paper to work with by hand: a cover that says what there is and how many, then sections of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from server.core.i18n import Message, sentence, translate
from server.press import process
from server.press.sheet import Sheet
from server.press.style import USUAL, Style

_WORDS: Mapping[str, Message] = {
    "kit": sentence("To do by hand"),
    "number": sentence("No."),
    "told": sentence("told"),
    "absent": sentence("paper left"),
    "note": sentence("who needs help"),
    "walked_by": sentence("Walked by"),
    "began": sentence("began at"),
    "ended": sentence("ended at"),
    "sheet": sentence("Sheet"),
}


@dataclass(frozen=True)
class Aloud:
    """Words in large letters, to be read aloud."""

    kind: ClassVar[str] = "aloud"
    title: str
    hint: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Doors:
    """The streets of a sector and their doors in the order of the walk: (street, doors)."""

    kind: ClassVar[str] = "doors"
    title: str
    streets: Sequence[tuple[str, Sequence[str]]]

    @property
    def count(self) -> int:
        return sum(len(numbers) for _street, numbers in self.streets)


@dataclass(frozen=True)
class Rows:
    """A table; whoever reads it ticks each row, and signs at `by` if it is work to be done. `columns`: (name, share)."""

    kind: ClassVar[str] = "rows"
    title: str
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[str]]
    by: str = ""


@dataclass(frozen=True)
class Texts:
    """Titles and the words under each."""

    kind: ClassVar[str] = "texts"
    title: str
    texts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Blank:
    """A poster to be written by hand: the fields with room under each."""

    kind: ClassVar[str] = "blank"
    title: str
    fields: Sequence[str]
    foot: str


Section = Aloud | Doors | Rows | Texts | Blank


@dataclass(frozen=True)
class Kit:
    """`sheets` are lines of the cover: what to print or take, and how many; `mark` stands on every sheet."""

    issuer: str
    number: str
    title: str
    what: str
    facts: Sequence[str]
    sheets: Sequence[tuple[str, int]]
    sections: Sequence[Section]
    mark: str = ""
    language: str = "fr"
    style: Style = USUAL


async def print_kit(kit: Kit) -> bytes:
    """The cover and its sections as PDF/UA. Raises PressError."""
    data: dict[str, Any] = {
        "language": kit.language,
        "issuer": kit.issuer,
        "number": kit.number,
        "title": kit.title,
        "what": kit.what,
        "facts": [words for words in kit.facts if words],
        "sheets": kit.sheets,
        "sections": [{"kind": one.kind, **asdict(one)} for one in kit.sections],
        "mark": kit.mark,
        "words": {name: translate(words, kit.language) for name, words in _WORDS.items()},
    }
    return (await process.compile_sheet(Sheet("kit", data, style=kit.style, seconds=60))).pdf
