"""The Mailings room: what left, what is leaving, and whom it did not reach. Never who opened or clicked."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.actors import Actor
from server.accounts.dependencies import Editor, Publisher
from server.accounts.models import Role
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.mailings import queries, service
from server.mailings.models import Mailing, MailingState
from server.mailings.town_relays import find_trouble
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.pagination import AskedSlice, LinkedPage
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("mailings"))])

STATES = {
    MailingState.SCHEDULED: ("todo", sentence("planned")),
    MailingState.SENDING: ("wait", sentence("is leaving")),
    MailingState.PAUSED: ("wait", sentence("paused")),
    MailingState.FINISHED: ("done", sentence("finished")),
    MailingState.CANCELLED: ("off", sentence("cancelled")),
}
_MOVING = (MailingState.SCHEDULED, MailingState.SENDING)
PAUSED = saying("mailing-paused", sentence("Nothing more leaves until you resume."))
RESUMED = saying("mailing-resumed", sentence("The rest is leaving."))
CANCELLED = saying("mailing-cancelled", sentence("What had not left will never leave."))


@router.get("/desk/mailings", name="mailings")
async def show_mailings(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, asked: AskedSlice
) -> Response:
    found = await queries.list_mailings(session, town.id, asked)
    is_moving = any(line.mailing.state is MailingState.SENDING for line in found.items)
    trouble = await find_trouble(session, town.id) if is_moving else None
    context = {"mailings": LinkedPage(found, request), "states": STATES, "trouble": trouble}
    return page(request, "mailings/list.html", context)


@router.get("/desk/mailings/{mailing_id}", name="mailing")
async def show_mailing(
    request: Request, session: Reading, town: CurrentTown, staff: Editor, mailing_id: int
) -> Response:
    mailing = await queries.get_mailing(session, town.id, mailing_id)
    return page(request, "mailings/show.html", await _ledger(session, mailing, staff))


@router.get("/desk/mailings/{mailing_id}/progress", name="mailing_progress")
async def show_progress(
    request: Request, session: Reading, town: CurrentTown, staff: Editor, mailing_id: int
) -> Response:
    """The moving part of the page alone; the script puts it in place of the older one."""
    mailing = await queries.get_mailing(session, town.id, mailing_id)
    return page(request, "mailings/progress.html", await _ledger(session, mailing, staff))


@router.post("/desk/mailings/{mailing_id}/pause", name="mailing_pause")
async def pause(request: Request, session: Writing, town: CurrentTown, staff: Publisher, mailing_id: int) -> Response:
    await service.pause_mailing(session, town.id, mailing_id, staff)
    return redirect(request, "mailing", mailing_id=mailing_id, said=PAUSED)


@router.post("/desk/mailings/{mailing_id}/resumption", name="mailing_resume")
async def resume(request: Request, session: Writing, town: CurrentTown, staff: Publisher, mailing_id: int) -> Response:
    await service.resume_mailing(session, town.id, mailing_id, staff)
    return redirect(request, "mailing", mailing_id=mailing_id, said=RESUMED)


@router.get("/desk/mailings/{mailing_id}/cancellation", name="mailing_cancellation")
async def confirm_cancellation(
    request: Request, session: Reading, town: CurrentTown, staff: Publisher, mailing_id: int
) -> Response:
    mailing = await queries.get_mailing(session, town.id, mailing_id)
    return page(request, "mailings/cancellation.html", await _ledger(session, mailing, staff))


@router.post("/desk/mailings/{mailing_id}/cancellation", name="mailing_cancel")
async def cancel(request: Request, session: Writing, town: CurrentTown, staff: Publisher, mailing_id: int) -> Response:
    await service.cancel_mailing(session, town.id, mailing_id, staff)
    return redirect(request, "mailing", mailing_id=mailing_id, said=CANCELLED)


async def _ledger(session: ReadSession, mailing: Mailing, staff: Actor) -> dict[str, Any]:
    is_moving = mailing.state in _MOVING
    return {
        "mailing": mailing,
        "state": STATES[mailing.state],
        "figures": await queries.figures(session, mailing.municipality_id, mailing.id),
        "providers": await queries.progress_by_provider(session, mailing.municipality_id, mailing.id),
        "trouble": await find_trouble(session, mailing.municipality_id)
        if mailing.state is MailingState.SENDING
        else None,
        "is_moving": is_moving,
        "may_send": staff.has_role(Role.PUBLISHER),
    }
