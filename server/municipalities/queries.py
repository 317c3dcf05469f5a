"""Questions about municipalities and their places."""

import unicodedata

from sqlalchemy import func, or_
from sqlmodel import col, select

from server.core.database import ReadSession
from server.core.errors import NotFound
from server.municipalities.models import Municipality, Place, PlaceKind
from server.web.pagination import Page, Slice


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


async def get_place(session: ReadSession, municipality_id: int, place_id: int) -> Place:
    query = select(Place).where(col(Place.municipality_id) == municipality_id, col(Place.id) == place_id)
    place = (await session.scalars(query)).one_or_none()
    if place is None:
        raise NotFound
    return place


async def list_streets(
    session: ReadSession, municipality_id: int, part: Slice, *, words: str = "", sector_id: int | None = None
) -> Page[Place]:
    """One page of the streets by name; only those of a sector, or with `words` in their name, accents aside.

    A town has some hundreds of them: they are looked through here, the same way on both engines.
    """
    wanted = _folded(words)
    found = [
        street
        for street in await list_places(session, municipality_id, PlaceKind.STREET)
        if wanted in _folded(street.name) and (sector_id is None or street.sector_id == sector_id)
    ]
    return Page(found[part.offset : part.offset + part.size], len(found), part.number, part.size)


async def count_streets_by_sector(session: ReadSession, municipality_id: int) -> dict[int | None, int]:
    query = (
        select(Place.sector_id, func.count())
        .where(col(Place.municipality_id) == municipality_id, col(Place.kind) == PlaceKind.STREET)
        .group_by(col(Place.sector_id))
    )
    return {row[0]: row[1] for row in await session.execute(query)}


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character)).strip()
