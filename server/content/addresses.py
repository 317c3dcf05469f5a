"""A web address taken apart, kindly: trackers hide in odd ones, so nothing here refuses."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, unquote

MAX_READ = 4_000

_PARTS = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]{0,20}):(?=//|[^0-9]))?(?://)?(?P<host>[^/?#\\]*)(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class WebAddress:
    """`labels` are the host's, left to right; `segments` the path's, decoded; `pairs` of query and fragment."""

    scheme: str
    labels: tuple[str, ...]
    segments: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    has_query: bool

    @property
    def host(self) -> str:
        return ".".join(self.labels)

    @property
    def site(self) -> str:
        """The last two labels: near enough to "same owner" for a comparison."""
        return ".".join(self.labels[-2:])

    def is_under(self, names: frozenset[str]) -> str | None:
        """The name among `names` which this host is, or lies under."""
        suffixes = (".".join(self.labels[start:]) for start in range(len(self.labels)))
        return next((suffix for suffix in suffixes if suffix in names), None)


def read_address(url: str) -> WebAddress:
    """Read what a mail reader or a browser would make of `url`, with or without its scheme."""
    parts = _PARTS.match(unescape(url.strip())[:MAX_READ])
    assert parts is not None  # every part may be empty
    host = parts["host"].rpartition("@")[2].partition(":")[0].lower().strip(".")
    segments = tuple(segment for segment in unquote(parts["path"]).replace("\\", "/").split("/") if segment)
    pairs = [pair for text in (parts["query"], parts["fragment"]) if text for pair in _pairs(text)]
    labels = tuple(host.split(".")) if host else ()
    return WebAddress((parts["scheme"] or "").lower(), labels, segments, tuple(pairs), bool(parts["query"]))


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = parse_qsl(text.replace(";", "&"), keep_blank_values=True, max_num_fields=None)
    return [(name.lower(), value) for name, value in pairs]
