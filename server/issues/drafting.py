"""Choosing notices, putting them in order, writing the editorial. What was approved and then changed is a draft again."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import col, update

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.issues import queries
from server.issues.content import issue_content
from server.issues.models import Issue, IssueItem, IssueState, IssueStep, IssueStepKind
from server.issues.schemas import IssueDraft
from server.notices import queries as notices
from server.notices.signatures import PaperSignature
from server.residents import queries as residents


async def create_issue(session: WriteSession, municipality_id: int, actor: Actor, draft: IssueDraft) -> Issue:
    """A new draft, numbered after the last issue. Raises Invalid."""
    await _check(session, municipality_id, draft)
    now = clock.now()
    issue = Issue(
        municipality_id=municipality_id,
        number=await queries.next_number(session, municipality_id),
        created_by_id=actor.account_id,
        created_at=now,
        updated_at=now,
        **draft.model_dump(exclude={"notice_ids"}),
    )
    session.add(issue)
    await session.flush()
    await _set_items(session, issue, draft.notice_ids)
    await _set_hash(session, issue)
    return issue


async def save_issue(
    session: WriteSession, municipality_id: int, actor: Actor, issue_id: int, draft: IssueDraft, base_revision: int
) -> Issue:
    """Save over `base_revision`. Raises Conflict if somebody saved since, or if the issue has left; Invalid."""
    issue = await queries.get_issue(session, municipality_id, issue_id)
    await _check(session, municipality_id, draft)
    saved = await session.execute(
        update(Issue)
        .where(
            col(Issue.municipality_id) == municipality_id,
            col(Issue.id) == issue_id,
            col(Issue.revision) == base_revision,
            col(Issue.state) != IssueState.SENT,
        )
        .values(**draft.model_dump(exclude={"notice_ids"}), revision=base_revision + 1, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if saved.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result has it
        raise Conflict(sentence("This letter was changed by somebody else, or has left, since you opened it."))
    hash_before = issue.content_hash
    await session.refresh(issue)
    await _set_items(session, issue, draft.notice_ids)
    await _set_hash(session, issue)
    if issue.content_hash != hash_before:
        await undo_approval(session, issue, actor)
    return issue


async def undo_approval(session: WriteSession, issue: Issue, actor: Actor | None, why: str = "") -> None:
    """An approval holds for exactly what was approved: anything else is a draft, and is not on its way."""
    if issue.state not in {IssueState.SUBMITTED, IssueState.APPROVED}:
        return
    issue.state, issue.scheduled_at = IssueState.DRAFT, None
    session.add(issue)
    note_step(session, issue, IssueStepKind.APPROVAL_UNDONE, actor, why)


def note_step(
    session: WriteSession,
    issue: Issue,
    kind: IssueStepKind,
    actor: Actor | None,
    note: str = "",
    signature: PaperSignature | None = None,
) -> None:
    """Record a step of an issue's life, with the hash of what it said."""
    session.add(
        IssueStep(
            municipality_id=issue.municipality_id,
            issue_id=issue.id,
            kind=kind,
            revision=issue.revision,
            content_hash=issue.content_hash,
            note=note,
            signed_by=signature.signed_by if signature else "",
            signed_on=signature.signed_on if signature else None,
            by_id=actor.account_id if actor else None,
            at=clock.now(),
        )
    )


async def _check(session: WriteSession, municipality_id: int, draft: IssueDraft) -> None:
    topics = {topic.id for topic in await residents.list_topics(session, municipality_id)}
    if not draft.topic_ids or not topics.issuperset(draft.topic_ids):
        raise Invalid({"topic_ids": sentence("Choose at least one topic: its subscribers receive the letter.")})
    known = await notices.published_contents(session, municipality_id, draft.notice_ids)
    if not set(draft.notice_ids) <= set(known):
        raise Invalid({"notice_ids": sentence("One of these notices is not published any more: untick it.")})


async def _set_items(session: WriteSession, issue: Issue, notice_ids: Sequence[int]) -> None:
    await session.execute(delete(IssueItem).where(col(IssueItem.issue_id) == issue.id))
    session.add_all(
        IssueItem(municipality_id=issue.municipality_id, issue_id=issue.id, notice_id=notice_id, position=position)
        for position, notice_id in enumerate(dict.fromkeys(notice_ids))
    )
    await session.flush()


async def _set_hash(session: WriteSession, issue: Issue) -> None:
    issue.content_hash = (await issue_content(session, issue)).content_hash
    session.add(issue)
