"""Places in the settings: sectors, and the streets that lie in them."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.municipalities import places, queries
from server.municipalities.models import PlaceKind
from server.municipalities.schemas import PlaceView, SectorDraft, StreetDraft, StreetsDraft
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.pagination import AskedSlice, LinkedPage
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

SAVED = saying("place-saved", sentence("The place is saved."))
PASTED = saying("streets-saved", sentence("The streets are on the list. Those it already held stayed as they were."))
REMOVED = saying("place-removed", sentence("The place is removed."))
_DRAFTS: Mapping[PlaceKind, type[SectorDraft]] = {PlaceKind.SECTOR: SectorDraft, PlaceKind.STREET: StreetDraft}


@router.get("/desk/settings/places", name="places")
async def show_places(
    request: Request,
    session: Reading,
    town: CurrentTown,
    actor: Administrator,
    part: AskedSlice,
    q: str = "",
    sector: str = "",
) -> Response:
    sectors = await queries.list_places(session, town.id, PlaceKind.SECTOR)
    sector_id = int(sector) if sector.isascii() and sector.isdigit() else None
    streets = await queries.list_streets(session, town.id, part, words=q[:120], sector_id=sector_id)
    context = {
        "sectors": sectors,
        "names": {one.id: one.name for one in sectors},
        "counts": await queries.count_streets_by_sector(session, town.id),
        "streets": LinkedPage(streets, request),
        "q": q,
        "sector_id": sector_id,
    }
    return page(request, "municipalities/places.html", context)


@router.get("/desk/settings/places/new", name="place_new")
async def show_new_place(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, kind: PlaceKind = PlaceKind.SECTOR
) -> Response:
    return _place_page(request, kind, await _sectors(session, town.id), {})


@router.post("/desk/settings/places", name="place_add")
async def add_place(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, form: SentForm
) -> Response:
    kind = PlaceKind.STREET if form.text("kind") == PlaceKind.STREET else PlaceKind.SECTOR
    sectors = await _sectors(session, town.id)
    with asking_again(lambda errors, _refusal: _place_page(request, kind, sectors, form.values, errors)):
        await places.add_place(session, town.id, kind, form.parse(_DRAFTS[kind]))
    return redirect(request, "places", said=SAVED)


@router.get("/desk/settings/places/many", name="streets_new")
async def show_new_streets(request: Request, session: Reading, town: CurrentTown, actor: Administrator) -> Response:
    return _streets_page(request, await _sectors(session, town.id), {})


@router.post("/desk/settings/places/many", name="streets_add")
async def add_streets(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, form: SentForm
) -> Response:
    sectors = await _sectors(session, town.id)
    with asking_again(lambda errors, _refusal: _streets_page(request, sectors, form.values, errors)):
        await places.add_streets(session, town.id, form.parse(StreetsDraft))
    return redirect(request, "places", said=PASTED)


@router.get("/desk/settings/places/{place_id:int}", name="place")
async def show_place(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, place_id: int
) -> Response:
    place = await _view(session, town.id, place_id)
    return _place_page(request, place.kind, await _sectors(session, town.id), place.model_dump(), place=place)


@router.post("/desk/settings/places/{place_id:int}", name="place_change")
async def change_place(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, place_id: int, form: SentForm
) -> Response:
    place = await _view(session, town.id, place_id)
    sectors = await _sectors(session, town.id)
    with asking_again(lambda errors, _refusal: _place_page(request, place.kind, sectors, form.values, errors, place)):
        await places.change_place(session, town.id, place_id, form.parse(_DRAFTS[place.kind]))
    return redirect(request, "places", said=SAVED)


@router.post("/desk/settings/places/{place_id:int}/removal", name="place_remove")
async def remove_place(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, place_id: int
) -> Response:
    place = await _view(session, town.id, place_id)
    sectors, values = await _sectors(session, town.id), place.model_dump()
    with asking_again(lambda errors, _refusal: _place_page(request, place.kind, sectors, values, errors, place)):
        await places.remove_place(session, town.id, place_id)
    return redirect(request, "places", said=REMOVED)


async def _view(session: ReadSession, municipality_id: int, place_id: int) -> PlaceView:
    """The place as it was before the change: a refusal shows it again when the row itself can no longer be read."""
    return PlaceView.model_validate(await queries.get_place(session, municipality_id, place_id))


async def _sectors(session: ReadSession, municipality_id: int) -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in await queries.list_places(session, municipality_id, PlaceKind.SECTOR)]


def _place_page(
    request: Request,
    kind: PlaceKind,
    sectors: list[tuple[int, str]],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    place: PlaceView | None = None,
) -> Response:
    context = {"kind": kind, "sectors": sectors, "values": values, "errors": errors or {}, "place": place}
    return page(request, "municipalities/place.html", context, status=422 if errors else 200)


def _streets_page(
    request: Request,
    sectors: list[tuple[int, str]],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
) -> Response:
    context = {"sectors": sectors, "values": values, "errors": errors or {}}
    return page(request, "municipalities/streets.html", context, status=422 if errors else 200)
