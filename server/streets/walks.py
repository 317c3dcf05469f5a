"""Which sector a door lies in, and when the walk comes past it. Pure, over rows that were read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.municipalities.models import Place, PlaceKind
from server.postal.walking import Side, holds, walking_key
from server.streets.models import SectorPart

_LAST = 1_000_000


@dataclass(frozen=True)
class Stretch:
    """A street, or the part of it, that is walked in one go. `key` names it in a form."""

    key: str
    street: Place
    sector_id: int | None
    side: Side = Side.ALL
    first: int = 1
    last: int = 0
    walk: int = 0

    @property
    def is_part(self) -> bool:
        return self.key.startswith("p")


@dataclass(frozen=True)
class Walks:
    """Sectors in their order; each an ordered walk along stretches of streets."""

    places: Mapping[int, Place]
    whole: Mapping[int, Stretch]
    parts: Mapping[int, Sequence[Stretch]] = field(default_factory=dict)

    @classmethod
    def of(cls, places: Iterable[Place], parts: Iterable[SectorPart]) -> "Walks":
        by_id = {place.id: place for place in places}
        streets = [place for place in by_id.values() if place.kind is PlaceKind.STREET]
        split: dict[int, list[Stretch]] = {}
        for one in parts:
            street = by_id[one.street_id]
            stretch = Stretch(f"p{one.id}", street, one.sector_id, Side(one.side), one.first, one.last, one.walk)
            split.setdefault(one.street_id, []).append(stretch)
        whole = {one.id: Stretch(f"s{one.id}", one, one.sector_id, walk=one.walk) for one in streets}
        return cls(by_id, whole, split)

    def stretch_of(self, street_id: int, number: int) -> Stretch:
        """The part of a street that holds this door; what no part holds is the street's own."""
        found = (one for one in self.parts.get(street_id, ()) if holds(one.side, one.first, one.last, number))
        return next(found, self.whole[street_id])

    def through(self, sector_id: int | None) -> list[Stretch]:
        """The walk through one sector: chosen places first, then the others by name."""
        pieces = [*self.whole.values(), *(one for parts in self.parts.values() for one in parts)]
        return sorted((one for one in pieces if one.sector_id == sector_id), key=_rank)

    @property
    def sectors(self) -> list[Place]:
        found = [place for place in self.places.values() if place.kind is PlaceKind.SECTOR]
        return sorted(found, key=lambda one: (one.position, one.name))

    def ranks(self) -> dict[str, int]:
        """The place of each stretch in the walk through the whole town; streets without a sector come last."""
        order = [stretch for sector in self.sectors for stretch in self.through(sector.id)] + self.through(None)
        return {stretch.key: rank for rank, stretch in enumerate(order)}


def _rank(stretch: Stretch) -> tuple[int, str, str]:
    return stretch.walk or _LAST, stretch.street.postal_key, stretch.key


def door_key(ranks: Mapping[str, int], stretch: Stretch, number: int, repetition: str) -> tuple[object, ...]:
    """What doors are sorted by: sector and street, side, number, repetition."""
    return ranks[stretch.key], *walking_key(number, repetition)
