"""Inline tokens of the Markdown parser → runs of inlines, cut where a picture stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from server.content.cleaning import clean_line
from server.content.document import Emphasis, Image, Inline, LineBreak, Link, Strong, Text
from server.content.links import safe_href, with_links

Run = tuple[Inline, ...]


@dataclass(slots=True)
class _Mark:
    """An open mark: its kind, where it links to, what it holds so far."""

    kind: str
    href: str | None = None
    children: list[Inline] = field(default_factory=list)


class _Reader:
    """One pass over the tokens. Open marks are a stack here, so that depth costs no recursion."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.pieces: list[Run | Image] = []
        self.marks = [_Mark("run")]
        self.opened: list[bool] = []
        self.waiting: list[Image] = []

    def read(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            match token.type:
                case "strong_open" | "em_open":
                    self.open(_Mark(token.type), wanted=True)
                case "link_open":
                    href = safe_href(str(token.attrGet("href") or ""))
                    self.open(_Mark(token.type, href), wanted=href is not None)
                case "strong_close" | "em_close" | "link_close":
                    self.close()
                case "hardbreak":
                    self.marks[-1].children.append(LineBreak())
                case "softbreak":
                    self.marks[-1].children.append(Text(" "))
                case "image":
                    self.take_picture(token)
                case _:
                    self.marks[-1].children.append(Text(clean_line(token.content)))
        self.cut()

    def open(self, mark: _Mark, *, wanted: bool) -> None:
        """A mark inside its own kind says nothing more and is left out: so marks never nest deeper than three."""
        wanted = wanted and mark.kind not in {outer.kind for outer in self.marks}
        self.opened.append(wanted)
        if wanted:
            self.marks.append(mark)

    def close(self) -> None:
        if not self.opened.pop():
            return
        mark = self.marks.pop()
        children = _joined(mark.children)
        if mark.href is not None:
            self.marks[-1].children.append(Link(mark.href, children))
        elif children:
            self.marks[-1].children.append(Strong(children) if mark.kind == "strong_open" else Emphasis(children))

    def take_picture(self, token: Token) -> None:
        # its own words, read like any others: an escaped bracket is a bracket
        inside = (" " if inner.type.endswith("break") else inner.content for inner in token.children or ())
        alternative = clean_line("".join(inside)).strip()
        caption = clean_line(str(token.attrGet("title") or "")).strip()
        picture = Image(clean_line(str(token.attrGet("src") or "")).strip(), alternative, caption, self.line)
        self.waiting.append(picture)
        if len(self.marks) == 1:
            self.cut()
        elif any(mark.kind == "link_open" for mark in self.marks):
            # the picture leaves the link to become a block: its words keep the link clickable
            self.marks[-1].children.append(Text(alternative))

    def cut(self) -> None:
        """End the running piece; pictures met inside its marks follow it."""
        run = _stripped(_joined(_linked(self.marks[0].children)))
        if run:
            self.pieces.append(run)
        self.pieces.extend(self.waiting)
        self.waiting = []
        self.marks[0].children = []


def read_pieces(tokens: Sequence[Token], line: int) -> list[Run | Image]:
    """Runs of words and pictures in reading order."""
    reader = _Reader(line)
    reader.read(tokens)
    return reader.pieces


def read_run(tokens: Sequence[Token], line: int) -> tuple[Run, list[Image]]:
    """One run of words for a place that holds no picture (heading, cell), and the pictures taken out of it."""
    words: list[Inline] = []
    pictures: list[Image] = []
    for piece in read_pieces(tokens, line):
        if isinstance(piece, Image):
            pictures.append(piece)
        else:
            words.extend([Text(" "), *piece] if words else piece)
    return _joined(words), pictures


def _joined(inlines: Iterable[Inline]) -> Run:
    """Neighbouring texts as one, so that typography and addresses see whole words."""
    joined: list[Inline] = []
    pending: list[str] = []
    for inline in inlines:
        if isinstance(inline, Text):
            pending.append(inline.text)
            continue
        if words := "".join(pending):
            joined.append(Text(words))
        pending = []
        joined.append(inline)
    if words := "".join(pending):
        joined.append(Text(words))
    return tuple(joined)


def _linked(inlines: Iterable[Inline]) -> Run:
    """Bare addresses made into links, outside links."""
    linked: list[Inline] = []
    for inline in _joined(inlines):
        match inline:
            case Text(text=text):
                linked.extend(with_links(text))
            case Strong(children=children):
                linked.append(Strong(_linked(children)))
            case Emphasis(children=children):
                linked.append(Emphasis(_linked(children)))
            case _:
                linked.append(inline)
    return tuple(linked)


def _stripped(run: Run) -> Run:
    """The run without space at its ends; nothing when only space is left."""
    first, last = 0, len(run)
    while first < last and _is_blank(run[first]):
        first += 1
    while last > first and _is_blank(run[last - 1]):
        last -= 1
    words = list(run[first:last])
    if words and isinstance(words[0], Text):
        words[0] = Text(words[0].text.lstrip(" "))
    if words and isinstance(words[-1], Text):
        words[-1] = Text(words[-1].text.rstrip(" "))
    return tuple(words)


def _is_blank(inline: Inline) -> bool:
    return isinstance(inline, LineBreak) or (isinstance(inline, Text) and not inline.text.strip(" "))
