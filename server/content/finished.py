"""What a finished mail's HTML would tell somebody: trackers in it, and anything a reader would fetch at all."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from server.content.trackers import Tracker, TrackerKind, find_picture_tracker, find_tracker

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A place in the HTML: the element, the address in it, what was found, the line."""

    element: str
    address: str
    tracker: Tracker
    line: int


# Attributes that a reader fetches without being asked. Links are followed by hand and stand apart.
_FETCHED = ("src", "background", "poster", "data", "longdesc", "dynsrc", "lowsrc")
_CSS_ADDRESS = re.compile(r"(?:url\(\s{0,9}|@import\s{0,9})[\"']?([^\"')\s;]{1,4000})", re.IGNORECASE)
_REMOTE = re.compile(r"\s{0,9}(?:https?:|ftp:|//|\\\\)", re.IGNORECASE)
_EMBEDDED = re.compile(r"\s{0,9}(?:cid:|data:|mid:|#)", re.IGNORECASE)
_LENGTH = re.compile(r"\s{0,9}(\d{1,5})(?![\d%])")
_INVISIBLE = re.compile(r"display:none|visibility:hidden|opacity:0(?![.\d])|max-(?:height|width):[01](?:px)?(?![.\d])")
# With more tags begun than ended, the parser would read the rest again for each of them.
_MOST_UNENDED = 50
# The largest picture that nobody sees.
_DOT = 2


def find_trackers(html: str) -> list[Suspect]:
    """Every tracker in the HTML of a mail: pictures that only count, tagged, redirecting or personal links."""
    return _read(html).suspects


def find_remote(html: str) -> list[str]:
    """Every address that opening this mail would fetch. Ours must have none, honest or not."""
    return _read(html).fetched


def _read(html: str) -> "_Reader":
    """Read the HTML; what cannot be read to its end cannot be called clean."""
    reader = _Reader()
    if html.count("<") > html.count(">") + _MOST_UNENDED:
        reader.note("html", html[:80], Tracker(TrackerKind.PIXEL, "unreadable HTML"))
        return reader
    reader.feed(html)
    reader.close()
    if (unfinished := html.lower().rfind("<img")) > html.rfind(">"):
        reader.note("img", html[unfinished : unfinished + 80], Tracker(TrackerKind.PIXEL, "unfinished <img"))
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.suspects: list[Suspect] = []
        self.fetched: list[str] = []
        self.is_style = False

    def note(self, element: str, address: str, tracker: Tracker | None) -> None:
        if tracker:
            self.suspects.append(Suspect(element, address, tracker, self.getpos()[0]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name.lower(): value or "" for name, value in reversed(attrs)}
        self.is_style = tag == "style"
        for name in ("href", "action", "formaction", "ping", "cite"):
            if tag != "link" and (address := attributes.get(name)):
                self.note(tag, address, find_tracker(address))
        is_hidden = tag in {"img", "image", "input"} and _is_hidden(attributes)
        for address in _fetched(tag, attributes):
            self.fetch(tag, address, is_hidden=is_hidden)
        if tag == "img" and is_hidden and not attributes.get("src"):
            # a quote left open has swallowed the address: what cannot be read is not let through
            self.note(tag, self.get_starttag_text() or "", Tracker(TrackerKind.PIXEL, "hidden image without address"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.is_style = False

    def handle_endtag(self, tag: str) -> None:
        self.is_style = False

    def handle_data(self, data: str) -> None:
        if self.is_style:
            for address in _CSS_ADDRESS.findall(data):
                self.fetch("style", address, is_hidden=False)

    def fetch(self, tag: str, address: str, *, is_hidden: bool) -> None:
        if _EMBEDDED.match(address):
            return
        if _REMOTE.match(address):
            self.fetched.append(address)
        self.note(tag, address, find_picture_tracker(address, is_hidden=is_hidden))


def _fetched(tag: str, attributes: Attributes) -> list[str]:
    addresses = [attributes[name] for name in _FETCHED if attributes.get(name)]
    addresses += [part.split()[0] for part in attributes.get("srcset", "").split(",") if part.strip()]
    addresses += _CSS_ADDRESS.findall(attributes.get("style", ""))
    if tag in {"link", "image", "use"}:
        addresses += [attributes[name] for name in ("href", "xlink:href") if attributes.get(name)]
    return addresses


def _is_hidden(attributes: Attributes) -> bool:
    """A picture made not to be seen: no larger than a dot, or styled away."""
    style = re.sub(r"\s+", "", attributes.get("style", "").lower())
    if _INVISIBLE.search(style):
        return True
    styled = dict(part.partition(":")[::2] for part in style.split(";"))
    sides = [styled.get(side) or attributes.get(side) for side in ("width", "height")]
    lengths = [int(found.group(1)) for side in sides if side and (found := _LENGTH.match(side))]
    return bool(lengths) and max(lengths) <= _DOT and len(lengths) == sum(side is not None for side in sides)
