"""Steps of a notice's life: submit, return, approve, publish, withdraw, give up, copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from server.accounts.dependencies import Editor, Publisher
from server.core import clock
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.notices import queries, service
from server.notices.models import NoticeKind
from server.notices.pages.forms import sent_revision
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import RefusedForm, SentForm
from server.web.said import saying
from server.web.templates import page, path_for, redirect, room

router = APIRouter(dependencies=[Depends(room("notices"))])

SUBMITTED = saying("notice-submitted", sentence("Submitted. Somebody who may publish will read it."))
RETURNED = saying("notice-returned", sentence("Sent back to its author, with your note."))
APPROVED = saying("notice-approved", sentence("Approved: exactly this text, until somebody changes it."))
PUBLISHED = saying("notice-published", sentence("Published. Residents can read it."))
WITHDRAWN = saying("notice-withdrawn", sentence("Withdrawn. Residents no longer see it."))
DISCARDED = saying("notice-discarded", sentence("Given up. Its number stays taken."))
COPIED = saying("notice-copied", sentence("This is the copy. Write its days anew."))

# Under this, an act was not posted long enough (CGCT R2131-1: two months).
_ACT_STAYS = timedelta(days=60)


@router.post("/desk/notices/{notice_id}/submission", name="notice_submit")
async def submit_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, notice_id: int
) -> Response:
    with _told_on_its_page(request, notice_id):
        await service.submit_notice(session, town.id, staff, notice_id)
    return redirect(request, "notice", notice_id=notice_id, said=SUBMITTED)


@router.post("/desk/notices/{notice_id}/return", name="notice_return")
async def return_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, notice_id: int, form: SentForm
) -> Response:
    note = form.text("note")
    with _told_on_its_page(request, notice_id):
        await service.return_notice(session, town.id, staff, notice_id, note)
    return redirect(request, "notice", notice_id=notice_id, said=RETURNED)


@router.post("/desk/notices/{notice_id}/approval", name="notice_approve")
async def approve_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, notice_id: int, form: SentForm
) -> Response:
    """Approve what the page showed: its revision and the hash of its text come with the form."""
    revision, content_hash = sent_revision(form), form.text("content_hash")
    with _told_on_its_page(request, notice_id):
        await service.approve_notice(session, town.id, staff, notice_id, revision, content_hash)
    return redirect(request, "notice", notice_id=notice_id, said=APPROVED)


@router.get("/desk/notices/{notice_id}/publication", name="notice_publication")
async def confirm_publication(
    request: Request, session: Reading, town: CurrentTown, _staff: Publisher, notice_id: int
) -> Response:
    notice = await queries.get_notice(session, town.id, notice_id)
    public = await queries.find_in_force(session, town.id, notice_id)
    return page(request, "notices/publication.html", {"notice": notice, "public": public, "today": clock.today()})


@router.post("/desk/notices/{notice_id}/publication", name="notice_publish")
async def publish_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, notice_id: int, form: SentForm
) -> Response:
    with _told_on_its_page(request, notice_id):
        await service.publish_notice(session, town.id, staff, notice_id, form.text("content_hash"))
    return redirect(request, "notice", notice_id=notice_id, said=PUBLISHED)


@router.get("/desk/notices/{notice_id}/withdrawal", name="notice_withdrawal")
async def confirm_withdrawal(
    request: Request, session: Reading, town: CurrentTown, _staff: Publisher, notice_id: int
) -> Response:
    notice = await queries.get_notice(session, town.id, notice_id)
    public = await queries.find_last_publication(session, town.id, notice_id)
    is_early_act = (
        public is not None
        and public.kind is NoticeKind.OFFICIAL_ACT
        and clock.now() - public.first_published_at < _ACT_STAYS
    )
    context = {"notice": notice, "public": public, "is_early_act": is_early_act}
    return page(request, "notices/withdrawal.html", context)


@router.post("/desk/notices/{notice_id}/withdrawal", name="notice_withdraw")
async def withdraw_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, notice_id: int, form: SentForm
) -> Response:
    await service.withdraw_notice(session, town.id, staff, notice_id, form.text("note"))
    return redirect(request, "notice", notice_id=notice_id, said=WITHDRAWN)


@router.post("/desk/notices/{notice_id}/abandonment", name="notice_discard")
async def discard_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, notice_id: int
) -> Response:
    await service.discard_notice(session, town.id, staff, notice_id)
    return redirect(request, "notices", said=DISCARDED)


@router.post("/desk/notices/{notice_id}/copies", name="notice_duplicate")
async def duplicate_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, notice_id: int
) -> Response:
    copy = await service.duplicate_notice(session, town.id, staff, notice_id)
    return redirect(request, "notice_text", notice_id=copy.id, said=COPIED)


@contextmanager
def _told_on_its_page(request: Request, notice_id: int) -> Iterator[None]:
    """What keeps a step from being taken is told on the notice's page, which is made outside this transaction."""
    try:
        yield
    except Invalid as refusal:
        check = "note" if "note" in refusal.fields else "text"
        url = f"{path_for(request, 'notice', notice_id=notice_id)}?check={check}"
        raise RefusedForm(RedirectResponse(url, status_code=303)) from refusal
