"""How much there is: bytes of a rendering, words of a document, minutes to read it."""

import math
from collections.abc import Iterator

from server.content.document import Block, Document, Heading, Image, Inline, Paragraph, Table, plain, walk

# A mail's HTML and text together (DESIGN.md, eco-design).
MAX_MAIL_BYTES = 60_000
# Silent reading, for people who do not hurry.
WORDS_PER_MINUTE = 200


def byte_weight(*renderings: str | bytes) -> int:
    """The bytes these renderings take together, text counted in UTF-8."""
    return sum(len(text.encode()) if isinstance(text, str) else len(text) for text in renderings)


def word_count(document: Document) -> int:
    """Words as a person counts them: signs that stand alone (« ? –) are none."""
    return sum(words_in(text) for block in walk(document.blocks) for text in _texts(block))


def words_in(text: str) -> int:
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


def reading_minutes(document: Document, words_per_minute: int = WORDS_PER_MINUTE) -> int:
    """Whole minutes to read the document; 0 only for an empty one."""
    return math.ceil(word_count(document) / words_per_minute)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading(children=run) | Paragraph(children=run):
            yield plain(run)
        case Table(header=header, rows=rows):
            yield from (plain(cell) for cell in _cells(header, rows))
        case Image(caption=caption):
            yield caption


def _cells(
    header: tuple[tuple[Inline, ...], ...], rows: tuple[tuple[tuple[Inline, ...], ...], ...]
) -> Iterator[tuple[Inline, ...]]:
    for row in (header, *rows):
        yield from row
