"""Markdown, the subset an author needs → Document. Bounded: what would take long is refused before it is read."""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from server.content.cleaning import clean
from server.content.document import Block, Document, Heading, Image, ListBlock, Paragraph, Quote, Rule, Table
from server.content.inlines import Run, read_pieces, read_run
from server.core.errors import Invalid
from server.core.i18n import sentence

MAX_BODY = 50_000
MAX_LINES = 2_000
MAX_BRACKETS = 2_000
MAX_MARKS = 10_000
MAX_COLUMNS = 12
MAX_DEPTH = 6

# A list is two levels to the parser. It silently drops what is deeper than its own limit, so that limit must lie above
# ours: whatever it would drop is refused by `_Blocks.enter` first.
_PARSER_NESTING = 2 * MAX_DEPTH + 4
_RULES = ["heading", "hr", "list", "blockquote", "table"]
_INLINE_RULES = ["autolink", "emphasis", "entity", "escape", "image", "link", "newline"]


class TooLong(Invalid):
    """More text than a notice can carry."""

    code = "too_long"


class TooDeep(Invalid):
    """Lists, quotes, brackets or marks inside each other without end."""

    code = "too_deep"


class TooWide(Invalid):
    """A table that no page can hold."""

    code = "too_wide"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": _PARSER_NESTING, "html": False})
    parser.enable([*_RULES, *_INLINE_RULES, "balance_pairs", "fragments_join"])
    parser.validateLink = _every_address  # type: ignore[method-assign]
    return parser


def _every_address(url: str) -> bool:
    """Addresses are judged by links.safe_href, which leaves the words of a refused one; the parser would not."""
    return True


_MARKDOWN = _parser()


def parse(text: str, field: str = "body") -> Document:
    """Read an author's text. `field` names the form's field in a refusal."""
    text = clean(text)
    if refusal := _refusal(text, field):
        raise refusal
    blocks = _Blocks(_MARKDOWN.parse(text), field)
    return Document(blocks.read_until(None))


def _refusal(text: str, field: str) -> Invalid | None:
    """Why this text is not read at all: each limit bounds one way of making the parser work for long."""
    if len(text) > MAX_BODY:
        words = sentence("This text has {count} characters; at most {limit} fit.", count=len(text), limit=MAX_BODY)
        return TooLong({field: words})
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        words = sentence("This text has {count} lines; at most {limit} fit.", count=len(lines), limit=MAX_LINES)
        return TooLong({field: words})
    if text.count("[") > MAX_BRACKETS:
        words = sentence("This text has too many square brackets; at most {limit} fit.", limit=MAX_BRACKETS)
        return TooDeep({field: words})
    if text.count("*") + text.count("_") > MAX_MARKS:
        words = sentence("This text has too many stars and underscores; at most {limit} fit.", limit=MAX_MARKS)
        return TooDeep({field: words})
    for number, line in enumerate(lines, start=1):
        if line.count("|") > MAX_COLUMNS + 1:
            words = sentence(
                "The table on line {line} is too wide; at most {limit} columns fit.", line=number, limit=MAX_COLUMNS
            )
            return TooWide({field: words})
    return None


class _Blocks:
    """Reads the parser's flat tokens into nested blocks."""

    def __init__(self, tokens: Sequence[Token], field: str) -> None:
        self.tokens: Iterator[Token] = iter(tokens)
        self.field = field
        self.depth = 0

    def read_until(self, closing: str | None) -> tuple[Block, ...]:
        blocks: list[Block] = []
        for token in self.tokens:
            if token.type == closing:
                break
            blocks.extend(self.read_block(token))
        return tuple(blocks)

    def read_block(self, token: Token) -> list[Block]:  # noqa: PLR0911  one answer per kind of block
        line = _line(token)
        match token.type:
            case "heading_open":
                return self.read_heading(min(4, max(2, int(token.tag[1:]))), line)
            case "paragraph_open":
                pieces = read_pieces(self.inline(), line)
                return [piece if isinstance(piece, Image) else Paragraph(piece, line) for piece in pieces]
            case "bullet_list_open" | "ordered_list_open":
                return [self.read_list(token)]
            case "blockquote_open":
                self.enter(line)
                children = self.read_until("blockquote_close")
                self.depth -= 1
                return [Quote(children, line)]
            case "table_open":
                return self.read_table(line)
            case "hr":
                return [Rule(line)]
        return []

    def inline(self) -> Sequence[Token]:
        """The inline tokens that follow an opening token; the closing one says nothing and is skipped later."""
        return next(self.tokens).children or ()

    def enter(self, line: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            words = sentence(
                "Line {line}: lists and quotes are nested too deep; at most {limit} levels fit.",
                line=line,
                limit=MAX_DEPTH,
            )
            raise TooDeep({self.field: words})

    def read_heading(self, level: int, line: int) -> list[Block]:
        words, pictures = read_run(self.inline(), line)
        return [*([Heading(level, words, line)] if words else []), *pictures]

    def read_list(self, token: Token) -> ListBlock:
        line = _line(token)
        self.enter(line)
        items: list[tuple[Block, ...]] = []
        for inner in self.tokens:
            if inner.type == "list_item_open":
                items.append(self.read_until("list_item_close"))
            else:
                break
        self.depth -= 1
        start = token.attrGet("start")
        return ListBlock(token.type == "ordered_list_open", tuple(items), 1 if start is None else int(start), line)

    def read_table(self, line: int) -> list[Block]:
        rows: list[list[Run]] = []
        alignments: list[str] = []
        pictures: list[Image] = []
        for token in self.tokens:
            match token.type:
                case "tr_open":
                    rows.append([])
                case "th_open" | "td_open":
                    words, found = read_run(self.inline(), line)
                    rows[-1].append(words)
                    pictures.extend(found)
                    if token.type == "th_open":
                        alignments.append(str(token.attrGet("style") or "text-align:left").partition(":")[2])
                case "table_close":
                    break
        header, *body = rows
        return [Table(tuple(header), tuple(tuple(row) for row in body), tuple(alignments), line), *pictures]


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
