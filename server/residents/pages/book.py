"""The counter's book: find somebody, write somebody down. Made for a keyboard: Enter saves and opens the next."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.accounts.dependencies import Counter
from server.accounts.models import Role
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.residents import queries, register
from server.residents.dependencies import TownsPost
from server.residents.models import Channel, ConsentWay
from server.residents.pages.common import as_list, choices
from server.residents.queries import ResidentFilter
from server.residents.schemas import BY_HAND, ResidentDraft
from server.residents.words import CHANNELS, WAYS, joined, typed_wants, want_fields
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.pagination import AskedSlice, LinkedPage
from server.web.said import saying
from server.web.templates import page, path_for, redirect, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("residents"))])

ADDED = saying("resident-added", sentence("The person is on the list. Here is an empty form for the next one."))
ADDED_ONE = saying("resident-added-one", sentence("The person is on the list."))
ASKED = saying(
    "resident-asked",
    sentence("A message asks the owner of this address for a yes. They are on the list once they have confirmed."),
)
ADDED_ASKED = saying(
    "resident-added-asked",
    sentence("The person receives paper from now on. A message asks the owner of the address for a yes to the rest."),
)
_MOST_TYPED = 100


def _asked_filter(
    q: Annotated[str, Query(max_length=_MOST_TYPED)] = "",
    channel: Annotated[str, Query(max_length=20)] = "",
    topic: Annotated[str, Query(max_length=18)] = "",
    place: Annotated[str, Query(max_length=18)] = "",
    left: Annotated[str, Query(max_length=5)] = "",
) -> ResidentFilter:
    """What the address of the page asks for; a word that means nothing filters nothing."""
    return ResidentFilter(
        words=q,
        channel=Channel(channel) if channel in set(Channel) else None,
        topic_id=int(topic) if topic.isdecimal() else None,
        place_id=int(place) if place.isdecimal() else None,
        has_left=left == "yes",
    )


AskedFilter = Annotated[ResidentFilter, Depends(_asked_filter)]


@router.get("/desk/residents", name="residents")
async def show_residents(
    request: Request, session: Reading, town: CurrentTown, staff: Counter, wanted: AskedFilter, asked: AskedSlice
) -> Response:
    people = LinkedPage(await queries.list_residents(session, town.id, wanted, asked), request)
    topics = await queries.list_all_topics(session, town.id)
    sectors = await list_places(session, town.id, PlaceKind.SECTOR)
    context = {
        "people": people,
        "wanted": wanted,
        "channels": CHANNELS,
        "topics": [(topic.id, topic.name) for topic in topics],
        "sectors": [(sector.id, sector.name) for sector in sectors],
        "joined": joined,
        "may_take_out": staff.has_role(Role.ADMINISTRATOR),
        "to_check": await queries.count_to_check(session, town.id),
    }
    return page(request, "residents/list.html", context)


@router.get("/desk/residents/new", name="resident_new")
async def show_new(request: Request, session: Reading, town: CurrentTown, _staff: Counter, post: TownsPost) -> Response:
    """Filled like the last coupon of the pile, as far as it says nothing of a person."""
    last = request.query_params
    like = {"wants": typed_wants(last.getlist("wants")), "way": last.get("way", ConsentWay.PAPER)}
    return form_page(request, await offered(session, town), empty_form(post) | like)


@router.post("/desk/residents", name="resident_add")
async def add(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, post: TownsPost, form: SentForm
) -> Response:
    offer = await offered(session, town)
    with asking_again(lambda errors, _: form_page(request, offer, {**empty_form(post), **typed(form)}, errors)):
        done = await register.add_resident(session, post, staff, form.parse(ResidentDraft))
    if done.resident is not None and form.text("then") == "show":
        said = ADDED_ASKED if done.waits_for_yes else ADDED_ONE
        return redirect(request, "resident", resident_id=done.resident.id, said=said)
    said = ASKED if done.resident is None else ADDED_ASKED if done.waits_for_yes else ADDED
    return _next_form(request, form, said)


def _next_form(request: Request, form: SentForm, said: str) -> Response:
    """The next coupon of a pile is most often like the last one."""
    same = [("wants", want) for want in form.texts("wants") if want] + [("way", form.text("way")), ("said", said)]
    return RedirectResponse(f"{path_for(request, 'resident_new')}?{urlencode(same)}", status_code=303)


async def offered(session: ReadSession, town: Town) -> dict[str, Any]:
    """What the form of a person offers."""
    return {
        **await choices(session, town),
        "ways": [(way.value, str(WAYS[way])) for way in BY_HAND],
    }


def typed(form: SentForm) -> dict[str, Any]:
    """What was typed, to fill the form again."""
    wants, place_ids = typed_wants(form.texts("wants")), as_list(form.values.get("place_ids"))
    return {**form.values, "wants": wants, "place_ids": place_ids}


def form_page(
    request: Request,
    offer: Mapping[str, Any],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    resident_id: int | None = None,
) -> HTMLResponse:
    """The form of a person: a new one, or the one with this number."""
    context = {
        **offer,
        "values": {**dict.fromkeys(ResidentDraft.model_fields, ""), **values},
        "errors": errors or {},
        "want_fields": want_fields(offer["topics"], values["wants"]),
        "resident_id": resident_id,
    }
    return page(request, "residents/edit.html", context, status=422 if errors else 200)


def empty_form(post: TownsPost) -> dict[str, Any]:
    """What the form of a new person begins with."""
    town = post.municipality
    here = {"postcode": town.postcode, "post_town": town.post_town, "language": town.languages[0]}
    return {**here, "edition": "standard", "wants": [], "place_ids": [], "way": ConsentWay.PAPER}
