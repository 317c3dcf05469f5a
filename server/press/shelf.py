"""The last sheets set, by everything that is on them: setting takes time, and a page asks for each of its pictures."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any, TypeVar

from server.press.pages import ON_SCREEN, Pages

Made = TypeVar("Made")
Subject = TypeVar("Subject")
_LEAST = 1_000  # bytes that anything takes


class Shelf:
    """What was made is kept until `most` bytes are taken; then what was asked for longest ago goes."""

    def __init__(self, most: int = 24_000_000) -> None:
        self._most = most
        self._taken = 0
        self._kept: OrderedDict[str, Any] = OrderedDict()

    async def once(self, kind: str, subject: Subject, make: Callable[[Subject], Awaitable[Made]]) -> Made:
        """What `make` gives for this subject, made once. `kind` tells apart what is made of one subject."""
        key = kind + fingerprint(subject)
        if key not in self._kept:
            self._put(key, await make(subject))
        self._kept.move_to_end(key)
        made: Made = self._kept[key]
        return made

    async def page(self, pages: Pages, at: int, ppi: float = ON_SCREEN) -> bytes:
        """A page as PNG, drawn once for all sheets on which it is the same. Raises PressError."""
        return await self.once(f"page-{ppi}", pages.fingerprints[at - 1], lambda _: pages.draw(at, ppi))

    def _put(self, key: str, made: object) -> None:
        if key not in self._kept:  # somebody else may have asked for the same meanwhile
            self._taken += _weight(made)
        self._kept[key] = made
        while self._taken > self._most and len(self._kept) > 1:
            self._taken -= _weight(self._kept.popitem(last=False)[1])


def fingerprint(subject: object) -> str:
    """Two subjects with the same fingerprint are the same sheet."""
    return sha256(repr(_bare(subject)).encode()).hexdigest()


def _bare(value: object) -> object:
    """Everything that is said, and in place of files their hashes."""
    match value:
        case bytes():
            return sha256(value).hexdigest()
        case Mapping():
            return {name: _bare(one) for name, one in value.items()}
        case list() | tuple():
            return [_bare(one) for one in value]
    if is_dataclass(value):
        return type(value).__name__, [_bare(getattr(value, one.name)) for one in fields(value)]
    return value


def _weight(made: object) -> int:
    return max(_LEAST, _bytes_in(made))


def _bytes_in(made: object) -> int:
    match made:
        case bytes():
            return len(made)
        case list() | tuple():
            return sum(map(_bytes_in, made))
    return 0
