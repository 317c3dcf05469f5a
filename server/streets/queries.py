"""Questions about streets and doors."""

from collections.abc import Collection

from sqlalchemy import func
from sqlmodel import col, select

from server.core.database import ReadSession
from server.core.errors import NotFound
from server.municipalities.models import Place, PlaceKind
from server.municipalities.queries import get_place
from server.streets.models import AddressFile, AddressPoint, SectorPart
from server.web.pagination import Page, Slice


async def get_address_file(session: ReadSession, municipality_id: int, file_id: int) -> AddressFile:
    query = select(AddressFile).where(
        col(AddressFile.municipality_id) == municipality_id, col(AddressFile.id) == file_id
    )
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def find_last_applied(session: ReadSession, municipality_id: int) -> AddressFile | None:
    """The file that the doors of the town come from."""
    query = (
        select(AddressFile)
        .where(col(AddressFile.municipality_id) == municipality_id, col(AddressFile.applied_at).is_not(None))
        .order_by(col(AddressFile.applied_at).desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def count_doors(session: ReadSession, municipality_id: int) -> int:
    query = select(func.count()).where(col(AddressPoint.municipality_id) == municipality_id)
    return int(await session.scalar(query) or 0)


async def get_sector(session: ReadSession, municipality_id: int, place_id: int) -> Place:
    return await _of_kind(session, municipality_id, place_id, PlaceKind.SECTOR)


async def get_street(session: ReadSession, municipality_id: int, place_id: int) -> Place:
    return await _of_kind(session, municipality_id, place_id, PlaceKind.STREET)


async def _of_kind(session: ReadSession, municipality_id: int, place_id: int, kind: PlaceKind) -> Place:
    place = await get_place(session, municipality_id, place_id)
    if place.kind is not kind:
        raise NotFound
    return place


async def list_parts(session: ReadSession, municipality_id: int) -> list[SectorPart]:
    query = select(SectorPart).where(col(SectorPart.municipality_id) == municipality_id).order_by(col(SectorPart.id))
    return list(await session.scalars(query))


async def list_doors(session: ReadSession, municipality_id: int, street_id: int, part: Slice) -> Page[AddressPoint]:
    """The doors of a street by number."""
    mine = (col(AddressPoint.municipality_id) == municipality_id, col(AddressPoint.street_id) == street_id)
    query = select(AddressPoint).where(*mine).order_by(col(AddressPoint.number), col(AddressPoint.repetition))
    total = await session.scalar(select(func.count()).where(*mine))
    found = await session.scalars(query.offset(part.offset).limit(part.size))
    return Page(list(found), int(total or 0), part.number, part.size)


async def all_doors(
    session: ReadSession, municipality_id: int, street_ids: Collection[int] | None = None
) -> list[AddressPoint]:
    """Every door of the town, or of some streets."""
    query = select(AddressPoint).where(col(AddressPoint.municipality_id) == municipality_id)
    if street_ids is not None:
        query = query.where(col(AddressPoint.street_id).in_(street_ids))
    return list(await session.scalars(query))
