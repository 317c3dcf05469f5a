"""Leaving by link: a page with one button, and the same address for one click in a mail program (RFC 8058)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.core.errors import NotFound
from server.core.i18n import sentence
from server.residents import leaving, queries
from server.residents.models import ConsentWay
from server.residents.pages.common import subject_of
from server.residents.words import joined
from server.web.dependencies import CurrentTown, Keys, Reading, Writing
from server.web.forms import SentForm
from server.web.templates import page

router = APIRouter()

LEAVE = "leave"
_ONE_CLICK = ("List-Unsubscribe", "One-Click")


@router.get("/leave/{token}", name="leave")
async def show_leave(request: Request, session: Reading, town: CurrentTown, secrets: Keys, token: str) -> Response:
    """Looking changes nothing: scanners look."""
    resident_id = _resident_id(subject_of(secrets, LEAVE, town, token))
    resident = await queries.find_resident(session, town.id, resident_id)
    is_done = resident is None or resident.left_at is not None
    return page(request, "public/leave.html", {"token": token, "is_done": is_done, "paper": ""})


@router.post("/leave/{token}", name="leave_now")
async def leave(
    request: Request, session: Writing, town: CurrentTown, secrets: Keys, form: SentForm, token: str
) -> Response:
    """At once, without cookie, redirect or sign-in; doing it again does nothing more."""
    resident_id = _resident_id(subject_of(secrets, LEAVE, town, token))
    name, value = _ONE_CLICK
    way = ConsentWay.ONE_CLICK if form.text(name) == value else ConsentWay.WEB
    left = await leaving.leave_by_link(session, town.id, resident_id, way)
    return page(request, "public/leave.html", {"token": token, "is_done": True, "paper": joined(left.paper)})


def _resident_id(subject: int) -> int:
    """Zero is nobody: a message for one person had no list to leave."""
    if not subject:
        raise NotFound(sentence("This message was sent once, to you alone: there is no list to leave."), "no_list")
    return subject
