"""The last sheets set, by everything that is on them: setting takes time, and a page asks for each of its pictures."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar

from server.press.issue import PaperIssue

Made = TypeVar("Made")


class Shelf:
    """What was made is kept until `most` bytes are taken; then what was asked for longest ago goes."""

    def __init__(self, most: int = 24_000_000) -> None:
        self._most = most
        self._taken = 0
        self._kept: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    async def once(self, key: str, make: Callable[[], Awaitable[Made]], weight: Callable[[Made], int]) -> Made:
        """What is kept under `key`, or what `make` gives."""
        if key not in self._kept:
            made = await make()
            self._put(key, made, weight(made))
        self._kept.move_to_end(key)
        found: Made = self._kept[key][1]
        return found

    def _put(self, key: str, made: object, weight: int) -> None:
        if key not in self._kept:  # somebody else may have asked for the same meanwhile
            self._taken += weight
            self._kept[key] = (weight, made)
        while self._taken > self._most and len(self._kept) > 1:
            self._taken -= self._kept.popitem(last=False)[1][0]


def fingerprint(issue: PaperIssue, *more: object) -> str:
    """Two issues with the same fingerprint are the same sheets."""
    pictures = {name: sha256(content).hexdigest() for name, content in issue.pictures.items()}
    logo = sha256(issue.issuer.logo).hexdigest() if issue.issuer.logo else ""
    words = replace(issue, pictures={}, issuer=replace(issue.issuer, logo=None))
    return sha256(repr((words, pictures, logo, more)).encode()).hexdigest()
