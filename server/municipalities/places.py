"""Use cases of the places: sectors and streets added, renamed, pasted, removed while nothing refers to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import IntegrityError

from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.core.references import is_referred_to
from server.municipalities import queries
from server.municipalities.models import Place, PlaceKind
from server.municipalities.schemas import SectorDraft, StreetDraft, StreetsDraft
from server.postal.abbreviations import spelt_out

_TAKEN = sentence("This name is on the list already.")
_NO_SECTOR = sentence("Choose one of the answers of the list.")
_USED = sentence("Residents, notices, boards or streets refer to it: move them first, or rename it.")


async def add_place(
    session: WriteSession, municipality_id: int, kind: PlaceKind, draft: SectorDraft | StreetDraft
) -> Place:
    """A sector, or a street. Raises Invalid if the name is taken or the sector is not one of the town's."""
    place = Place(municipality_id=municipality_id, kind=kind, postal_key=spelt_out(draft.name), **draft.model_dump())
    await _check_sector(session, municipality_id, place.sector_id)
    async with _unless_taken(session):
        session.add(place)
    return place


async def change_place(
    session: WriteSession, municipality_id: int, place_id: int, draft: SectorDraft | StreetDraft
) -> Place:
    """Another name, sector or rank. What refers to the place follows."""
    place = await queries.get_place(session, municipality_id, place_id)
    if isinstance(draft, StreetDraft):
        await _check_sector(session, municipality_id, draft.sector_id)
    async with _unless_taken(session):
        place.sqlmodel_update({**draft.model_dump(), "postal_key": spelt_out(draft.name)})
    return place


async def add_streets(session: WriteSession, municipality_id: int, draft: StreetsDraft) -> int:
    """One street per line; those already known stay as they are. Returns how many are new."""
    await _check_sector(session, municipality_id, draft.sector_id)
    known = {place.name.casefold() for place in await queries.list_places(session, municipality_id, PlaceKind.STREET)}
    added = 0
    for name in draft.names.splitlines():
        if name and name.casefold() not in known:
            known.add(name.casefold())
            session.add(
                Place(
                    municipality_id=municipality_id,
                    kind=PlaceKind.STREET,
                    name=name,
                    sector_id=draft.sector_id,
                    postal_key=spelt_out(name),
                )
            )
            added += 1
    await session.flush()
    return added


async def remove_place(session: WriteSession, municipality_id: int, place_id: int) -> None:
    """Raises Invalid as long as anything refers to it: nobody loses a place without knowing."""
    place = await queries.get_place(session, municipality_id, place_id)
    if await is_referred_to(session, "place", place.id):
        raise Invalid({"name": _USED}, _USED)
    await session.delete(place)


async def _check_sector(session: ReadSession, municipality_id: int, sector_id: int | None) -> None:
    if sector_id is None:
        return
    sectors = await queries.list_places(session, municipality_id, PlaceKind.SECTOR)
    if sector_id not in {sector.id for sector in sectors}:
        raise Invalid({"sector_id": _NO_SECTOR})


@asynccontextmanager
async def _unless_taken(session: WriteSession) -> AsyncIterator[None]:
    """What is changed inside is written at once; a name that is taken becomes a sentence."""
    try:
        async with session.begin_nested():
            yield
    except IntegrityError as error:
        raise Invalid({"name": _TAKEN}) from error
