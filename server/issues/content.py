"""An issue as one value: what is read, what is hashed, what an approval is bound to."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from server.core.database import ReadSession
from server.issues import queries
from server.issues.models import Issue, IssueState
from server.issues.schemas import IssueDraft
from server.notices import queries as notices
from server.notices.schemas import NoticeContent


@dataclass(frozen=True)
class LetterItem:
    """A notice as it stands in the letter."""

    notice_id: int
    number: str
    content: NoticeContent


@dataclass(frozen=True)
class GroupColumn:
    """A group's column: its text as it came, or the fact that none came."""

    group_id: int
    name: str
    text: str = ""
    signed: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True)
class IssueContent:
    """Everything a reader of the letter sees, and who it is for."""

    title: str
    language: str
    editorial: str
    editorial_by: str
    has_agenda: bool
    topic_ids: tuple[int, ...]
    items: tuple[LetterItem, ...]
    columns: tuple[GroupColumn, ...] = ()

    @property
    def content_hash(self) -> str:
        """The same words in the same order for the same people have the same hash."""
        whole = {
            "title": self.title,
            "language": self.language,
            "editorial": self.editorial,
            "editorial_by": self.editorial_by,
            "has_agenda": self.has_agenda,
            "topics": sorted(self.topic_ids),
            "items": [[item.number, item.content.content_hash] for item in self.items],
        }
        if self.columns:
            whole["columns"] = [[one.name, one.text, one.signed] for one in self.columns]
        return sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    @property
    def dated(self) -> list[LetterItem]:
        """The items that happen at a moment, in the order of the calendar: the agenda."""
        return sorted(
            (item for item in self.items if item.content.happens_from is not None),
            key=lambda item: str(item.content.happens_from),
        )


async def issue_content(session: ReadSession, issue: Issue) -> IssueContent:
    """What the issue says now. A sent issue says for ever what it said when it left.

    A notice that is not published any more is not in it: the hash differs, so an approval no longer holds.
    """
    rows = await queries.list_items(session, issue.municipality_id, issue.id)
    if issue.state is IssueState.SENT:
        items = [
            LetterItem(row.notice_id, str(row.content["number"]), NoticeContent.thawed(dict(row.content["notice"])))  # type: ignore[call-overload]  # JSON
            for row in rows
            if row.content
        ]
    else:
        items = await _published(session, issue, [row.notice_id for row in rows])
    return await _content(session, issue, issue, items)


async def typed_content(session: ReadSession, issue: Issue, draft: IssueDraft) -> IssueContent:
    """What it would say if `draft` were saved now."""
    return await _content(session, issue, draft, await _published(session, issue, draft.notice_ids))


async def _content(
    session: ReadSession, issue: Issue, words: Issue | IssueDraft, items: list[LetterItem]
) -> IssueContent:
    return IssueContent(
        title=words.title,
        language=issue.language,
        editorial=words.editorial,
        editorial_by=words.editorial_by,
        has_agenda=words.has_agenda,
        topic_ids=tuple(words.topic_ids),
        items=tuple(items),
        columns=tuple(await _columns(session, issue)),
    )


async def _published(session: ReadSession, issue: Issue, notice_ids: list[int]) -> list[LetterItem]:
    """As residents read them; one that is not public is not there."""
    published = await notices.published_contents(session, issue.municipality_id, notice_ids)
    found = (published.get(notice_id) for notice_id in notice_ids)
    return [LetterItem(one.notice_id, one.number, one.content) for one in found if one]


async def _columns(session: ReadSession, issue: Issue) -> list[GroupColumn]:
    """One for each group of the council, with a text or without; of a sent issue, those it had when it left."""
    texts = await queries.list_group_texts(session, issue.municipality_id, issue.id)
    given = {
        one.group_id: GroupColumn(one.group_id, one.group_name, one.text, one.signed, one.received_at) for one in texts
    }
    if issue.state is IssueState.SENT:
        return list(given.values())
    groups = await queries.list_groups(session, issue.municipality_id)
    return [given.get(group.id, GroupColumn(group.id, group.name)) for group in groups]
