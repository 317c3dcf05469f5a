"""Addresses an author may link to, and bare addresses in running text made into links."""

import re
from collections.abc import Iterator

from markdown_it.common.normalize_url import normalizeLink

from server.content.cleaning import clean_line
from server.content.document import Inline, Link, Text

MAX_ADDRESS = 2_000

_TAIL = r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]*"
_HOST = r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}(?::[0-9]{1,5})?"
# No `user@` before the host: it only serves to make an address look like another one.
_SHAPES = {
    "http": re.compile(rf"https?://{_HOST}(?:[/?#]{_TAIL})?"),
    "mailto": re.compile(rf"mailto:[A-Za-z0-9._%+'-]{{1,200}}@{_HOST}(?:\?{_TAIL})?"),
    "tel": re.compile(r"tel:\+?[0-9().-]{2,30}"),
}
_SHAPES["https"] = _SHAPES["http"]
_ENCODED_LINE_END = re.compile("%0[ad]", re.IGNORECASE)

_BARE = re.compile(
    r"(?P<web>(?<!\w)(?:https?://|www\.)[^\s<>\"«»“”]{3,2000})"
    r"|(?P<mail>(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})",
    re.IGNORECASE,
)
_AFTER_AN_ADDRESS = ".,;:!?'’…*_\u00a0\u202f"


def safe_href(href: str) -> str | None:
    """The address as it may stand in a link, or None: only http, https, mailto and tel, only well-formed."""
    href = clean_line(href).strip()
    if len(href) > MAX_ADDRESS:
        return None
    if href[:4].lower() == "www.":
        href = f"https://{href}"
    scheme = href.partition(":")[0].lower()
    if scheme not in _SHAPES:
        return None
    href = normalizeLink(scheme + href[len(scheme) :])
    if scheme == "tel":
        href = href.replace("%20", "").replace("%C2%A0", "")
    if scheme == "mailto" and _ENCODED_LINE_END.search(href):
        return None
    return href if _SHAPES[scheme].fullmatch(href) else None


def with_links(text: str) -> Iterator[Inline]:
    """The text with its bare web and mail addresses as links."""
    done = 0
    for found in _BARE.finditer(text):
        words = _without_what_follows(found.group())
        href = safe_href(f"mailto:{words}" if found.group("mail") else words)
        if href is None:
            continue
        if found.start() > done:
            yield Text(text[done : found.start()])
        yield Link(href, (Text(words),))
        done = found.start() + len(words)
    if done < len(text):
        yield Text(text[done:])


def _without_what_follows(address: str) -> str:
    """An address in a sentence without the sentence's own full stop or closing bracket."""
    while (
        address.endswith(tuple(_AFTER_AN_ADDRESS)) or _closes_nothing(address, "()") or _closes_nothing(address, "[]")
    ):
        address = address[:-1]
    return address


def _closes_nothing(address: str, pair: str) -> bool:
    return address.endswith(pair[1]) and address.count(pair[0]) < address.count(pair[1])
