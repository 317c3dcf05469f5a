"""Two people wrote at once: both texts side by side, and somebody chooses, field by field."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Editor
from server.core.errors import NotFound
from server.core.i18n import sentence
from server.notices import queries, service
from server.notices.comparison import compare, merged
from server.notices.pages.forms import choices_of, sent_revision
from server.notices.schemas import NoticeContent, NoticeDraft
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, validated
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("notices"))])

CHOSEN = saying(
    "notice-chosen", sentence("Your choice is saved. Go on writing if the two texts must be joined by hand.")
)
KEPT = saying("notice-kept", sentence("The notice stays as it is. The other text is in its history."))


@router.get("/desk/notices/{notice_id}/asides/{version_id}", name="notice_aside")
async def show_aside(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, notice_id: int, version_id: int
) -> Response:
    notice = await queries.get_notice(session, town.id, notice_id)
    aside = await queries.get_version(session, town.id, notice_id, version_id)
    if not aside.version.is_aside:
        raise NotFound
    present = await queries.last_version(session, town.id, notice_id)
    mine = NoticeContent.thawed(aside.version.content)
    context = {
        "notice": notice,
        "aside": aside,
        "present": present,
        "changes": compare(NoticeContent.of(notice), mine, (await choices_of(session, town)).names),
    }
    return page(request, "notices/aside.html", context)


@router.post("/desk/notices/{notice_id}/asides/{version_id}", name="notice_settle")
async def settle_aside(
    request: Request,
    session: Writing,
    town: CurrentTown,
    staff: Editor,
    notice_id: int,
    version_id: int,
    form: SentForm,
) -> Response:
    """Save what was chosen. The fields of the text set aside that were chosen are named `mine`."""
    notice = await queries.get_notice(session, town.id, notice_id)
    aside = await queries.get_version(session, town.id, notice_id, version_id)
    chosen = {name.removeprefix("choice-") for name in form.data if form.text(name) == "mine"}
    if not chosen:
        await service.drop_aside(session, town.id, notice_id, version_id)
        return redirect(request, "notice_text", notice_id=notice_id, said=KEPT)
    mine = NoticeContent.thawed(aside.version.content)
    draft = validated(NoticeDraft, merged(NoticeContent.of(notice), mine, chosen))
    outcome = await service.settle_aside(session, town.id, staff, notice_id, version_id, draft, sent_revision(form))
    if isinstance(outcome, service.SetAside):
        return redirect(request, "notice_aside", notice_id=notice_id, version_id=outcome.version_id)
    return redirect(request, "notice_text", notice_id=notice_id, said=CHOSEN)
