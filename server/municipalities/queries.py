"""Questions about municipalities and their places."""

from sqlalchemy import func, or_
from sqlmodel import col, select

from server.core.database import ReadSession
from server.core.errors import NotFound
from server.municipalities.models import Municipality, Place, PlaceKind


async def find_by_host_or_slug(session: ReadSession, host: str, slug: str) -> Municipality | None:
    """The municipality whose own host this is, else the one named by the first segment of the path."""
    found = await session.scalars(
        select(Municipality).where(
            or_(col(Municipality.host) == host, col(Municipality.slug) == slug),
            col(Municipality.suspended_at).is_(None),
        )
    )
    return min(found, key=lambda municipality: municipality.host != host, default=None)


async def get_municipality(session: ReadSession, municipality_id: int) -> Municipality:
    municipality = await session.get(Municipality, municipality_id)
    if municipality is None:
        raise NotFound
    return municipality


async def list_municipalities(session: ReadSession) -> list[Municipality]:
    """Every municipality of the instance that is not suspended, by name."""
    query = select(Municipality).where(col(Municipality.suspended_at).is_(None)).order_by(col(Municipality.name))
    return list(await session.scalars(query))


async def count_municipalities(session: ReadSession) -> int:
    return int(await session.scalar(select(func.count()).select_from(Municipality)) or 0)


async def list_places(session: ReadSession, municipality_id: int, kind: PlaceKind | None = None) -> list[Place]:
    """The municipality's places in their order; only sectors or only streets if `kind` says so."""
    query = select(Place).where(col(Place.municipality_id) == municipality_id)
    if kind is not None:
        query = query.where(col(Place.kind) == kind)
    return list(await session.scalars(query.order_by(col(Place.position), col(Place.name))))
