"""What a notice said before: each version, and what changed in it."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Editor
from server.core.errors import NotFound
from server.core.i18n import sentence
from server.notices import queries, service
from server.notices.comparison import compare
from server.notices.pages.article import article
from server.notices.pages.forms import choices_of, sent_revision
from server.notices.pictures import pictures_of
from server.notices.queries import SavedVersion
from server.notices.schemas import NoticeContent, NoticeDraft
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm
from server.web.said import saying
from server.web.templates import page, path_for, redirect, room

router = APIRouter(dependencies=[Depends(room("notices"))])

RESTORED = saying("notice-restored", sentence("This is the earlier text again, as a new draft."))


@router.get("/desk/notices/{notice_id}/versions/{version_id}", name="notice_version")
async def show_version(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, notice_id: int, version_id: int
) -> Response:
    """A version as it was read, and what it changed in the one before."""
    notice = await queries.get_notice(session, town.id, notice_id)
    saved = await queries.get_version(session, town.id, notice_id, version_id)
    versions = await queries.list_versions(session, town.id, notice_id, limit=500)
    before = next((one for one in versions if one.version.revision < saved.version.revision), None)
    names = (await choices_of(session, town)).names
    content = _content(saved)
    changes = compare(_content(before), content, names) if before else []
    pictures = await pictures_of(session, town.id, content)

    def picture_path(number: int) -> str:
        return path_for(request, "desk_picture", picture_id=number)

    context: dict[str, Any] = {
        "notice": notice,
        "article": article(content, pictures, picture_path),
        "saved": saved,
        "before": before,
        "changes": changes,
        "is_present": saved.version.revision == notice.revision and not saved.version.is_aside,
    }
    return page(request, "notices/version.html", context)


@router.post("/desk/notices/{notice_id}/versions/{version_id}/restoration", name="notice_restore")
async def restore_version(
    request: Request,
    session: Writing,
    town: CurrentTown,
    staff: Editor,
    notice_id: int,
    version_id: int,
    form: SentForm,
) -> Response:
    """Say again what an earlier version said."""
    saved = await queries.get_version(session, town.id, notice_id, version_id)
    draft = NoticeDraft.of(_content(saved))
    outcome = await service.save_notice(session, town.id, staff, notice_id, draft, sent_revision(form))
    if isinstance(outcome, service.SetAside):
        return redirect(request, "notice_aside", notice_id=notice_id, version_id=outcome.version_id)
    return redirect(request, "notice_text", notice_id=notice_id, said=RESTORED)


def _content(saved: SavedVersion | None) -> NoticeContent:
    if saved is None:
        raise NotFound
    return NoticeContent.thawed(saved.version.content)
