"""Use cases of the walk: streets put into sectors, split by sides, put in order by hand or by nearness."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, update
from sqlmodel import col, select

from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid, NotFound
from server.core.i18n import sentence
from server.municipalities.models import Place, PlaceKind
from server.municipalities.queries import list_places
from server.postal.walking import nearest_first, overlap
from server.streets.models import AddressPoint, SectorPart
from server.streets.queries import get_sector, list_parts
from server.streets.schemas import DoorChange, PartDraft
from server.streets.walks import Stretch, Walks

_NO_STREET = sentence("Choose one of the answers of the list.")
_TWICE = sentence("Some of these doors lie in another part already: change that one first.")


async def walks_of(session: ReadSession, municipality_id: int) -> Walks:
    """The walks of the town as they are arranged now."""
    return Walks.of(await list_places(session, municipality_id), await list_parts(session, municipality_id))


async def order_walk(session: WriteSession, municipality_id: int, sector_id: int, ranks: Mapping[str, int]) -> None:
    """Walk through a sector in the order of `ranks` (by the keys of its stretches); the others come after them."""
    await get_sector(session, municipality_id, sector_id)
    walk = (await walks_of(session, municipality_id)).through(sector_id)
    last = len(walk) + 1
    chosen = sorted(walk, key=lambda stretch: ranks.get(stretch.key, last))
    await _write_order(session, municipality_id, chosen)


async def draft_walk(session: WriteSession, municipality_id: int, sector_id: int) -> int:
    """Put a sector's stretches in order by nearness of their middles; returns how many have a position on the map."""
    await get_sector(session, municipality_id, sector_id)
    walk = (await walks_of(session, municipality_id)).through(sector_id)
    middles = await _middles(session, municipality_id, {stretch.street.id for stretch in walk})
    placed = {one.key: middles[one.street.id] for one in walk if one.street.id in middles}
    ranks = {key: rank for rank, key in enumerate(nearest_first(placed))}
    await _write_order(session, municipality_id, sorted(walk, key=lambda one: ranks.get(one.key, len(walk))))
    return len(placed)


async def put_streets(session: WriteSession, municipality_id: int, sector_id: int, street_ids: Collection[int]) -> None:
    """These streets lie in the sector from now on, at the end of its walk. Raises NotFound."""
    await get_sector(session, municipality_id, sector_id)
    mine = update(Place).where(
        col(Place.municipality_id) == municipality_id,
        col(Place.kind) == PlaceKind.STREET,
        col(Place.id).in_(street_ids),
    )
    await session.execute(mine.values(sector_id=sector_id, walk=0))


async def add_part(session: WriteSession, municipality_id: int, sector_id: int, draft: PartDraft) -> SectorPart:
    """Some doors of a street lie in this sector, whatever the rest does. Raises Invalid if they lie in another part."""
    await get_sector(session, municipality_id, sector_id)
    streets = {one.id for one in await list_places(session, municipality_id, PlaceKind.STREET)}
    if draft.street_id not in streets:
        raise Invalid({"street_id": _NO_STREET})
    for other in await list_parts(session, municipality_id):
        taken = (other.side, other.first, other.last)
        if other.street_id == draft.street_id and overlap(taken, (draft.side, draft.first, draft.last)):
            raise Invalid({"first": _TWICE})
    part = SectorPart(municipality_id=municipality_id, sector_id=sector_id, **draft.model_dump())
    session.add(part)
    await session.flush()
    return part


async def remove_part(session: WriteSession, municipality_id: int, sector_id: int, part_id: int) -> None:
    """Its doors lie where the rest of the street does. Raises NotFound."""
    for part in await list_parts(session, municipality_id):
        if part.id == part_id and part.sector_id == sector_id:
            await session.delete(part)
            return
    raise NotFound


async def change_doors(
    session: WriteSession, municipality_id: int, street_id: int, changes: Mapping[int, DoorChange]
) -> None:
    """What is known of the letterboxes of some doors of a street."""
    for door_id, change in changes.items():
        mine = update(AddressPoint).where(
            col(AddressPoint.municipality_id) == municipality_id,
            col(AddressPoint.street_id) == street_id,
            col(AddressPoint.id) == door_id,
        )
        await session.execute(mine.values(**change.model_dump()))


async def _middles(
    session: ReadSession, municipality_id: int, street_ids: Collection[int]
) -> dict[int, tuple[float, float]]:
    query = (
        select(col(AddressPoint.street_id), func.avg(col(AddressPoint.lon)), func.avg(col(AddressPoint.lat)))
        .where(
            col(AddressPoint.municipality_id) == municipality_id,
            col(AddressPoint.street_id).in_(street_ids),
            col(AddressPoint.lon).is_not(None),
        )
        .group_by(col(AddressPoint.street_id))
    )
    return {street_id: (float(lon), float(lat)) for street_id, lon, lat in await session.execute(query)}


async def _write_order(session: WriteSession, municipality_id: int, walk: Collection[Stretch]) -> None:
    for rank, stretch in enumerate(walk, 1):
        if stretch.is_part:
            of_part = (col(SectorPart.municipality_id) == municipality_id, col(SectorPart.id) == int(stretch.key[1:]))
            await session.execute(update(SectorPart).where(*of_part).values(walk=rank))
        else:
            of_street = (col(Place.municipality_id) == municipality_id, col(Place.id) == stretch.street.id)
            await session.execute(update(Place).where(*of_street).values(walk=rank))
