"""The columns of the council's other groups (CGCT L2121-27-1): received as they are, when they came, and never changed."""

from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, update

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.content.markdown import parse
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.issues import queries
from server.issues.content import issue_content
from server.issues.drafting import undo_approval
from server.issues.models import CouncilGroup, GroupText, Issue, IssueState
from server.issues.schemas import ColumnDraft, GroupDraft

DECLARED = action("council_group.declared", sentence("Gave a group of the council its column"))
ENDED = action("council_group.ended", sentence("Ended the column of a group of the council"))
INHABITANTS = 1_000
"""From so many on a group that is not of the majority has a column in every letter, on paper and on the web."""


async def declare_group(session: WriteSession, municipality_id: int, actor: Actor, draft: GroupDraft) -> CouncilGroup:
    """From now on every issue has its column. Raises Invalid if it has one already."""
    if any(one.name == draft.name for one in await queries.list_groups(session, municipality_id)):
        raise Invalid({"name": sentence("This group has its column already.")})
    group = CouncilGroup(municipality_id=municipality_id, name=draft.name)
    session.add(group)
    await session.flush()
    await record(session, municipality_id, actor.account_id, DECLARED, "council_group", group.id)
    return group


async def archive_group(session: WriteSession, municipality_id: int, actor: Actor, group_id: int) -> None:
    """Issues to come have no column of this group; those that left keep it."""
    group = await queries.get_group(session, municipality_id, group_id)
    await session.execute(
        update(CouncilGroup)
        .where(col(CouncilGroup.id) == group.id, col(CouncilGroup.archived_at).is_(None))
        .values(archived_at=clock.now())
    )
    await record(session, municipality_id, actor.account_id, ENDED, "council_group", group_id)


async def receive_text(
    session: WriteSession, municipality_id: int, actor: Actor, issue_id: int, group_id: int, draft: ColumnDraft
) -> None:
    """Record a group's text and the moment it came. An approval given before it came no longer holds.

    Raises Conflict if there is one already, or if the issue has left; Invalid if it cannot be set.
    """
    parse(draft.text, "text")
    issue = await queries.get_issue(session, municipality_id, issue_id)
    group = await queries.get_group(session, municipality_id, group_id)
    if issue.state is IssueState.SENT:
        raise Conflict(sentence("This letter has left already."))
    words: dict[str, Any] = {"text": draft.text, "signed": draft.signed.strip()}
    record = {"received_at": clock.now(), "recorded_by_id": actor.account_id}
    if not await _record(session, issue, group, **words, **record):
        raise Conflict(sentence("The text of this group was received already; it cannot be changed."))
    await undo_approval(session, issue, actor)
    issue.content_hash = (await issue_content(session, issue)).content_hash
    session.add(issue)
    await session.flush()


async def note_missing_texts(session: WriteSession, issue: Issue) -> None:
    """When an issue leaves: what had not come by then, for its archive."""
    for group in await queries.list_groups(session, issue.municipality_id):
        await _record(session, issue, group, text="", signed="", received_at=None, recorded_by_id=None)


async def _record(session: WriteSession, issue: Issue, group: CouncilGroup, **values: Any) -> bool:
    """Write a group's text if there is none; whether it was written."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    named = {"municipality_id": issue.municipality_id, "issue_id": issue.id, "group_id": group.id}
    written = await session.execute(
        insert(GroupText).values(**named, group_name=group.name, **values).on_conflict_do_nothing()
    )
    assert isinstance(written, CursorResult)
    return written.rowcount == 1
