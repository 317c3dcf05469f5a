"""Typography of an author's words: no-break spaces, apostrophes, quotes, ellipses. Addresses stay as they are."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

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
    Rule,
    Strong,
    Table,
    Text,
)
from server.content.typography_rules import NBSP, RULES, THIN, TypographicRule

__all__ = ["NBSP", "THIN", "set_typography", "typeset"]

_ADDRESS = re.compile(r"(?<!\w)(?:https?://|www\.)\S+|(?<!\S)\S{1,200}@\S+", re.IGNORECASE)

# What stands before a piece of text is enough context with these many characters.
_CONTEXT = 12


@lru_cache(maxsize=4096)  # the same titles stand on page after page
def typeset(text: str, language: str) -> str:
    """One line of words (a title, a fact) with the typography of its language; unknown languages stay as typed."""
    return _Setter(language).set_text(text)


def set_typography(document: Document, language: str) -> Document:
    """The document with the typography of its language, in its words, captions and alternative texts."""
    return Document(tuple(_block(block, language) for block in document.blocks))


def _block(block: Block, language: str) -> Block:
    match block:
        case Heading(children=run) | Paragraph(children=run):
            return replace(block, children=_run(run, language))
        case ListBlock(items=items):
            return replace(block, items=tuple(tuple(_block(inner, language) for inner in item) for item in items))
        case Quote(children=blocks):
            return replace(block, children=tuple(_block(inner, language) for inner in blocks))
        case Table(header=header, rows=rows):
            set_rows = tuple(tuple(_run(cell, language) for cell in row) for row in rows)
            return replace(block, header=tuple(_run(cell, language) for cell in header), rows=set_rows)
        case Image(alternative=alternative, caption=caption):
            return replace(block, alternative=typeset(alternative, language), caption=typeset(caption, language))
        case Rule():
            return block


def _run(run: Iterable[Inline], language: str) -> tuple[Inline, ...]:
    setter = _Setter(language)
    return tuple(setter.set_inline(inline) for inline in run)


class _Setter:
    """Sets the pieces of one run in order: a quote that opens in bold is closed knowing what stood before it."""

    def __init__(self, language: str) -> None:
        self.rules: tuple[TypographicRule, ...] = RULES.get(language[:2], ())
        self.before = ""

    def set_inline(self, inline: Inline) -> Inline:
        match inline:
            case Text(text=text):
                return Text(self.set_text(text))
            case Strong(children=children) | Emphasis(children=children) | Link(children=children):
                return replace(inline, children=tuple(self.set_inline(child) for child in children))
            case LineBreak():
                self.before = "\n"
                return inline

    def set_text(self, text: str) -> str:
        pieces: list[str] = []
        done = 0
        for address in _ADDRESS.finditer(text):
            pieces += [self.set_words(text[done : address.start()]), self.keep(address.group())]
            done = address.end()
        return "".join([*pieces, self.set_words(text[done:])])

    def keep(self, words: str) -> str:
        self.before = (self.before + words)[-_CONTEXT:]
        return words

    def set_words(self, words: str) -> str:
        for pattern, replacement in self.rules:
            words = self.apply(pattern, replacement, words) if words else words
        return self.keep(words)

    def apply(self, pattern: re.Pattern[str], replacement: object, words: str) -> str:
        """`pattern.sub` in the words alone, while look-behind sees what stands before them."""
        whole = self.before + words
        pieces: list[str] = []
        done = len(self.before)
        for found in pattern.finditer(whole, done):
            new = replacement(found) if callable(replacement) else found.expand(str(replacement))
            pieces += [whole[done : found.start()], new]
            done = found.end()
        return "".join([*pieces, whole[done:]])
