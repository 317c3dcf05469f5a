"""The one walk that makes HTML of a Document. What the web and a mail do differently is a Dress, not a second walk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from markupsafe import Markup, escape

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
    plain,
)
from server.content.pictures import PictureLookup, PictureView, words_instead

# Level 2 of a document stands under a title of level 1; inside a letter it stands one or two levels lower.
BASE_LEVEL = 2
LOWEST_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Dress:
    """`attributes` by element (or element and alignment, "td right") as they stand in the tag; and how a picture looks."""

    attributes: Mapping[str, str]
    show: Callable[[Image, PictureView], str]


class Walk:
    """Every word goes through `escape`, every tag is written here: nothing of an author's can become markup."""

    def __init__(self, dress: Dress, picture: PictureLookup, base_level: int) -> None:
        self.dress = dress
        self.picture = picture
        self.shift = base_level - BASE_LEVEL

    def document(self, document: Document) -> Markup:
        return Markup(self.blocks(document.blocks))  # noqa: S704  every word in it was escaped by this class

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        return "\n".join(self.block(block) for block in blocks)

    def tag(self, name: str, content: str, dressed_as: str = "", extra: str = "") -> str:
        attributes = self.dress.attributes.get(dressed_as or name, "")
        return f"<{name}{attributes}{extra}>{content}</{name}>"

    def block(self, block: Block) -> str:  # noqa: PLR0911  one answer per kind of block
        match block:
            case Heading(level=level, children=run):
                return self.tag(f"h{min(LOWEST_LEVEL, level + self.shift)}", self.run(run), f"h{level}")
            case Paragraph(children=run):
                return self.tag("p", self.run(run))
            case ListBlock():
                return self.list_block(block)
            case Quote(children=blocks):
                return self.tag("blockquote", self.blocks(blocks))
            case Table():
                return self.table(block)
            case Image():
                view = self.picture(block.source)
                return self.dress.show(block, view) if view else self.tag("p", escape(words_instead(block)))
            case Rule():
                return f"<hr{self.dress.attributes.get('hr', '')}>"
            case _:
                assert_never(block)

    def list_block(self, block: ListBlock, *, is_nested: bool = False) -> str:
        name = "ol" if block.ordered else "ul"
        dressed_as = f"{name} nested" if is_nested else name
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        is_tight = all(sum(isinstance(inner, Paragraph) for inner in item) <= 1 for item in block.items)
        items = "\n".join(self.tag("li", self.item(item, is_tight=is_tight)) for item in block.items)
        return self.tag(name, f"\n{items}\n", dressed_as, start)

    def item(self, blocks: tuple[Block, ...], *, is_tight: bool) -> str:
        """In a list of one-paragraph items the words stand in the item itself, as a reader expects."""
        return "\n".join(self.item_block(block, is_tight=is_tight) for block in blocks)

    def item_block(self, block: Block, *, is_tight: bool) -> str:
        if isinstance(block, ListBlock):
            return self.list_block(block, is_nested=True)
        return self.run(block.children) if is_tight and isinstance(block, Paragraph) else self.block(block)

    def table(self, table: Table) -> str:
        head = "".join(self.cells("th", table.header, table.alignments, ' scope="col"'))
        rows = [f"<tr>{''.join(self.cells('td', row, table.alignments))}</tr>" for row in table.rows]
        body = f"<tbody>\n{chr(10).join(rows)}\n</tbody>\n" if rows else ""
        return self.tag("table", f"\n<thead><tr>{head}</tr></thead>\n{body}")

    def cells(
        self, name: str, row: tuple[tuple[Inline, ...], ...], alignments: tuple[str, ...], extra: str = ""
    ) -> list[str]:
        return [
            self.tag(name, self.run(cell), f"{name} {alignment}", extra)
            for cell, alignment in zip(row, alignments, strict=True)
        ]

    def run(self, inlines: tuple[Inline, ...]) -> str:
        return "".join(self.inline(inline) for inline in inlines)

    def inline(self, inline: Inline) -> str:
        match inline:
            case Text(text=text):
                return escape(text)
            case Strong(children=children):
                return self.tag("strong", self.run(children))
            case Emphasis(children=children):
                return self.tag("em", self.run(children))
            case Link(href=href, children=children):
                # a link without words would be silent to a screen reader: its address speaks for it
                words = self.run(children) if plain(children).strip() else escape(href)
                return self.tag("a", words, extra=f' href="{escape(href)}"')
            case LineBreak():
                return "<br>\n"
            case _:
                assert_never(inline)
