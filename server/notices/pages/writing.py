"""Writing a notice: the form, saving it, saving it by itself, and its renderings while it is typed."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from server.accounts.actors import Actor
from server.accounts.dependencies import Editor
from server.accounts.models import Role
from server.core.database import ReadSession, WriteSession
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.templating import format_time
from server.notices import queries, service
from server.notices.checks import blocking
from server.notices.everywhere import Everywhere, look_everywhere, posted_on
from server.notices.models import Notice, NoticeState
from server.notices.pages.beside import Shown, renderings
from server.notices.pages.forms import (
    choices_of,
    first_values,
    form_page,
    sent_revision,
    typed_values,
    values_of,
)
from server.notices.schemas import NoticeContent, NoticeDraft
from server.web.dependencies import CurrentTown, Files, Reading, Writing
from server.web.forms import Form, SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, path_for, redirect, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("notices"))])

ACT_IS_POSTED = saying("act-is-posted", service.ACT_IS_POSTED)
SAVED = saying("notice-saved", sentence("Saved."))
REOPENED = saying("notice-reopened", sentence("Saved. The notice is a draft again and needs a new approval."))
SUBMITTED = saying("notice-submitted", sentence("Submitted. Somebody who may publish will read it."))


@router.get("/desk/notices/new", name="notice_new")
async def show_new_notice(request: Request, session: Reading, town: CurrentTown, _staff: Editor) -> Response:
    values = await first_values(session, town)
    return form_page(request, await choices_of(session, town), values)


@router.post("/desk/notices", name="notice_create")
async def create_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, form: SentForm
) -> Response:
    choices, revision = await choices_of(session, town), sent_revision(form)
    with asking_again(
        lambda errors, _refusal: form_page(request, choices, typed_values(form), errors=errors, revision=revision)
    ):
        notice, outcome = await _save_new(session, town, staff, form)
    return await _after_saving(request, session, staff, notice, outcome, form.text("then"))


@router.post("/desk/notices/draft", name="notice_autosave_new")
async def autosave_new_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, form: SentForm
) -> JSONResponse:
    """The same before there is a notice: it is there from the first rest on, and `url` leads back to it."""
    notice, outcome = await _save_new(session, town, staff, form, is_autosave=True)
    return _told(request, notice.id, outcome, url=path_for(request, "notice_text", notice_id=notice.id))


@router.get("/desk/notices/{notice_id}/text", name="notice_text")
async def show_text(
    request: Request,
    session: Reading,
    town: CurrentTown,
    files: Files,
    staff: Editor,
    notice_id: int,
    *,
    check: bool = False,
    show: Shown = "",
) -> Response:
    """The form. `check`: somebody tried to submit it; what is missing stands on top."""
    notice = await queries.get_notice(session, town.id, notice_id)
    if await service.is_posted_act(session, notice):
        return redirect(request, "notice", notice_id=notice_id, said=ACT_IS_POSTED)
    content = NoticeContent.of(notice)
    everywhere = await _everywhere(session, files, town, notice, content)
    more = await _beside(session, town, staff, notice)
    errors = {name: str(words) for name, words in blocking(everywhere.findings).items()} if check else {}
    return form_page(
        request,
        await choices_of(session, town),
        values_of(content),
        errors=errors,
        notice=notice,
        everywhere=everywhere,
        more=more | await renderings(request, everywhere, notice, show),
        status=200,
    )


@router.post("/desk/notices/{notice_id}/text", name="notice_save")
async def save_notice(
    request: Request,
    session: Writing,
    town: CurrentTown,
    files: Files,
    staff: Editor,
    notice_id: int,
    form: SentForm,
) -> Response:
    notice = await queries.get_notice(session, town.id, notice_id)
    choices = await choices_of(session, town)
    revision = sent_revision(form)
    more = await _beside(session, town, staff, notice)
    with asking_again(
        lambda errors, _refusal: form_page(
            request, choices, typed_values(form), errors=errors, notice=notice, revision=revision, more=more
        )
    ):
        outcome = await service.save_notice(session, town.id, staff, notice_id, form.parse(NoticeDraft), revision)
    return await _after_saving(request, session, staff, notice, outcome, form.text("then"))


@router.post("/desk/notices/{notice_id}/draft", name="notice_autosave")
async def autosave_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, notice_id: int, form: SentForm
) -> JSONResponse:
    """What static/js/autosave.js asks for after a rest."""
    outcome = await service.save_notice(
        session, town.id, staff, notice_id, form.parse(NoticeDraft), sent_revision(form), is_autosave=True
    )
    return _told(request, notice_id, outcome)


@router.post("/desk/notices/{notice_id}/renderings", name="notice_renderings")
async def preview_renderings(
    request: Request,
    session: Reading,
    town: CurrentTown,
    files: Files,
    _staff: Editor,
    notice_id: int,
    form: SentForm,
    show: Shown = "",
) -> Response:
    """What static/js/preview.js asks for while somebody types: the renderings of the unsaved text. Changes nothing."""
    notice = await queries.get_notice(session, town.id, notice_id)
    content = form.parse(NoticeDraft).content
    everywhere = await _everywhere(session, files, town, notice, content)
    context = await renderings(request, everywhere, notice, show, is_saved=False)
    return page(request, "notices/renderings.html", context | {"form_url": "", "here": "notice_text"})


async def _save_new(
    session: WriteSession, town: Town, staff: Actor, form: Form, *, is_autosave: bool = False
) -> tuple[Notice, service.SaveOutcome]:
    return await service.save_new_notice(
        session,
        town.id,
        staff,
        form.parse(NoticeDraft),
        form_key=form.text("key"),
        base_revision=sent_revision(form),
        is_autosave=is_autosave,
    )


def _told(request: Request, notice_id: int, outcome: service.SaveOutcome, **more: str) -> JSONResponse:
    """What became of it, for static/js/autosave.js."""
    if isinstance(outcome, service.SetAside):
        words = sentence("{who} saved before you: your text is kept beside. Compare the two.", who=outcome.by)
        url = path_for(request, "notice_aside", notice_id=notice_id, version_id=outcome.version_id)
        return JSONResponse({"message": str(words), "url": url}, 409)
    words = sentence("Saved at {time}", time=format_time(outcome.saved_at))
    return JSONResponse({"revision": outcome.revision, "saved_at_text": str(words), **more})


async def _everywhere(
    session: ReadSession, files: FileStore, town: Town, notice: Notice, content: NoticeContent
) -> Everywhere:
    return await look_everywhere(
        session, files, town.id, content, notice.number, posted_on(notice), revision=notice.revision
    )


async def _beside(session: ReadSession, town: Town, staff: Actor, notice: Notice) -> dict[str, Any]:
    """What the page of writing shows beside the form."""
    last = await queries.last_version(session, town.id, notice.id)
    words = sentence("Saved at {time}", time=format_time(last.version.saved_at))
    return {
        "asides": await queries.list_open_asides(session, town.id, notice.id),
        "saved_words": str(words),
        "can_publish": staff.has_role(Role.PUBLISHER),
    }


async def _after_saving(
    request: Request,
    session: WriteSession,
    staff: Actor,
    notice: Notice,
    outcome: service.SaveOutcome,
    then: str,
) -> Response:
    """Where the pressed button leads."""
    if isinstance(outcome, service.SetAside):
        return redirect(request, "notice_aside", notice_id=notice.id, version_id=outcome.version_id)
    await session.refresh(notice)
    said = REOPENED if outcome.is_reopened else SAVED
    if then == "pictures":
        return redirect(request, "notice_pictures", notice_id=notice.id)
    if then == "read":
        return redirect(request, "notice", notice_id=notice.id, said=said)
    if then == "submit" and notice.state is NoticeState.DRAFT:
        content = NoticeContent.of(notice)
        if blocking(await service.find_findings(session, notice.municipality_id, content)):
            url = path_for(request, "notice_text", notice_id=notice.id)
            return Response(status_code=303, headers={"location": f"{url}?check=yes"})
        await service.submit_notice(session, notice.municipality_id, staff, notice.id)
        return redirect(request, "notice", notice_id=notice.id, said=SUBMITTED)
    return redirect(request, "notice_text", notice_id=notice.id, said=said)
