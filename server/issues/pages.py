"""The Letters room: choose notices, put them in order, read what will leave."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from server.accounts.dependencies import Editor
from server.accounts.models import Role
from server.core.database import ReadSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.issues import drafting, queries, views
from server.issues.forms import draft_typed, ticked, typed
from server.issues.letter import render_letter
from server.issues.models import Issue
from server.web.dependencies import CurrentTown, Files, Reading, Writing
from server.web.forms import RefusedForm, SentForm, asking_again
from server.web.framing import framed
from server.web.pagination import AskedSlice, LinkedPage
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("issues"))])

SAVED = saying("issue-saved", sentence("The letter is saved. Read it as it will be read."))


@router.get("/desk/issues", name="issues")
async def show_issues(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, asked: AskedSlice
) -> Response:
    issues = LinkedPage(await queries.list_issues(session, town.id, asked), request)
    return page(request, "issues/list.html", {"issues": issues, "states": views.MARKS})


@router.get("/desk/issues/new", name="issue_new")
async def show_new_issue(request: Request, session: Reading, town: CurrentTown, _staff: Editor) -> Response:
    draft = await views.first_draft(session, town.id)
    return _form_page(request, await views.choices(session, town.id, draft.notice_ids), draft.model_dump())


@router.post("/desk/issues", name="issue_create")
async def create_issue(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, form: SentForm
) -> Response:
    choices = await views.choices(session, town.id, ticked(form))
    with asking_again(lambda errors, _refusal: _form_page(request, choices, typed(form), errors)):
        issue = await drafting.create_issue(session, town.id, staff, draft_typed(form))
    return redirect(request, "issue", issue_id=issue.id, said=SAVED)


@router.get("/desk/issues/{issue_id}", name="issue")
async def show_issue(request: Request, session: Reading, town: CurrentTown, staff: Editor, issue_id: int) -> Response:
    return await issue_page(request, session, await queries.get_issue(session, town.id, issue_id), staff)


@router.get("/desk/issues/{issue_id}/edit", name="issue_edit")
async def show_edit(request: Request, session: Reading, town: CurrentTown, _staff: Editor, issue_id: int) -> Response:
    issue = await queries.get_issue(session, town.id, issue_id)
    draft = await views.draft_of(session, issue)
    choices = await views.choices(session, town.id, draft.notice_ids)
    return _form_page(request, choices, draft.model_dump(), issue=issue)


@router.post("/desk/issues/{issue_id}", name="issue_save")
async def save_issue(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, issue_id: int, form: SentForm
) -> Response:
    issue = await queries.get_issue(session, town.id, issue_id)
    choices = await views.choices(session, town.id, ticked(form))
    revision = int(form.text("revision") or 0) if form.text("revision").isdecimal() else 0

    def again(errors: Mapping[str, str]) -> HTMLResponse:
        return _form_page(request, choices, typed(form), errors, issue)

    try:
        with asking_again(lambda errors, _refusal: again(errors)):
            await drafting.save_issue(session, town.id, staff, issue_id, draft_typed(form), revision)
    except Conflict as conflict:
        # What was typed is shown again over the newest revision: saving once more is a decision, not an accident.
        raise RefusedForm(again({"": f"{conflict.message} {views.KEPT}"})) from conflict
    return redirect(request, "issue", issue_id=issue_id, said=SAVED)


@router.get("/desk/issues/{issue_id}/preview", name="issue_preview")
async def show_preview(
    session: Reading, town: CurrentTown, files: Files, _staff: Editor, issue_id: int
) -> HTMLResponse:
    """The mail as it will be read, its pictures embedded."""
    letter = await render_letter(session, files, await queries.get_issue(session, town.id, issue_id))
    return framed(letter.with_pictures_inside())


@router.get("/desk/issues/{issue_id}/preview.txt", name="issue_preview_text")
async def show_text(
    session: Reading, town: CurrentTown, files: Files, _staff: Editor, issue_id: int
) -> PlainTextResponse:
    letter = await render_letter(session, files, await queries.get_issue(session, town.id, issue_id))
    return PlainTextResponse(letter.mail.text)


async def issue_page(
    request: Request,
    session: ReadSession,
    issue: Issue,
    staff: Editor,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """One issue: as it will be read, what to do next, who receives it, what happened."""
    context = await views.issue_context(session, request.app.state.files, issue)
    more = {"errors": errors or {}, "can_publish": staff.has_role(Role.PUBLISHER)}
    return page(request, "issues/show.html", {**context, **more}, status=422 if errors else 200)


def _form_page(
    request: Request,
    choices: Mapping[str, Any],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    issue: Issue | None = None,
) -> HTMLResponse:
    context = {
        **choices,
        "values": values,
        "errors": errors or {},
        "issue": issue,
        "revision": issue.revision if issue else 0,
        "approved": issue is not None and issue.state in {"submitted", "approved"},
    }
    return page(request, "issues/edit.html", context, status=422 if errors else 200)
