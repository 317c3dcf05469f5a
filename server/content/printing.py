"""Document → print data: plain JSON that the Typst templates walk. Words stay data, they never become Typst source.

`to_print(document, picture=…)` gives a list of blocks. A block is an object with a "kind":

    {"kind": "heading",   "level": 2 | 3 | 4, "children": [inline, …]}
    {"kind": "paragraph", "children": [inline, …]}
    {"kind": "list",      "ordered": bool, "start": int, "items": [[block, …], …]}
    {"kind": "quote",     "children": [block, …]}
    {"kind": "table",     "header": [cell, …], "rows": [[cell, …], …], "alignments": ["left" | "center" | "right", …]}
                          a cell is [inline, …]; header, each row and alignments have the same length
    {"kind": "image",     "file": str | null, "alternative": str, "caption": str, "width": int | null,
                          "height": int | null}
                          `file` is what the lookup answered; null = print the alternative text in its place
    {"kind": "rule"}

An inline is an object with a "kind":

    {"kind": "text",     "text": str}
    {"kind": "strong",   "children": [inline, …]}
    {"kind": "emphasis", "children": [inline, …]}
    {"kind": "link",     "href": "http…" | "mailto:…" | "tel:…", "children": [inline, …]}
    {"kind": "break"}

Every key is always there. Marks nest at most three deep (strong, emphasis, link), blocks at most `markdown.MAX_DEPTH`.
"""

from typing import Any, assert_never

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
from server.content.pictures import PictureLookup, no_picture

PrintNode = dict[str, Any]


def to_print(document: Document, picture: PictureLookup = no_picture) -> list[PrintNode]:
    """The blocks of a document as JSON-able data, in the shape told at the top of this module."""
    return [_block(block, picture) for block in document.blocks]


def inlines_to_print(inlines: tuple[Inline, ...]) -> list[PrintNode]:
    """A run of inlines as JSON-able data: for a title or a fact that is set outside the body."""
    return [_inline(inline) for inline in inlines]


def _block(block: Block, picture: PictureLookup) -> PrintNode:  # noqa: PLR0911  one answer per kind of block
    match block:
        case Heading(level=level, children=children):
            return {"kind": "heading", "level": level, "children": inlines_to_print(children)}
        case Paragraph(children=children):
            return {"kind": "paragraph", "children": inlines_to_print(children)}
        case ListBlock(ordered=ordered, items=items, start=start):
            printed = [[_block(inner, picture) for inner in item] for item in items]
            return {"kind": "list", "ordered": ordered, "start": start, "items": printed}
        case Quote(children=blocks):
            return {"kind": "quote", "children": [_block(inner, picture) for inner in blocks]}
        case Table():
            return _table(block)
        case Image():
            return _image(block, picture)
        case Rule():
            return {"kind": "rule"}
        case _:
            assert_never(block)


def _table(table: Table) -> PrintNode:
    return {
        "kind": "table",
        "header": [inlines_to_print(cell) for cell in table.header],
        "rows": [[inlines_to_print(cell) for cell in row] for row in table.rows],
        "alignments": list(table.alignments),
    }


def _image(image: Image, picture: PictureLookup) -> PrintNode:
    view = picture(image.source)
    return {
        "kind": "image",
        "file": view.address if view else None,
        "alternative": image.alternative,
        "caption": image.caption,
        "width": view.width if view else None,
        "height": view.height if view else None,
    }


def _inline(inline: Inline) -> PrintNode:
    match inline:
        case Text(text=text):
            return {"kind": "text", "text": text}
        case Strong(children=children):
            return {"kind": "strong", "children": inlines_to_print(children)}
        case Emphasis(children=children):
            return {"kind": "emphasis", "children": inlines_to_print(children)}
        case Link(href=href, children=children):
            return {"kind": "link", "href": href, "children": inlines_to_print(children)}
        case LineBreak():
            return {"kind": "break"}
        case _:
            assert_never(inline)
