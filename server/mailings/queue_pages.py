"""The queue: what waits, for which provider and why; those a mailing did not reach, tried again or taken out."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Editor, Publisher
from server.core import clock
from server.core.i18n import sentence
from server.core.tables import BYTE_ORDER_MARK
from server.mailings import queue, refusals
from server.mailings.pacing import hours_of, quiet_until
from server.mailings.town_relays import find_trouble
from server.web.dependencies import Configuration, CurrentTown, Keys, Reading, Writing
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("mailings"))])

RETRIED = saying("refused-retried", sentence("Those whose refusal may pass are tried once more."))


@router.get("/desk/queue", name="queue")
async def show_queue(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, settings: Configuration
) -> Response:
    now = clock.now()
    context = {
        "providers": await queue.queue_by_provider(session, now, town.id),
        "twice": await queue.count_twice(session, town.id),
        "trouble": await find_trouble(session, town.id),
        "quiet_until": quiet_until(now, hours_of(settings.quiet_hours)),
    }
    return page(request, "mailings/queue.html", context)


@router.post("/desk/mailings/{mailing_id:int}/refused/retry", name="mailing_retry")
async def retry(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, secrets: Keys, mailing_id: int
) -> Response:
    await refusals.retry_refused(session, town.id, secrets, staff, mailing_id)
    return redirect(request, "mailing", mailing_id=mailing_id, said=RETRIED)


@router.post("/desk/mailings/{mailing_id:int}/refused/export", name="mailing_refused_export")
async def export(session: Writing, town: CurrentTown, staff: Publisher, mailing_id: int) -> Response:
    """A POST: that somebody took addresses out is written down."""
    content = await refusals.export_refused(session, town.id, staff, mailing_id)
    headers = {"content-disposition": f'attachment; filename="refus-{mailing_id}.csv"', "cache-control": "no-store"}
    return Response(BYTE_ORDER_MARK + content, media_type="text/csv; charset=utf-8", headers=headers)
