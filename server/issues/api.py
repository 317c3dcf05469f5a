"""Issues for programs: the same use cases as the pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from server.accounts.actors import Actor
from server.accounts.dependencies import scoped
from server.core.database import ReadSession
from server.issues import approval, drafting, queries, sending
from server.issues.content import issue_content
from server.issues.models import Issue
from server.issues.schemas import IssueApproval, IssueChange, IssueDraft, IssueView, SendingView
from server.web.dependencies import Configuration, CurrentTown, Files, Keys, Reading, Writing, database_of
from server.web.pagination import AskedSlice, Listing

router = APIRouter(prefix="/issues", tags=["issues"])

Reader = Annotated[Actor, Depends(scoped("issues:read"))]
Writer = Annotated[Actor, Depends(scoped("issues:write"))]
Sender = Annotated[Actor, Depends(scoped("issues:send"))]
IdempotencyKey = Annotated[str, Header(min_length=8, max_length=60)]


@router.get("")
async def list_issues(session: Reading, town: CurrentTown, _actor: Reader, asked: AskedSlice) -> Listing[IssueView]:
    page = await queries.list_issues(session, town.id, asked)
    return Listing[IssueView].of(page, [await _view(session, issue) for issue in page.items])


@router.get("/{issue_id}")
async def get_issue(session: Reading, town: CurrentTown, _actor: Reader, issue_id: int) -> IssueView:
    return await _view(session, await queries.get_issue(session, town.id, issue_id))


@router.post("", status_code=201)
async def create_issue(session: Writing, town: CurrentTown, actor: Writer, draft: IssueDraft) -> IssueView:
    return await _view(session, await drafting.create_issue(session, town.id, actor, draft))


@router.put("/{issue_id}")
async def save_issue(
    session: Writing, town: CurrentTown, actor: Writer, issue_id: int, change: IssueChange
) -> IssueView:
    """Save over `revision`; 409 if somebody saved since."""
    draft = IssueDraft.model_validate(change.model_dump(exclude={"revision"}))
    issue = await drafting.save_issue(session, town.id, actor, issue_id, draft, change.revision)
    return await _view(session, issue)


@router.post("/{issue_id}/submission")
async def submit_issue(session: Writing, town: CurrentTown, actor: Writer, issue_id: int) -> IssueView:
    return await _view(session, await approval.submit_issue(session, town.id, actor, issue_id))


@router.post("/{issue_id}/approval")
async def approve_issue(
    session: Writing, town: CurrentTown, actor: Sender, issue_id: int, approved: IssueApproval
) -> IssueView:
    """Approve exactly the content with this hash; 409 if it says something else now."""
    issue = await approval.approve_issue(session, town.id, actor, issue_id, approved.content_hash)
    return await _view(session, issue)


@router.post("/{issue_id}/sending", status_code=202)
async def send_issue(
    request: Request,
    reading: Reading,
    town: CurrentTown,
    secrets: Keys,
    files: Files,
    configuration: Configuration,
    actor: Sender,
    issue_id: int,
    idempotency_key: IdempotencyKey,
) -> SendingView:
    """Send an approved issue. The same `Idempotency-Key` gives the same mailing, however often it is asked."""
    prepared = await sending.prepare_letter(reading, files, town.id, issue_id, configuration.url)
    async with database_of(request).writing() as session:
        mailing = await sending.send_issue(session, secrets, prepared, actor, idempotency_key)
    return SendingView(mailing_id=mailing.id)


async def _view(session: ReadSession, issue: Issue) -> IssueView:
    items = await queries.list_items(session, issue.municipality_id, issue.id)
    content = await issue_content(session, issue)
    return IssueView.model_validate(
        {
            **issue.model_dump(),
            "notice_ids": [item.notice_id for item in items],
            "content_hash": content.content_hash,
        }
    )
