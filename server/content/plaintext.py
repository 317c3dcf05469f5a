"""Document → plain text for a mail's text part: set by hand, as a letter would be, not HTML with its tags taken out."""

import textwrap
from typing import assert_never

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
from server.content.pictures import words_instead

WIDTH = 72

# Nested lists and quotes get narrower, never narrower than this.
_NARROWEST = 24
_UNDERLINES = {2: "=", 3: "-"}
_GAP = "  "


def to_plain_text(document: Document, width: int = WIDTH) -> str:
    """The document as lines of at most `width` characters (an address is never broken), ending with a line end."""
    text = "\n\n".join(_blocks(document.blocks, width))
    return f"{text}\n" if text else ""


def in_line(inlines: tuple[Inline, ...]) -> str:
    """A run of inlines as plain text. Marks are dropped, addresses follow their words: `words <address>`."""
    return "".join(_inline(inline) for inline in inlines)


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text=text):
            return text
        case Strong(children=children) | Emphasis(children=children):
            return in_line(children)
        case Link(href=href, children=children):
            return _link(href, in_line(children).strip())
        case LineBreak():
            return "\n"
        case _:
            assert_never(inline)


def _link(href: str, words: str) -> str:
    """The words and the address, said once when they are the same."""
    shown = href.removeprefix("mailto:").removeprefix("tel:")
    if not words:
        return shown
    said = {words, f"https://{words}", f"http://{words}"}
    if said & {href, shown, href.rstrip("/")} or (
        href.startswith("tel:") and _last_digits(words) == _last_digits(href)
    ):
        return words
    return f"{words} <{shown}>"


def _last_digits(number: str) -> str:
    """What two ways of writing one telephone number share, with or without the country."""
    return "".join(sign for sign in number if sign.isdigit())[-9:]


def _blocks(blocks: tuple[Block, ...], width: int) -> list[str]:
    return [text for block in blocks if (text := _block(block, max(width, _NARROWEST)))]


def _block(block: Block, width: int) -> str:  # noqa: PLR0911  one answer per kind of block
    match block:
        case Heading(level=level, children=run):
            return _heading(in_line(run), _UNDERLINES.get(level), width)
        case Paragraph(children=run):
            return _wrapped(in_line(run), width)
        case ListBlock():
            return _list_block(block, width)
        case Quote(children=blocks):
            quoted = "\n\n".join(_blocks(blocks, width - 2))
            return "\n".join(f"> {line}".rstrip() for line in quoted.split("\n"))
        case Table():
            return _table(block, width)
        case Image():
            return _wrapped(words_instead(block), width)
        case Rule():
            return "* * *".center(width).rstrip()
        case _:
            assert_never(block)


def _wrapped(text: str, width: int) -> str:
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )


def _heading(words: str, underline: str | None, width: int) -> str:
    wrapped = _wrapped(words, width)
    longest = max(len(line) for line in wrapped.split("\n"))
    return f"{wrapped}\n{underline * min(longest, width)}" if underline else wrapped


def _list_block(block: ListBlock, width: int) -> str:
    last = block.start + len(block.items) - 1
    markers = [f"{number}." for number in range(block.start, last + 1)] if block.ordered else ["-"] * len(block.items)
    margin = max((len(marker) for marker in markers), default=1) + 1
    items = []
    for marker, item in zip(markers, block.items, strict=True):
        parts = _blocks(item, width - margin)
        # a nested list follows its item's words at once
        text = textwrap.indent(_joined_item(item, parts), " " * margin)
        items.append(marker.ljust(margin) + text[margin:] if text else marker)
    return "\n".join(items)


def _joined_item(item: tuple[Block, ...], parts: list[str]) -> str:
    is_short = sum(isinstance(block, Paragraph) for block in item) <= 1
    return ("\n" if is_short else "\n\n").join(parts)


def _table(table: Table, width: int) -> str:
    """Columns side by side if they fit, else one small list per row, each value after the name of its column."""
    header = [_cell(cell) for cell in table.header]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        return "\n\n".join(_row_as_list(header, row, width) for row in rows or [[""] * len(header)])
    rule = _GAP.join("-" * column for column in widths)
    lines = [_aligned(row, widths, table.alignments) for row in (header, *rows)]
    return "\n".join([lines[0], rule, *lines[1:]])


def _cell(cell: tuple[Inline, ...]) -> str:
    return in_line(cell).replace("\n", " ")


def _aligned(row: list[str], widths: list[int], alignments: tuple[str, ...]) -> str:
    cells = []
    for cell, width, alignment in zip(row, widths, alignments, strict=True):
        match alignment:
            case "right":
                cells.append(cell.rjust(width))
            case "center":
                cells.append(cell.center(width))
            case _:
                cells.append(cell.ljust(width))
    return _GAP.join(cells).rstrip()


def _row_as_list(header: list[str], row: list[str], width: int) -> str:
    lines = [f"{name} – {value}" if name and value else name or value for name, value in zip(header, row, strict=True)]
    return "\n".join(
        textwrap.fill(line, width, subsequent_indent=_GAP, break_long_words=False, break_on_hyphens=False)
        for line in lines
        if line
    )
