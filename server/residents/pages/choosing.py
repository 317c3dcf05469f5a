"""The page behind somebody's own link: what they receive, how, in which form, and where."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.i18n import sentence
from server.residents import preferences, queries
from server.residents.addresses import masked
from server.residents.consent import CALLS, consent_words
from server.residents.dependencies import TownsPost, asker
from server.residents.models import Resident
from server.residents.pages.common import as_list, choices, streets, subject_of
from server.residents.preferences import Outcome
from server.residents.schemas import PostalAddress, Preferences
from server.residents.words import typed_wants, want_fields
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.templates import page, path_for
from server.web.tenancy import Town

router = APIRouter()

PREFERENCES = "preferences"
SAVED = {
    Outcome.SAVED: sentence("Your choices are saved."),
    Outcome.CONFIRM: sentence(
        "Your choices are saved. A message is on its way to the new address: it is used once you confirm it there."
    ),
}


@router.get("/preferences/{token}", name="preferences")
async def show_preferences(
    request: Request, session: Reading, town: CurrentTown, post: TownsPost, token: str
) -> Response:
    resident = await _resident(session, post, town, token)
    values = await _values(session, resident)
    return _page(request, post, town, resident, await _offered(session, town), values, token)


@router.post("/preferences/{token}", name="preferences_change")
async def change_preferences(
    request: Request, session: Writing, town: CurrentTown, post: TownsPost, form: SentForm, token: str
) -> Response:
    resident = await _resident(session, post, town, token)
    offered = await _offered(session, town)
    typed = {
        **await _values(session, resident),
        **form.values,
        "wants": typed_wants(form.texts("wants")),
        "place_ids": as_list(form.values.get("place_ids")),
        "may_be_called": bool(form.text("may_be_called")),
    }
    with asking_again(lambda errors, _: _page(request, post, town, resident, offered, typed, token, errors)):
        wanted = form.parse(Preferences)
        outcome = await preferences.change_preferences(session, post, resident.id, wanted, asker(request))
    if outcome is Outcome.LEFT:
        leave_token = post.secrets.token_for("leave", town.id, resident.id)
        return page(request, "public/leave.html", {"token": leave_token, "is_done": True, "paper": ""})
    values = await _values(session, resident)
    return _page(request, post, town, resident, offered, values, token, said=str(SAVED[outcome]))


async def _resident(session: ReadSession, post: TownsPost, town: Town, token: str) -> Resident:
    resident = await queries.find_resident(session, town.id, subject_of(post.secrets, PREFERENCES, town, token))
    if resident is None:
        raise NotFound(sentence("Nothing is kept of you any more: this link leads nowhere."), "erased")
    return resident


async def _offered(session: ReadSession, town: Town) -> dict[str, Any]:
    return {**await choices(session, town), "streets": await streets(session, town)}


async def _values(session: ReadSession, resident: Resident) -> dict[str, Any]:
    """What is known, but for the addresses: whoever the mail was forwarded to may open this page."""
    wants = await queries.current_wants(session, resident.municipality_id, [resident.id])
    return {
        "wants": wants.get(resident.id, []),
        "edition": resident.edition,
        "language": resident.language,
        "may_be_called": resident.may_be_called,
        "place_ids": await queries.place_ids_of(session, resident.municipality_id, resident.id),
    }


def _page(
    request: Request,
    post: TownsPost,
    town: Town,
    resident: Resident,
    offered: Mapping[str, Any],
    values: Mapping[str, Any],
    token: str,
    errors: Mapping[str, str] | None = None,
    said: str | None = None,
) -> HTMLResponse:
    blank = dict.fromkeys((*PostalAddress.model_fields, "new_email"), "")
    leave_token = post.secrets.token_for("leave", town.id, resident.id)
    context = {
        **offered,
        "values": {**blank, **values},
        "errors": errors or {},
        "token": token,
        "want_fields": want_fields(offered["topics"], values["wants"]),
        "address": masked(resident.email) if resident.email else "",
        "has_postal_address": bool(resident.address_street or resident.address_locality),
        "phone_end": resident.phone[-2:],
        "calls": CALLS,
        "has_left": resident.left_at is not None,
        "words": consent_words(town.name),
        "leave_url": path_for(request, "leave", token=leave_token),
        "notice_bar": said,
    }
    return page(request, "public/preferences.html", context, status=422 if errors else 200)
