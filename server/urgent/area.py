"""The doors, people and boards of an area, from the address file, the walks and the boards."""

from collections.abc import Collection
from dataclasses import dataclass

from server.boards.kinds import BoardKind
from server.boards.models import Board
from server.boards.plan import is_closed
from server.boards.queries import list_boards
from server.core import clock
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.municipalities.queries import list_places
from server.postal.doors import read_door
from server.press.kit import Doors
from server.printruns.audience import Map
from server.residents.models import Resident
from server.streets.arranging import walks_of
from server.streets.models import AddressPoint
from server.streets.queries import all_doors, list_parts
from server.streets.walks import Stretch, Walks, door_key
from server.urgent import queries

_TITLE = sentence("Door to door – {sector}")
_OUTSIDE = sentence("outside the sectors")
_LAST: tuple[object, ...] = (1_000_000,)


@dataclass(frozen=True)
class Homes:
    """Where people live by their address: the sector, and when the walk comes past."""

    town: Map

    @classmethod
    async def of(cls, session: ReadSession, municipality_id: int) -> "Homes":
        return cls(Map.of(await walks_of(session, municipality_id)))

    def find(self, resident: Resident) -> tuple[int | None, tuple[object, ...]]:
        """The sector, and what the doors of the whole town are sorted by; who lives elsewhere comes last."""
        door = read_door(resident.address_street) if resident.address_street else None
        stretch = self.town.find(door) if door else None
        if door is None or stretch is None:
            return None, (_LAST, resident.address_street, resident.list_key)
        place = door_key(self.town.ranks, stretch, door.number, door.repetition)
        return stretch.sector_id, (place, resident.address_street, resident.list_key)

    def sector_name(self, sector_id: int | None) -> str:
        return self.town.walks.places[sector_id].name if sector_id else str(_OUTSIDE)


async def doors_in(session: ReadSession, municipality_id: int, place_ids: Collection[int] = ()) -> list[Doors]:
    """The doors of these sectors and streets, sector by sector, as somebody walks past them; all of them by default."""
    walks = Walks.of(await list_places(session, municipality_id), await list_parts(session, municipality_id))
    doors: dict[str, list[AddressPoint]] = {}
    for door in await all_doors(session, municipality_id):
        doors.setdefault(walks.stretch_of(door.street_id, door.number).key, []).append(door)
    ranks, found = walks.ranks(), []
    sectors: list[tuple[int | None, str]] = [(one.id, one.name) for one in walks.sectors]
    for sector_id, name in [*sectors, (None, str(_OUTSIDE))]:
        streets = [
            (one.street.name, _numbers(one, doors[one.key], ranks))
            for one in walks.through(sector_id)
            if one.key in doors and (not place_ids or sector_id in place_ids or one.street.id in place_ids)
        ]
        if streets:
            found.append(Doors(str(sentence(_TITLE.msgid, sector=name)), streets))
    return found


async def boards_in(session: ReadSession, municipality_id: int, place_ids: Collection[int] = ()) -> list[Board]:
    """The boards of the area that serve today, in the order of the round; all of them when no place is named. Those of
    free expression are not the town's.
    """
    around = set(await queries.places_around(session, municipality_id, place_ids))
    boards = [one for one in await list_boards(session, municipality_id) if one.kind is not BoardKind.FREE]
    return [one for one in boards if not is_closed(one, clock.today()) and (not around or one.place_id in around)]


def _numbers(stretch: Stretch, doors: list[AddressPoint], ranks: dict[str, int]) -> list[str]:
    in_order = sorted(doors, key=lambda one: door_key(ranks, stretch, one.number, one.repetition))
    return [f"{one.number or ''} {one.repetition}".strip() or "–" for one in in_order]
