"""Submitting, returning and approving an issue: a decision is bound to the hash of exactly what was read."""

from sqlmodel import col, update

from server.accounts.actors import Actor
from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.issues import queries
from server.issues.content import issue_content
from server.issues.drafting import note_step
from server.issues.models import Issue, IssueState, IssueStepKind
from server.notices.signatures import PaperSignature, check_signature


async def submit_issue(session: WriteSession, municipality_id: int, actor: Actor, issue_id: int) -> Issue:
    """Ask for approval. Raises Invalid if there is nothing to read, Conflict if it is not a draft."""
    issue = await queries.get_issue(session, municipality_id, issue_id)
    content = await issue_content(session, issue)
    if not content.items and not content.editorial:
        raise Invalid({"notice_ids": sentence("Tick at least one notice, or write an editorial.")})
    issue.content_hash = content.content_hash
    return await _move(session, issue, IssueState.DRAFT, IssueState.SUBMITTED, IssueStepKind.SUBMITTED, actor)


async def return_issue(session: WriteSession, municipality_id: int, actor: Actor, issue_id: int, note: str) -> Issue:
    """Send it back to its author with a word."""
    issue = await queries.get_issue(session, municipality_id, issue_id)
    return await _move(session, issue, IssueState.SUBMITTED, IssueState.DRAFT, IssueStepKind.RETURNED, actor, note)


async def approve_issue(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    issue_id: int,
    content_hash: str,
    signature: PaperSignature | None = None,
) -> Issue:
    """Approve exactly what was read. Raises Conflict if it has changed since, its notices included.

    With a `signature`, whoever signed the proof on paper approves. Raises Invalid if it is not of this very text.
    """
    issue = await queries.get_issue(session, municipality_id, issue_id)
    if (await issue_content(session, issue)).content_hash != content_hash:
        raise Conflict(sentence("The letter has changed since you read it: read it again before approving."))
    if signature:
        check_signature(signature, content_hash, issue.updated_at)
    issue.content_hash = content_hash
    step = IssueStepKind.APPROVED
    return await _move(session, issue, IssueState.SUBMITTED, IssueState.APPROVED, step, actor, signature=signature)


async def _move(
    session: WriteSession,
    issue: Issue,
    before: IssueState,
    after: IssueState,
    step: IssueStepKind,
    actor: Actor,
    note: str = "",
    signature: PaperSignature | None = None,
) -> Issue:
    moved = await session.execute(
        update(Issue)
        .where(col(Issue.id) == issue.id, col(Issue.state) == before, col(Issue.revision) == issue.revision)
        .values(state=after, content_hash=issue.content_hash)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result has it
        raise Conflict(sentence("This letter is no longer where you saw it: reload the page."))
    await session.refresh(issue)
    note_step(session, issue, step, actor, note, signature)
    return issue
