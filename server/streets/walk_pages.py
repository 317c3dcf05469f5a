"""The walk through a sector: its streets in order, sides that belong to it, streets that lie nowhere yet; letterboxes."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.streets import arranging, queries
from server.streets.schemas import DoorChange, PartDraft
from server.streets.words import SIDES
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import Form, RefusedForm, SentForm, asking_again, validated
from server.web.pagination import AskedSlice, LinkedPage, Slice
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

ORDERED = saying("walk-ordered", sentence("The walk is saved in this order."))
DRAFTED = saying(
    "walk-drafted", sentence("The streets follow each other by nearness. Correct by hand what you know better.")
)
PUT = saying("streets-put", sentence("The streets are in the sector, at the end of its walk."))
PART_ADDED = saying("part-added", sentence("These doors are in the sector, at the end of its walk."))
PART_REMOVED = saying("part-removed", sentence("These doors go with the rest of their street again."))
DOORS_SAVED = saying("doors-saved", sentence("What is known of the letterboxes is saved."))


@router.get("/desk/settings/places/{place_id:int}/walk", name="walk")
async def show_walk(
    request: Request, session: Reading, town: CurrentTown, _staff: Administrator, place_id: int
) -> Response:
    return page(request, "streets/walk.html", await _context(session, town.id, place_id))


@router.post("/desk/settings/places/{place_id:int}/walk", name="walk_save")
async def save_walk(
    request: Request, session: Writing, town: CurrentTown, _staff: Administrator, place_id: int, form: SentForm
) -> Response:
    ranks = {
        name[5:]: int(form.text(name)) for name in form.values if name.startswith("walk-") and _is_id(form.text(name))
    }
    await arranging.order_walk(session, town.id, place_id, ranks)
    return redirect(request, "walk", place_id=place_id, said=ORDERED)


@router.post("/desk/settings/places/{place_id:int}/walk/draft", name="walk_draft")
async def draft_walk(
    request: Request, session: Writing, town: CurrentTown, _staff: Administrator, place_id: int
) -> Response:
    await arranging.draft_walk(session, town.id, place_id)
    return redirect(request, "walk", place_id=place_id, said=DRAFTED)


@router.post("/desk/settings/places/{place_id:int}/walk/streets", name="walk_streets")
async def put_streets(
    request: Request, session: Writing, town: CurrentTown, _staff: Administrator, place_id: int, form: SentForm
) -> Response:
    ids = [int(one) for one in form.texts("street_ids") if _is_id(one)]
    await arranging.put_streets(session, town.id, place_id, ids)
    return redirect(request, "walk", place_id=place_id, said=PUT)


@router.post("/desk/settings/places/{place_id:int}/walk/parts", name="walk_part_add")
async def add_part(
    request: Request, session: Writing, town: CurrentTown, _staff: Administrator, place_id: int, form: SentForm
) -> Response:
    context = await _context(session, town.id, place_id)
    again = {**context, "values": context["values"] | form.values}
    with asking_again(lambda errors, _: page(request, "streets/walk.html", {**again, "errors": errors}, status=422)):
        await arranging.add_part(session, town.id, place_id, form.parse(PartDraft))
    return redirect(request, "walk", place_id=place_id, said=PART_ADDED)


@router.post("/desk/settings/places/{place_id:int}/walk/parts/{part_id:int}/removal", name="walk_part_remove")
async def remove_part(
    request: Request, session: Writing, town: CurrentTown, _staff: Administrator, place_id: int, part_id: int
) -> Response:
    await arranging.remove_part(session, town.id, place_id, part_id)
    return redirect(request, "walk", place_id=place_id, said=PART_REMOVED)


@router.get("/desk/settings/streets/{street_id:int}", name="doors")
async def show_doors(
    request: Request, session: Reading, town: CurrentTown, _staff: Administrator, part: AskedSlice, street_id: int
) -> Response:
    return await _doors_page(request, session, town.id, street_id, part, {})


@router.post("/desk/settings/streets/{street_id:int}", name="doors_save")
async def save_doors(
    request: Request,
    session: Writing,
    town: CurrentTown,
    _staff: Administrator,
    part: AskedSlice,
    street_id: int,
    form: SentForm,
) -> Response:
    changes, errors = _changes(form)
    if errors:
        raise RefusedForm(await _doors_page(request, session, town.id, street_id, part, form.values, errors))
    await queries.get_street(session, town.id, street_id)
    await arranging.change_doors(session, town.id, street_id, changes)
    return redirect(request, "doors", street_id=street_id, said=DOORS_SAVED)


def _changes(form: Form) -> tuple[dict[int, DoorChange], dict[str, str]]:
    """The doors of one page of the list, and the sentences about those that cannot be used."""
    changes: dict[int, DoorChange] = {}
    errors: dict[str, str] = {}
    for door_id in filter(_is_id, form.texts("door")):
        given = {name: form.text(f"{name}-{door_id}") for name in DoorChange.model_fields}
        try:
            changes[int(door_id)] = validated(DoorChange, {name: text for name, text in given.items() if text})
        except Invalid as refusal:
            errors |= {f"{name}-{door_id}": str(message) for name, message in refusal.fields.items()}
    return changes, errors


async def _doors_page(
    request: Request,
    session: ReadSession,
    municipality_id: int,
    street_id: int,
    part: Slice,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
) -> Response:
    street = await queries.get_street(session, municipality_id, street_id)
    doors = await queries.list_doors(session, municipality_id, street_id, part)
    context = {"street": street, "doors": LinkedPage(doors, request), "values": values, "errors": errors or {}}
    return page(request, "streets/doors.html", context, status=422 if errors else 200)


def _is_id(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) < 10


async def _context(session: ReadSession, municipality_id: int, place_id: int) -> dict[str, Any]:
    """Everything the page of a walk shows."""
    sector = await queries.get_sector(session, municipality_id, place_id)
    walks = await arranging.walks_of(session, municipality_id)
    walk = walks.through(sector.id)
    streets = sorted(walks.whole.values(), key=lambda one: one.street.postal_key)
    return {
        "sector": sector,
        "walk": walk,
        "sides": {side: str(name) for side, name in SIDES.items()},
        "without": [one.street for one in walks.through(None) if not one.is_part],
        "streets": [(one.street.id, one.street.name) for one in streets],
        "values": {"street_id": "", "side": "odd", "first": "1", "last": ""},
        "errors": {},
    }
