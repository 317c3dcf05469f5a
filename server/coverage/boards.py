"""Boards as a way to reach people: in which sectors a poster of the notices hung, and who lives there."""

from collections.abc import Collection, Sequence

from sqlmodel import col, select

from server.boards.models import Board, Posting
from server.core.database import ReadSession
from server.municipalities.models import PlaceKind
from server.postal.doors import read_door
from server.printruns.audience import Map
from server.residents.models import Resident, ResidentPlace
from server.streets.arranging import walks_of


async def sectors_with_poster(session: ReadSession, municipality_id: int, notice_ids: Collection[int]) -> set[int]:
    """The sectors in which a poster of one of these notices has hung."""
    query = (
        select(col(Board.place_id))
        .join(Posting, col(Posting.board_id) == col(Board.id))
        .where(
            col(Posting.municipality_id) == municipality_id,
            col(Posting.notice_id).in_(notice_ids),
            col(Posting.hung_on).is_not(None),
            col(Board.place_id).is_not(None),
        )
        .distinct()
    )
    return {sector_id for sector_id in await session.scalars(query) if sector_id is not None}


async def sectors_of_people(
    session: ReadSession, municipality_id: int, people: Sequence[Resident]
) -> dict[int, set[int]]:
    """Where each of them lives by their address, and the sectors they want to hear of."""
    walks = await walks_of(session, municipality_id)
    town = Map.of(walks)
    homes: dict[int, set[int]] = {}
    chosen = select(col(ResidentPlace.resident_id), col(ResidentPlace.place_id)).where(
        col(ResidentPlace.municipality_id) == municipality_id
    )
    for resident_id, place_id in await session.execute(chosen):
        place = walks.places[place_id]
        sector_id = place.id if place.kind is PlaceKind.SECTOR else place.sector_id
        if sector_id is not None:
            homes.setdefault(resident_id, set()).add(sector_id)
    for one in people:
        stretch = town.find(read_door(one.address_street)) if one.address_street else None
        if stretch is not None and stretch.sector_id is not None:
            homes.setdefault(one.id, set()).add(stretch.sector_id)
    return homes
