"""Why a sheet was not printed: a code for programs, a sentence for people, the product and the place in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from server.core.errors import Refusal, Unavailable
from server.core.i18n import Message, sentence, sentences


class PressError(Refusal):
    """Nothing was printed. `place` is the part of the sheet to look at: title, facts, body, contact …"""

    code = "press_failed"
    item = ""
    """Which of several things on the sheets it is about, in words: see `naming`."""

    def __init__(self, message: Message, product: str, place: str = "") -> None:
        super().__init__(message)
        self.product = product
        self.place = place


@contextmanager
def naming(item: str) -> Iterator[None]:
    """Whatever goes wrong inside is about `item`: "Notice 2026-087", "12 rue du Lavoir"."""
    try:
        yield
    except PressError as error:
        error.item = error.item or item
        raise


class Overflow(PressError):
    """Set as small as can be read from where people stand, it is still too long."""

    code = "sheet_overflow"

    def __init__(self, product: str, place: str, by_mm: float, words: int, words_limit: int) -> None:
        self.by_mm = by_mm
        self.words = words
        self.words_limit = words_limit
        self.words_too_many = max(1, words - words_limit)
        super().__init__(
            sentences(
                "The text is {count} word too long for this sheet.",
                "The text is {count} words too long for this sheet.",
                count=self.words_too_many,
            ),
            product,
            place,
        )


class TitleTooLong(PressError):
    """Even without its text, the sheet overflows: the title and the facts take all the room."""

    code = "title_overflow"

    def __init__(self, product: str, place: str, by_mm: float) -> None:
        self.by_mm = by_mm
        super().__init__(sentence("The title and the facts alone are too long for this sheet."), product, place)


class LinesTooMany(PressError):
    """A slip is small: what is too long is told in its own lines."""

    code = "too_many_lines"

    def __init__(self, product: str, place: str, lines: int) -> None:
        self.lines = lines
        super().__init__(sentences("{count} line too long.", "{count} lines too long.", count=lines), product, place)


class SheetTooSmall(PressError):
    """The law wants it larger: what announces a public inquiry is at least A2 (arrêté du 9 septembre 2021)."""

    code = "sheet_too_small"

    def __init__(self, product: str, needed: str) -> None:
        self.needed = needed
        super().__init__(sentence("This must be posted on {format} at least.", format=needed.upper()), product)


class WordTooLong(PressError):
    """A word wider than its column: words are not divided on a poster, and nothing is cut."""

    code = "word_too_long"

    def __init__(self, product: str, place: str, word: str, about: str = "") -> None:
        self.word = word
        shown = word if len(word) <= 40 else word[:39] + "…"
        said = sentence("“{word}” is wider than its column.", word=shown)
        if about:
            said = sentence("In “{about}”, “{word}” is wider than its column.", about=about, word=shown)
        super().__init__(said, product, place)


class MissingGlyph(PressError):
    """None of the fonts shipped can draw these characters: a box would be printed in their place."""

    code = "missing_glyph"

    def __init__(self, product: str, characters: str) -> None:
        self.characters = characters
        named = ", ".join(f"{c} (U+{ord(c):04X})" if c.isprintable() else f"U+{ord(c):04X}" for c in characters[:10])
        super().__init__(
            sentences(
                "This character cannot be printed: {named}.",
                "These characters cannot be printed: {named}.",
                count=len(characters),
                named=named,
            ),
            product,
        )


class NothingToPrint(PressError):
    """A sheet without a title cannot be found by those who listen to it."""

    code = "nothing_to_print"

    def __init__(self, product: str, place: str) -> None:
        super().__init__(sentence("Write a title first."), product, place)


class BadPicture(PressError):
    """The press prints JPEG and PNG, as the server re-encodes them."""

    code = "bad_picture"

    def __init__(self, product: str, name: str = "") -> None:
        self.name = name
        super().__init__(
            sentence("A picture cannot be printed: it is damaged, too large, or neither JPEG nor PNG."),
            product,
            "pictures",
        )


class TooSlow(PressError, Unavailable):
    """The time limit was reached; the typesetter was stopped and the next job has a new one."""

    code = "press_too_slow"

    def __init__(self, product: str, seconds: float) -> None:
        super().__init__(sentence("Setting this sheet took more than {seconds} s.", seconds=round(seconds)), product)


class TypesetterDied(PressError, Unavailable):
    """The typesetter crashed or met its memory limit; the next job has a new one."""

    code = "typesetter_died"

    def __init__(self, product: str, status: int | None) -> None:
        self.status = status
        super().__init__(sentence("The typesetter stopped while setting this sheet."), product)


class TemplateBroken(PressError, Unavailable):
    """The designer's error, not the author's: `diagnostic` shows the line of the template."""

    code = "template_broken"

    def __init__(self, product: str, diagnostic: str) -> None:
        self.diagnostic = diagnostic
        super().__init__(sentence("The template of this sheet has an error."), product)


AUTHORS_TO_MEND = (
    BadPicture,
    LinesTooMany,
    MissingGlyph,
    NothingToPrint,
    Overflow,
    SheetTooSmall,
    TitleTooLong,
    WordTooLong,
)
"""What another text would cure; everything else is the press's own trouble."""


def refusal_from(product: str, report: Mapping[str, Any]) -> PressError:
    """The error that a typesetter's report tells of."""
    found: PressError
    match report:
        case {"code": "overflow", "place": place, "over": over, "words": words, "limit": limit}:
            found = Overflow(product, place, over, words, limit)
        case {"code": "title", "place": place, "over": over}:
            found = TitleTooLong(product, place, over)
        case {"code": "lines", "place": place, "lines": lines}:
            found = LinesTooMany(product, place, lines)
        case {"code": "word", "place": place, "word": word}:
            found = WordTooLong(product, place, word, str(report.get("about", "")))
        case {"code": "glyph", "characters": characters}:
            found = MissingGlyph(product, characters)
        case {"code": "picture"}:
            found = BadPicture(product)
        case _:
            found = TemplateBroken(product, str(report.get("diagnostic", report)))
    return found
