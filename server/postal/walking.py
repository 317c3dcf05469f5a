"""Sides of streets that make up a sector, and the order in which somebody walks past the doors."""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from server.postal.doors import repetition_rank

_EARTH_M = 6_371_000
Key = TypeVar("Key")
Place = tuple[float, float]
"""Longitude and latitude in degrees."""


class Side(StrEnum):
    """The doors of a street that a part of a sector holds."""

    ALL = "all"
    ODD = "odd"
    EVEN = "even"


def holds(side: Side, first: int, last: int, number: int) -> bool:
    """Whether door `number` is on `side` between `first` and `last`; 0 as `last` means to the end.

    A house without a number belongs to whoever has the whole side from its beginning.
    """
    if number == 0:
        return side is not Side.EVEN and first <= 1
    if number < first or (last and number > last):
        return False
    return side is Side.ALL or (number % 2 == 1) == (side is Side.ODD)


def overlap(one: tuple[Side, int, int], other: tuple[Side, int, int]) -> bool:
    """Whether some door would lie in both."""
    if {one[0], other[0]} == {Side.ODD, Side.EVEN}:
        return False
    first, last = max(one[1], other[1]), min(one[2] or math.inf, other[2] or math.inf)
    sides = {side for side in (one[0], other[0]) if side is not Side.ALL}
    if sides and first % 2 != (1 if Side.ODD in sides else 0):
        first += 1
    return first <= last


def walking_key(number: int, repetition: str) -> tuple[int, int, tuple[int, str]]:
    """Doors of one street: the odd side, then the even one, upwards; without a number first."""
    return (2 if number % 2 == 0 and number else 1 if number else 0), number, repetition_rank(repetition)


def nearest_first(places: Mapping[Key, Place], start: Place | None = None) -> list[Key]:
    """A first draft of a walk: from `start`, or the most western place, always on to the nearest one left."""
    left = dict(places)
    if not left:
        return []
    here = start or min(left.values())
    order: list[Key] = []
    while left:
        following = min(left, key=lambda one: distance(here, left[one]))
        here = left.pop(following)
        order.append(following)
    return order


def distance(one: Place, other: Place) -> float:
    """Metres as the crow flies; exact enough within a commune."""
    across = math.radians(other[0] - one[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return _EARTH_M * math.hypot(across, math.radians(other[1] - one[1]))


def middle(places: Sequence[Place]) -> Place:
    """The place in the middle of some."""
    return sum(one[0] for one in places) / len(places), sum(one[1] for one in places) / len(places)
