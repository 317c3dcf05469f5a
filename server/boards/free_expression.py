"""Boards of free expression (R581-2, R581-3): the surface a town owes, and who lives too far from one. Pure, as information."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from server.boards.kinds import SheetFormat

_EARTH = 6_371_000  # metres

SHEET_SURFACES = {SheetFormat.A4: 0.0624, SheetFormat.A3: 0.1247, SheetFormat.A2: 0.2495}
"""Square metres: what a board surely has, if nobody measured it."""


@dataclass(frozen=True, slots=True)
class Point:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class FreeExpression:
    """What the town has, what it owes, and what lies farther from any board than the rule allows."""

    surface: float
    owed: float
    boards: int
    placed: int
    """Boards whose place on the map is known: distances are from these."""
    points: int
    too_far: int
    farthest: float

    @property
    def is_enough(self) -> bool:
        return self.surface >= self.owed


def owed_surface(population: int, rule: Mapping[str, Any]) -> float:
    """Square metres by the rule's steps; a slice that is begun counts whole."""
    step = [one for one in rule["steps"] if population >= one["from"]][-1]
    if not step["per"]:
        return float(step["surface"])
    slices = -(-(population - step.get("beyond", step["from"])) // step["per"])
    return float(step["surface"] + max(0, slices) * step["more"])


def metres(here: Point, there: Point) -> float:
    """As the crow flies."""
    north = radians(there.latitude - here.latitude) / 2
    east = radians(there.longitude - here.longitude) / 2
    inner = sin(north) ** 2 + cos(radians(here.latitude)) * cos(radians(there.latitude)) * sin(east) ** 2
    return 2 * _EARTH * asin(sqrt(inner))


def look_at(
    population: int,
    surfaces: Sequence[float],
    boards: Sequence[Point],
    addresses: Iterable[Point],
    rule: Mapping[str, Any],
) -> FreeExpression:
    """`boards` are those of free expression whose place is known, `addresses` the points of the town."""
    nearest = [min((metres(point, board) for board in boards), default=float("inf")) for point in addresses]
    return FreeExpression(
        surface=round(sum(surfaces), 2),
        owed=owed_surface(population, rule),
        boards=len(surfaces),
        placed=len(boards),
        points=len(nearest),
        too_far=sum(one > rule["within_metres"] for one in nearest),
        farthest=max(nearest, default=0.0),
    )
