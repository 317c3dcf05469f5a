"""Decisions on an issue: submit, send back, approve, try, send, plan."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Editor, Publisher
from server.core.clock import PARIS
from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.core.secrets import new_token
from server.issues import approval, queries, sending, views
from server.issues.content import issue_content
from server.issues.pages import issue_page
from server.issues.schemas import ReturnNote
from server.residents import queries as residents
from server.web.dependencies import Configuration, CurrentTown, Files, Keys, Reading, Writing, database_of
from server.web.forms import RefusedForm, SentForm
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("issues"))])

SUBMITTED = saying("issue-submitted", sentence("The letter waits for approval."))
RETURNED = saying("issue-returned", sentence("The letter went back to its author, with your word."))
APPROVED = saying("issue-approved", sentence("The letter is approved, exactly as you read it. It has not left yet."))
TRIED = saying("issue-tried", sentence("A trial is on its way to your mailbox."))
PLANNED = saying("issue-planned", sentence("The letter will leave at that time."))
UNPLANNED = saying("issue-unplanned", sentence("The letter leaves when you say so."))
LEAVING = saying("issue-leaving", sentence("The letter is leaving. This page follows it."))


@router.post("/desk/issues/{issue_id}/submission", name="issue_submit")
async def submit(request: Request, session: Writing, town: CurrentTown, staff: Editor, issue_id: int) -> Response:
    try:
        await approval.submit_issue(session, town.id, staff, issue_id)
    except Invalid as refusal:
        issue = await queries.get_issue(session, town.id, issue_id)
        errors = {name: str(message) for name, message in refusal.fields.items()}
        raise RefusedForm(await issue_page(request, session, issue, staff, errors)) from refusal
    return redirect(request, "issue", issue_id=issue_id, said=SUBMITTED)


@router.post("/desk/issues/{issue_id}/return", name="issue_return")
async def send_back(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, issue_id: int, form: SentForm
) -> Response:
    await approval.return_issue(session, town.id, staff, issue_id, form.parse(ReturnNote).note)
    return redirect(request, "issue", issue_id=issue_id, said=RETURNED)


@router.post("/desk/issues/{issue_id}/approval", name="issue_approve")
async def approve(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, issue_id: int, form: SentForm
) -> Response:
    await approval.approve_issue(session, town.id, staff, issue_id, form.text("content_hash"))
    return redirect(request, "issue", issue_id=issue_id, said=APPROVED)


@router.post("/desk/issues/{issue_id}/trial", name="issue_trial")
async def send_trial(
    request: Request,
    reading: Reading,
    town: CurrentTown,
    secrets: Keys,
    files: Files,
    configuration: Configuration,
    staff: Editor,
    issue_id: int,
) -> Response:
    prepared = await sending.prepare_letter(reading, files, town.id, issue_id, configuration.url)
    async with database_of(request).writing() as session:
        await sending.send_trial(session, secrets, prepared, staff, new_token())
    return redirect(request, "issue", issue_id=issue_id, said=TRIED)


@router.get("/desk/issues/{issue_id}/sending", name="issue_sending")
async def confirm_sending(
    request: Request, session: Reading, town: CurrentTown, _staff: Publisher, issue_id: int
) -> Response:
    """One sentence says what will happen and to how many people."""
    return await _sending_page(request, session, town.id, issue_id)


@router.post("/desk/issues/{issue_id}/sending", name="issue_send")
async def send(
    request: Request,
    reading: Reading,
    town: CurrentTown,
    secrets: Keys,
    files: Files,
    configuration: Configuration,
    staff: Publisher,
    issue_id: int,
    form: SentForm,
) -> Response:
    database = database_of(request)
    key = form.text("idempotency_key")[:60] or new_token()
    try:
        moment = _moment(form.text("scheduled_at"))
        if moment is not None:
            async with database.writing() as session:
                await sending.schedule_issue(session, town.id, staff, issue_id, form.text("content_hash"), moment)
            return redirect(request, "issue", issue_id=issue_id, said=PLANNED)
        prepared = await sending.prepare_letter(reading, files, town.id, issue_id, configuration.url)
        async with database.writing() as session:  # opened only now: composing must not hold up other writers
            mailing = await sending.send_issue(session, secrets, prepared, staff, key)
    except Invalid as refusal:
        errors = {name: str(message) for name, message in refusal.fields.items()}
        again = await _sending_page(request, reading, town.id, issue_id, errors, form.text("scheduled_at"))
        raise RefusedForm(again) from refusal
    return redirect(request, "mailing", mailing_id=mailing.id, said=LEAVING)


@router.post("/desk/issues/{issue_id}/unscheduling", name="issue_unschedule")
async def unschedule(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, issue_id: int
) -> Response:
    await sending.unschedule_issue(session, town.id, staff, issue_id)
    return redirect(request, "issue", issue_id=issue_id, said=UNPLANNED)


async def _sending_page(
    request: Request,
    session: ReadSession,
    municipality_id: int,
    issue_id: int,
    errors: dict[str, str] | None = None,
    scheduled_at: str = "",
) -> HTMLResponse:
    issue = await queries.get_issue(session, municipality_id, issue_id)
    people = await residents.count_audience(session, municipality_id, issue.topic_ids)
    context = {
        "issue": issue,
        "content_hash": (await issue_content(session, issue)).content_hash,
        "people": people.get("email", 0),
        "paper": views.on_paper(people),
        "idempotency_key": new_token(),
        "values": {"scheduled_at": scheduled_at},
        "errors": errors or {},
    }
    return page(request, "issues/sending.html", context, status=422 if errors else 200)


def _moment(typed: str) -> datetime | None:
    """A day and hour of the town, as the browser sends them. Raises Invalid. Nothing typed is now."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=PARIS)
    except ValueError as error:
        raise Invalid({"scheduled_at": sentence("Write a day and an hour that exist.")}) from error
