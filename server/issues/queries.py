"""Questions about issues."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.issues.models import CouncilGroup, GroupText, Issue, IssueItem, IssueState, IssueStep
from server.web.pagination import Page, Slice


async def get_issue(session: ReadSession, municipality_id: int, issue_id: int) -> Issue:
    query = select(Issue).where(col(Issue.municipality_id) == municipality_id, col(Issue.id) == issue_id)
    issue = (await session.scalars(query)).one_or_none()
    if issue is None:
        raise NotFound
    return issue


async def list_issues(session: ReadSession, municipality_id: int, asked: Slice) -> Page[Issue]:
    """The newest first, whatever their state."""
    mine = col(Issue.municipality_id) == municipality_id
    query = select(Issue).where(mine).order_by(col(Issue.number).desc()).offset(asked.offset).limit(asked.size)
    total = await session.scalar(select(func.count()).select_from(Issue).where(mine))
    return Page(list(await session.scalars(query)), int(total or 0), asked.number, asked.size)


async def count_by_state(session: ReadSession, municipality_id: int) -> dict[IssueState, int]:
    query = (
        select(Issue.state, func.count())
        .where(col(Issue.municipality_id) == municipality_id)
        .group_by(col(Issue.state))
    )
    return {IssueState(state): count for state, count in await session.execute(query)}


async def next_number(session: ReadSession, municipality_id: int) -> int:
    query = select(func.max(Issue.number)).where(col(Issue.municipality_id) == municipality_id)
    return int(await session.scalar(query) or 0) + 1


async def list_items(session: ReadSession, municipality_id: int, issue_id: int) -> list[IssueItem]:
    """The notices of an issue, in reading order."""
    query = (
        select(IssueItem)
        .where(col(IssueItem.municipality_id) == municipality_id, col(IssueItem.issue_id) == issue_id)
        .order_by(col(IssueItem.position))
    )
    return list(await session.scalars(query))


async def list_steps(session: ReadSession, municipality_id: int, issue_id: int) -> list[tuple[IssueStep, str | None]]:
    """What happened to an issue and who did it, the latest first; no name when the clock did it."""
    query = (
        select(IssueStep, Account.name)
        .outerjoin(Account, col(Account.id) == col(IssueStep.by_id))
        .where(col(IssueStep.municipality_id) == municipality_id, col(IssueStep.issue_id) == issue_id)
        .order_by(col(IssueStep.id).desc())
    )
    return [(step, name) for step, name in await session.execute(query)]


async def notice_ids_already_sent(session: ReadSession, municipality_id: int) -> set[int]:
    """Notices that stood in an issue that was sent."""
    query = (
        select(IssueItem.notice_id)
        .join(Issue, col(Issue.id) == col(IssueItem.issue_id))
        .where(col(IssueItem.municipality_id) == municipality_id, col(Issue.state) == IssueState.SENT)
        .distinct()
    )
    return set(await session.scalars(query))


async def list_groups(session: ReadSession, municipality_id: int) -> list[CouncilGroup]:
    """The groups that have a column today, in the order they were declared."""
    query = select(CouncilGroup).where(
        col(CouncilGroup.municipality_id) == municipality_id, col(CouncilGroup.archived_at).is_(None)
    )
    return list(await session.scalars(query.order_by(col(CouncilGroup.id))))


async def get_group(session: ReadSession, municipality_id: int, group_id: int) -> CouncilGroup:
    query = select(CouncilGroup).where(
        col(CouncilGroup.municipality_id) == municipality_id, col(CouncilGroup.id) == group_id
    )
    group = (await session.scalars(query)).one_or_none()
    if group is None:
        raise NotFound
    return group


async def list_group_texts(session: ReadSession, municipality_id: int, issue_id: int) -> list[GroupText]:
    """What the groups gave for an issue, in the order of the groups."""
    query = select(GroupText).where(
        col(GroupText.municipality_id) == municipality_id, col(GroupText.issue_id) == issue_id
    )
    return list(await session.scalars(query.order_by(col(GroupText.group_id))))


# --- for the public -----------------------------------------------------------------------------------------------------


async def list_sent(session: ReadSession, municipality_id: int) -> list[Issue]:
    """Every letter sent, the newest first: the archive."""
    query = (
        select(Issue)
        .where(col(Issue.municipality_id) == municipality_id, col(Issue.state) == IssueState.SENT)
        .order_by(col(Issue.sent_at).desc(), col(Issue.number).desc())
    )
    return list(await session.scalars(query))


async def find_next(session: ReadSession, municipality_id: int) -> Issue | None:
    """The approved letter that leaves next."""
    query = (
        select(Issue)
        .where(col(Issue.municipality_id) == municipality_id, col(Issue.state) == IssueState.APPROVED)
        .order_by(col(Issue.scheduled_at).is_(None), col(Issue.scheduled_at), col(Issue.number))
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def find_last_sent(session: ReadSession, municipality_id: int) -> Issue | None:
    query = (
        select(Issue)
        .where(col(Issue.municipality_id) == municipality_id, col(Issue.state) == IssueState.SENT)
        .order_by(col(Issue.sent_at).desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def get_sent(session: ReadSession, municipality_id: int, number: int) -> Issue:
    """A letter of the archive. Raises NotFound for one that was not sent."""
    query = select(Issue).where(
        col(Issue.municipality_id) == municipality_id,
        col(Issue.number) == number,
        col(Issue.state) == IssueState.SENT,
    )
    issue = (await session.scalars(query)).one_or_none()
    if issue is None:
        raise NotFound
    return issue


# --- for the clock --------------------------------------------------------------------------------------------------------


async def list_due(session: ReadSession, now: datetime) -> list[Issue]:
    """Approved issues of all towns whose moment has come."""
    query = select(Issue).where(
        col(Issue.state) == IssueState.APPROVED,
        col(Issue.scheduled_at).is_not(None),
        col(Issue.scheduled_at) <= now,
    )
    return list(await session.scalars(query))
