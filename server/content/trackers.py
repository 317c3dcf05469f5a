"""Is this address a tracker? A notice's link leads where it says, and tells nobody who followed it.

Refused are tags in the address, hops over somebody else's counter, addresses made for one reader, and pictures that
only count. Rules about shapes come first; the lists of names only help.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from server.content.addresses import WebAddress, read_address
from server.content.tracker_hosts import SHORTENERS, TAG_BEGINNINGS, TAGS, TAGS_BY_HOST, TRACKING_HOSTS, TRACKING_SERIES
from server.content.tracker_shapes import (
    counting_host,
    counting_path,
    counting_picture,
    is_plain_picture,
    token_of_one_reader,
    unlinked_picture,
)


class TrackerKind(StrEnum):
    TAG = "tag"
    SHORTENER = "shortener"
    REDIRECT = "redirect"
    PERSONAL = "personal"
    COUNTER = "counter"
    PIXEL = "pixel"


@dataclass(frozen=True, slots=True)
class Tracker:
    """What was found: its kind, and the part of the address that gives it away."""

    kind: TrackerKind
    evidence: str


_TAKEN_APART = frozenset(["", "http", "https"])
_WEB = re.compile(r"(?:https?:)?//([^/?#]+)", re.IGNORECASE)
_WEB_IN_BASE64 = ("aHR0cHM6", "aHR0cDov")
# An address within an address is what an archive is for.
_ARCHIVES = frozenset(["web.archive.org", "archive.org", "archive.ph", "archive.today"])
_EMAIL = re.compile(r"(?<![@A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}\.[A-Za-z0-9-]{2,63}")


def find_tracker(url: str) -> Tracker | None:
    """What makes the address of a link a tracker, or None for an honest one."""
    return _first(read_address(url), _LINK_RULES)


def find_picture_tracker(url: str, *, is_hidden: bool) -> Tracker | None:
    """The same for the address of a picture. One that nobody sees must be an ordinary file to be let through."""
    address = read_address(url)
    if is_plain_picture(address) and not is_hidden:
        return _first(address, _PLAIN_PICTURE_RULES)
    if is_hidden and not is_plain_picture(address):
        return Tracker(TrackerKind.PIXEL, url[:80])
    return _first(address, _HIDDEN_PICTURE_RULES if is_hidden else _PICTURE_RULES)


def _first(address: WebAddress, rules: "Rules") -> Tracker | None:
    if address.scheme not in _TAKEN_APART:
        return None
    found = ((kind, rule(address)) for kind, rule in rules)
    return next((Tracker(kind, evidence) for kind, evidence in found if evidence), None)


def _tag(address: WebAddress) -> str | None:
    own = next((tags for host, tags in TAGS_BY_HOST.items() if address.is_under(frozenset([host]))), frozenset[str]())
    return next(
        (name for name, _ in address.pairs if name in TAGS or name in own or name.startswith(TAG_BEGINNINGS)), None
    )


def _shortener(address: WebAddress) -> str | None:
    return address.is_under(SHORTENERS)


def _tracking_host(address: WebAddress) -> str | None:
    series = TRACKING_SERIES.search(address.host)
    return address.is_under(TRACKING_HOSTS) or (series.group() if series else None)


def _redirect(address: WebAddress) -> str | None:
    """Another site's address inside this one: the visit goes over this site to get there."""
    if address.is_under(_ARCHIVES):
        return None
    for word in [*(value for _, value in address.pairs), "/".join(address.segments[:40])]:
        inner = _WEB.search(unquote(word).replace(":/", "://").replace(":///", "://"))
        if inner and read_address(inner.group(1)).site != address.site:
            return inner.group(1)
        if word.startswith(_WEB_IN_BASE64):
            return word[:40]
    return None


def _personal(address: WebAddress) -> str | None:
    found = next((hit for word in [*address.segments, *_values(address)] if (hit := _EMAIL.search(word))), None)
    return found.group() if found else None


def _values(address: WebAddress) -> list[str]:
    return [unquote(value) for _, value in address.pairs]


Rules = tuple[tuple[TrackerKind, Callable[[WebAddress], str | None]], ...]

_PLAIN_PICTURE_RULES: Rules = (
    (TrackerKind.REDIRECT, _redirect),
    (TrackerKind.PERSONAL, _personal),
    (TrackerKind.COUNTER, counting_path),
)
_PICTURE_RULES: Rules = (
    (TrackerKind.TAG, _tag),
    (TrackerKind.SHORTENER, _shortener),
    (TrackerKind.COUNTER, _tracking_host),
    *_PLAIN_PICTURE_RULES,
    (TrackerKind.COUNTER, counting_host),
    (TrackerKind.PERSONAL, token_of_one_reader),
)
_HIDDEN_PICTURE_RULES: Rules = (*_PICTURE_RULES, (TrackerKind.PIXEL, counting_picture))
_LINK_RULES: Rules = (*_HIDDEN_PICTURE_RULES, (TrackerKind.PIXEL, unlinked_picture))
