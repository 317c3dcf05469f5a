"""Streets and numbers completed as they are typed, and a typed address looked up: from the database, without a network."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col, select

from server.core.database import ReadSession
from server.core.search import like
from server.municipalities.models import Municipality, Place, PlaceKind
from server.municipalities.queries import get_municipality
from server.postal.abbreviations import spelt_out
from server.postal.capitals import bare
from server.postal.doors import Door, postal_repetition, read_door
from server.streets.models import AddressPoint

MOST = 8
_LIKE_ENOUGH = 0.4
_NEAR_THE_BEST = 0.75


@dataclass(frozen=True)
class Completion:
    """One address that could be meant. `is_known`: the address file has this very door."""

    street_id: int
    street: str
    number: int
    repetition: str
    is_known: bool
    postcode: str
    post_town: str

    @property
    def line(self) -> str:
        """The line of an address: « 12 bis rue du Lavoir »."""
        return " ".join(str(part) for part in (self.number or "", self.repetition.lower(), self.street) if part)


class _Street(NamedTuple):
    """As much of a street as completing needs: a town has thousands, and they are read at each letter."""

    id: int
    name: str
    postal_key: str


class Standing(StrEnum):
    """What the address file says of a typed address."""

    KNOWN = "known"
    UNKNOWN_NUMBER = "unknown_number"
    UNKNOWN_STREET = "unknown_street"


async def complete(session: ReadSession, municipality_id: int, typed: str, most: int = MOST) -> list[Completion]:
    """What « 12 lav » may become: streets with these beginnings of words, else those that look most like it."""
    door = read_door(typed[:120])
    words = spelt_out(door.street).split() or bare(typed).split()
    if not words:
        return []
    streets = await _streets_with(session, municipality_id, words, most)
    if not streets and not words[0].isdecimal():
        streets = _most_like(" ".join(words), await _streets(session, municipality_id), most)
    return await _completions(session, municipality_id, door, streets)


async def look_up(session: ReadSession, municipality_id: int, street_line: str) -> tuple[Standing, Completion | None]:
    """Whether the address file knows this line of an address."""
    door = read_door(street_line)
    same = await _streets(session, municipality_id, col(Place.postal_key) == spelt_out(door.street))
    street = next(iter(same), None)
    if street is None:
        return Standing.UNKNOWN_STREET, None
    (found,) = await _completions(session, municipality_id, door, [street])
    return (Standing.KNOWN if found.is_known else Standing.UNKNOWN_NUMBER), found


async def _streets_with(session: ReadSession, municipality_id: int, words: list[str], most: int) -> list[_Street]:
    """Streets whose words begin so; those that begin with the first word come first."""
    beginnings = [(" " + col(Place.postal_key)).like(like(f" {word}"), escape="\\") for word in words]
    # Only the few that are shown come out of the database: « rue » alone begins a third of a town.
    is_first = col(Place.postal_key).startswith(words[0], autoescape=True)
    order = (is_first.desc(), func.length(col(Place.name)), col(Place.name))
    return await _streets(session, municipality_id, *beginnings, order=order, most=most)


async def _streets(
    session: ReadSession,
    municipality_id: int,
    *conditions: ColumnElement[bool],
    order: Sequence[Any] = (),
    most: int | None = None,
) -> list[_Street]:
    query = select(col(Place.id), col(Place.name), col(Place.postal_key)).where(
        col(Place.municipality_id) == municipality_id, col(Place.kind) == PlaceKind.STREET, *conditions
    )
    return [_Street(*row) for row in await session.execute(query.order_by(*order).limit(most))]


def _most_like(typed: str, streets: Iterable[_Street], most: int) -> list[_Street]:
    """For slips of the finger: the streets that share most groups of three letters with what was typed."""
    wanted = _threes(typed)
    scored = [(_likeness(wanted, _threes(street.postal_key)), street) for street in streets]
    bar = max(_LIKE_ENOUGH, _NEAR_THE_BEST * max((likeness for likeness, _ in scored), default=0))
    close = sorted((one for one in scored if one[0] >= bar), key=lambda one: -one[0])
    return [street for _, street in close[:most]]


def _threes(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def _likeness(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


async def _completions(
    session: ReadSession, municipality_id: int, door: Door, streets: list[_Street]
) -> list[Completion]:
    """The door in each of `streets`, as the file has it or as it was typed."""
    town = await get_municipality(session, municipality_id)
    ids = [street.id for street in streets]
    points = select(AddressPoint).where(_in_streets(municipality_id, ids), col(AddressPoint.number) == door.number)
    wanted = postal_repetition(door.repetition)
    known = {
        point.street_id: point
        for point in await session.scalars(points)
        if postal_repetition(point.repetition) == wanted
    }
    area = await _areas(session, municipality_id, [one for one in ids if one not in known])
    return [_completion(street, door, known.get(street.id), area.get(street.id, ("", "")), town) for street in streets]


def _in_streets(municipality_id: int, street_ids: Collection[int]) -> ColumnElement[bool]:
    return and_(col(AddressPoint.municipality_id) == municipality_id, col(AddressPoint.street_id).in_(street_ids))


async def _areas(session: ReadSession, municipality_id: int, street_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Postcode and town of streets whose door the file does not have."""
    if not street_ids:
        return {}
    street, postcode, town = (col(AddressPoint.street_id), col(AddressPoint.postcode), col(AddressPoint.post_town))
    areas = select(street, func.max(postcode), func.max(town)).where(_in_streets(municipality_id, street_ids))
    return {row[0]: (row[1], row[2]) for row in await session.execute(areas.group_by(street))}


def _completion(
    street: _Street, door: Door, known: AddressPoint | None, area: tuple[str, str], town: Municipality
) -> Completion:
    postcode, post_town = (known.postcode, known.post_town) if known else area
    return Completion(
        street.id,
        street.name,
        door.number,
        known.repetition if known else door.repetition,
        known is not None,
        postcode or town.postcode,
        _read_town(post_town, town),
    )


def _read_town(post_town: str, town: Municipality) -> str:
    """The town as people write it, where the file means the same town in capitals."""
    return town.post_town if not post_town or spelt_out(town.post_town) == spelt_out(post_town) else post_town
