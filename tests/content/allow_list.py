"""Reads HTML as a browser would and says what in it is not ours."""

from html.parser import HTMLParser

WEB = {
    "h2": set[str](), "h3": set[str](), "h4": set[str](), "p": set[str](), "ul": set[str](), "ol": {"start"},
    "li": set[str](), "blockquote": set[str](), "table": set[str](), "thead": set[str](), "tbody": set[str](),
    "tr": set[str](), "th": {"class", "scope"}, "td": {"class"}, "a": {"href"}, "strong": set[str](),
    "em": set[str](), "br": set[str](), "hr": set[str](), "figure": set[str](), "figcaption": set[str](),
    "img": {"src", "alt", "width", "height", "loading"},
}  # fmt: skip
MAIL = {element: (attributes - {"class", "loading"}) | {"style"} for element, attributes in WEB.items()}
MAIL.pop("figure")
MAIL.pop("figcaption")

CLASSES = {"align-center", "align-right"}
VOID = {"br", "hr", "img"}


class Inspector(HTMLParser):
    """Collects what is not allowed, the words, and whether every element is closed in order."""

    def __init__(self, allowed: dict[str, set[str]], styles: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.allowed = allowed
        self.styles = styles
        self.strangers: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.allowed:
            self.strangers.append(tag)
            return
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name not in self.allowed[tag] or not self.is_ours(name, value or ""):
                self.strangers.append(f"{tag} {name}={value}")

    def is_ours(self, name: str, value: str) -> bool:
        good = {
            "href": value.startswith(("http://", "https://", "mailto:", "tel:")),
            "src": value.startswith(("/pictures/", "cid:")),
            "class": value in CLASSES,
            "style": value in self.styles,
            "scope": value == "col",
            "loading": value == "lazy",
            "alt": True,
        }
        return good.get(name, value.isdigit())

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.strangers.append(f"</{tag}> out of order")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.strangers.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.strangers.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.strangers.append(f"<?{data}>")


def inspect(html: str, allowed: dict[str, set[str]], styles: frozenset[str] = frozenset()) -> Inspector:
    inspector = Inspector(allowed, styles)
    inspector.feed(html)
    inspector.close()
    inspector.strangers += [f"<{tag}> never closed" for tag in inspector.open]
    return inspector
