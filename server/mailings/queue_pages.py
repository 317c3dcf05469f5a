"""The queue: what waits, for which provider and why; those a mailing did not reach, tried again or taken out."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Editor, Publisher
from server.accounts.signing_in import ask_password
from server.core import clock
from server.core.i18n import sentence
from server.core.tables import BYTE_ORDER_MARK
from server.mailings import queries, queue, refusals
from server.mailings.models import Mailing
from server.mailings.pacing import hours_of, quiet_until
from server.mailings.schemas import RefusedDelivery
from server.mailings.town_relays import find_trouble
from server.web.dependencies import Configuration, CurrentTown, Keys, Reading, Writing, database_of
from server.web.forms import SentForm, asking_again
from server.web.pagination import AskedSlice, LinkedPage, Slice
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("mailings"))])

RETRIED = saying("refused-retried", sentence("Those whose refusal may pass are tried once more."))


@router.get("/desk/queue", name="queue")
async def show_queue(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, settings: Configuration
) -> Response:
    now = clock.now()
    providers = await queue.queue_by_provider(session, now, town.id)
    context = {
        "providers": providers,
        "pauses": [one for one in await queue.other_pauses(session, now, providers) if not queue.is_relay(one.name)],
        "twice": await queue.count_twice(session, town.id),
        "trouble": await find_trouble(session, town.id),
        "quiet_until": quiet_until(now, hours_of(settings.quiet_hours)),
    }
    return page(request, "mailings/queue.html", context)


@router.get("/desk/mailings/{mailing_id:int}/refused", name="mailing_refused")
async def show_refused(
    request: Request, session: Reading, town: CurrentTown, _staff: Publisher, mailing_id: int, asked: AskedSlice
) -> Response:
    """By address: only for those who may send."""
    mailing = await queries.get_mailing(session, town.id, mailing_id)
    refused = LinkedPage(await queries.refused_deliveries(session, town.id, mailing_id, asked), request)
    return _refused_page(request, mailing, refused)


@router.post("/desk/mailings/{mailing_id:int}/refused/retry", name="mailing_retry")
async def retry(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, secrets: Keys, mailing_id: int
) -> Response:
    await refusals.retry_refused(session, town.id, secrets, staff, mailing_id)
    return redirect(request, "mailing", mailing_id=mailing_id, said=RETRIED)


@router.post("/desk/mailings/{mailing_id:int}/refused/export", name="mailing_refused_export")
async def export(
    request: Request, session: Reading, town: CurrentTown, staff: Publisher, mailing_id: int, form: SentForm
) -> Response:
    """For whoever types the password again. A POST: that somebody took addresses out is written down."""
    mailing, database = await queries.get_mailing(session, town.id, mailing_id), database_of(request)
    refused = LinkedPage(await queries.refused_deliveries(session, town.id, mailing_id, Slice()), request)
    with asking_again(lambda errors, _: _refused_page(request, mailing, refused, errors)):
        await ask_password(database, town.id, staff, form.text("password"))
    async with database.writing() as writing:
        content = await refusals.export_refused(writing, town.id, staff, mailing_id)
    headers = {"content-disposition": f'attachment; filename="refus-{mailing_id}.csv"', "cache-control": "no-store"}
    return Response(BYTE_ORDER_MARK + content, media_type="text/csv; charset=utf-8", headers=headers)


def _refused_page(
    request: Request,
    mailing: Mailing,
    refused: LinkedPage[RefusedDelivery],
    errors: Mapping[str, str] | None = None,
) -> Response:
    context = {"mailing": mailing, "refused": refused, "errors": errors or {}}
    return page(request, "mailings/refused.html", context, status=422 if errors else 200)
