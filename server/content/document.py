"""The Document: a text's content without any layout. Every renderer walks it; nothing else carries an author's words."""

from collections.abc import Iterator
from dataclasses import dataclass

# --- inline -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    children: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    children: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Link:
    """`href` is http(s), mailto or tel: the parser turns any other scheme into plain text."""

    href: str
    children: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class LineBreak:
    pass


Inline = Text | Strong | Emphasis | Link | LineBreak

# --- blocks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 2 to 4: the title of the notice is the only level 1."""

    level: int
    children: tuple[Inline, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    children: tuple[Inline, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class ListBlock:
    """`items` are tuples of blocks; `start` is the first number of an ordered list."""

    ordered: bool
    items: tuple[tuple["Block", ...], ...]
    start: int = 1
    line: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    children: tuple["Block", ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each cell a run of inlines. `alignments` has one of left, center, right per column."""

    header: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    alignments: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """`source` as written: `picture:<id>` is a picture of ours, anything else is refused by the linter."""

    source: str
    alternative: str
    caption: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    line: int = 0


Block = Heading | Paragraph | ListBlock | Quote | Table | Image | Rule


@dataclass(frozen=True, slots=True)
class Document:
    blocks: tuple[Block, ...]


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Every block, in reading order, containers before what they hold."""
    for block in blocks:
        yield block
        match block:
            case ListBlock(items=items):
                for item in items:
                    yield from walk(item)
            case Quote(children=children):
                yield from walk(children)


def plain(inlines: tuple[Inline, ...]) -> str:
    """The words of a run of inlines, without marks."""
    return "".join(_plain(inline) for inline in inlines)


def _plain(inline: Inline) -> str:
    match inline:
        case Text(text=text):
            return text
        case LineBreak():
            return "\n"
        case Strong(children=children) | Emphasis(children=children) | Link(children=children):
            return plain(children)
