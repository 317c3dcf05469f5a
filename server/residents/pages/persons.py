"""One person of the list: their page, changing them, their leaving, their file, their erasure."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from server.accounts.dependencies import Counter
from server.accounts.signing_in import ask_password
from server.core import clock
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.municipalities.queries import list_places
from server.residents import queries, register
from server.residents.alike import Sign, find_alike, typed_like
from server.residents.dependencies import TownsPost
from server.residents.erasure import erase_resident
from server.residents.file import export_file, readable
from server.residents.households import household_of, neighbours_of
from server.residents.leaving import stop_writing
from server.residents.models import ConsentWay, Resident
from server.residents.pages.book import form_page, offered, typed
from server.residents.received import last_messages
from server.residents.schemas import BY_HAND, PostalAddress, ResidentChange, Said
from server.residents.words import ACTS, EDITIONS, WAYS, joined
from server.web.dependencies import CurrentTown, Keys, Reading, Writing, database_of
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("residents"))])

CHANGED = saying("resident-changed", sentence("What was changed is saved."))
CHANGED_ASKED = saying(
    "resident-changed-asked",
    sentence("Saved. A message asks the owner of the new address for a yes; until then it is not used."),
)
DEPARTED = saying("resident-departed", sentence("Nothing more is sent or brought to this person."))
ERASED = saying("resident-erased", sentence("The person is erased. Nothing here names them any more."))


_AS_KNOWN = ("phone", "may_be_called", "edition", "language", "is_household", "own_copy")


@router.get("/desk/residents/{resident_id:int}", name="resident")
async def show(request: Request, session: Reading, town: CurrentTown, _staff: Counter, resident_id: int) -> Response:
    resident = await queries.get_resident(session, town.id, resident_id)
    if resident.id != resident_id:
        return redirect(request, "resident", resident_id=resident.id)
    return (await person_page(request, session, town, resident))({})


@router.get("/desk/residents/{resident_id:int}/change", name="resident_edit")
async def show_edit(
    request: Request, session: Reading, town: CurrentTown, _staff: Counter, resident_id: int
) -> Response:
    resident = await queries.get_resident(session, town.id, resident_id)
    wants = await queries.current_wants(session, town.id, [resident_id])
    values = {
        **{name: getattr(resident, name) for name in (*PostalAddress.model_fields, *_AS_KNOWN)},
        "email": resident.email or "",
        "wants": wants.get(resident_id, []),
        "place_ids": await queries.place_ids_of(session, town.id, resident_id),
        "way": ConsentWay.TELEPHONE,
        "said_on": "",
        "form_number": "",
    }
    return form_page(request, await offered(session, town), values, resident_id=resident_id)


@router.post("/desk/residents/{resident_id:int}", name="resident_change")
async def change(
    request: Request,
    session: Writing,
    town: CurrentTown,
    staff: Counter,
    post: TownsPost,
    form: SentForm,
    resident_id: int,
) -> Response:
    offer = await offered(session, town)
    with asking_again(lambda errors, _: form_page(request, offer, typed(form), errors, resident_id)):
        done = await register.change_resident(session, post, staff, resident_id, form.parse(ResidentChange))
    said = CHANGED_ASKED if done.waits_for_yes else CHANGED
    return redirect(request, "resident", resident_id=resident_id, said=said)


@router.post("/desk/residents/{resident_id:int}/departure", name="resident_depart")
async def depart(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, form: SentForm, resident_id: int
) -> Response:
    """No address is asked for, and no second page: it can be taken back."""
    await stop_writing(session, town.id, staff, resident_id, form.parse(Said))
    return redirect(request, "resident", resident_id=resident_id, said=DEPARTED)


@router.post("/desk/residents/{resident_id:int}/file", name="resident_file")
async def take_file(
    request: Request,
    session: Reading,
    town: CurrentTown,
    staff: Counter,
    secrets: Keys,
    form: SentForm,
    resident_id: int,
) -> Response:
    """To read or as data, for whoever types their password again. A POST: that it was taken out is written down."""
    resident = await queries.get_resident(session, town.id, resident_id)
    shown = await person_page(request, session, town, resident)
    with asking_again(lambda errors, _: shown(errors)):
        await ask_password(database_of(request), town.id, staff, form.text("password"))
    async with database_of(request).writing() as writing:
        content = await export_file(writing, secrets, town.id, staff, resident_id)
    if form.text("format") == "data":
        name = f"person-{resident_id}.json"
        return JSONResponse(content, headers={"content-disposition": f'attachment; filename="{name}"'})
    return page(request, "residents/file.html", {"resident": resident, "sections": readable(content)})


@router.get("/desk/residents/{resident_id:int}/erasure", name="resident_erasure")
async def confirm_erasure(
    request: Request, session: Reading, town: CurrentTown, _staff: Counter, resident_id: int
) -> Response:
    resident = await queries.get_resident(session, town.id, resident_id)
    return page(request, "residents/erasure.html", {"resident": resident})


@router.post("/desk/residents/{resident_id:int}/erasure", name="resident_erase")
async def erase(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, secrets: Keys, resident_id: int
) -> Response:
    await erase_resident(session, secrets, town.id, staff, resident_id)
    return redirect(request, "residents", said=ERASED)


async def person_page(
    request: Request, session: ReadSession, town: Town, resident: Resident, typed: Mapping[str, Any] | None = None
) -> Callable[[Mapping[str, str]], HTMLResponse]:
    """The page of a person, to be shown with what is wrong with the form on it, if anything is."""
    wants = (await queries.current_wants(session, town.id, [resident.id])).get(resident.id, [])
    names = {topic.id: topic.name for topic in await queries.list_all_topics(session, town.id)}
    places = {place.id: place.name for place in await list_places(session, town.id)}
    mates = await household_of(session, resident)
    alike = await find_alike(session, town.id, typed_like(resident), but=resident.id)
    context: dict[str, Any] = {
        "resident": resident,
        "receives": [
            (names[topic_id], joined([want.channel for want in wants if want.topic_id == topic_id]))
            for topic_id in dict.fromkeys(want.topic_id for want in wants)
        ],
        "places": [places[one] for one in await queries.place_ids_of(session, town.id, resident.id) if one in places],
        "edition": EDITIONS[resident.edition],
        "consents": await queries.list_consents(session, town.id, resident.id),
        "messages": await last_messages(session, town.id, resident.id),
        "acts": ACTS,
        "ways": WAYS,
        "said_ways": [(way.value, str(WAYS[way])) for way in (ConsentWay.TELEPHONE, *BY_HAND[:2], ConsentWay.MAIL)],
        "mates": mates,
        "neighbours": [one for one in await neighbours_of(session, resident) if one not in mates],
        "same": [one.resident for one in alike if Sign.NAME in one.signs or one.is_same],
        "today": clock.today(),
        "typed": typed or {},
    }
    return lambda errors: page(
        request, "residents/show.html", context | {"errors": errors}, status=422 if errors else 200
    )
