"""Document → what somebody reads aloud on the telephone: whole sentences, no addresses, and how long it takes."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from server.content.document import (
    Block,
    Document,
    Emphasis,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    ListBlock,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
)

WORDS_PER_MINUTE = 150


@dataclass(frozen=True, slots=True)
class Speech:
    """`sentences` in the order they are read; `seconds` at the pace of a calm voice."""

    sentences: tuple[str, ...]
    seconds: int


# A full stop ends a sentence when a capital follows; after an abbreviation or an initial it does not.
_SPACE = r"[ \u00a0\u202f]"
_END = re.compile(rf"(?<=[.!?…]){_SPACE}+(?=[«“\"(]?{_SPACE}?[A-ZÀ-Þ0-9])")
# Upper case matters: "M." is a man, "20 m." ends a sentence.
_ABBREVIATION = re.compile(r"(?:\b(?:MM|Mme|Mlle|Dr|Pr|St|Ste|art|tél|bd|av|Mr|Mrs|Ms|No)|\b[A-Zp])\.$")
_HOST = re.compile(r"https?://(?:www\.)?([^/?#]+)", re.IGNORECASE)


def to_speech(document: Document, words_per_minute: int = WORDS_PER_MINUTE) -> Speech:
    """The sentences of a document to be read aloud, and the seconds that takes."""
    sentences = tuple(sentence for words in _said(document.blocks) for sentence in _sentences(words))
    words = sum(len(sentence.split()) for sentence in sentences)
    return Speech(sentences, math.ceil(words * 60 / words_per_minute))


def _said(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(children=run) | Paragraph(children=run):
                yield _aloud(run)
            case ListBlock(items=items):
                for item in items:
                    yield from _said(item)
            case Quote(children=quoted):
                yield from _said(quoted)
            case Table():
                yield from _rows(block)
            case Image(caption=caption):
                yield caption


def _rows(table: Table) -> Iterator[str]:
    """A row is one sentence: the name of each column before its value."""
    for row in table.rows:
        pairs = zip(table.header, row, strict=True)
        yield ", ".join(f"{_aloud(name)} {_aloud(value)}".strip() for name, value in pairs if _aloud(value))


def _aloud(run: tuple[Inline, ...]) -> str:
    return "".join(_spoken(inline) for inline in run).strip()


def _spoken(inline: Inline) -> str:
    match inline:
        case Text(text=text):
            return text
        case Strong(children=children) | Emphasis(children=children):
            return "".join(_spoken(child) for child in children)
        case Link(children=children):
            words = "".join(_spoken(child) for child in children)
            address = _HOST.match(words)
            return address.group(1) if address else words
        case LineBreak():
            return ", "


def _sentences(words: str) -> Iterator[str]:
    """The sentences in a run of words; what ends without a stop gets one, so that the voice falls."""
    pending = ""
    for part in _END.split(words.strip()):
        pending = f"{pending} {part}".strip()
        if pending and not _ABBREVIATION.search(pending[-8:]):
            yield _ended(pending)
            pending = ""
    if pending:
        yield _ended(pending)


def _ended(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…", ":", ";", "»")) else f"{words}."
