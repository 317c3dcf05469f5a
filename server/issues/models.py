"""Tables of the issues: what is chosen, in which order, and who approved exactly that."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant


class IssueState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT = "sent"


class Issue(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("municipality_id", "number"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    number: int
    title: str = Field(default="", max_length=160)
    language: str = Field(default="fr", max_length=5)
    editorial: str = Field(default="", sa_type=Text)
    editorial_by: str = Field(default="", max_length=120)
    has_agenda: bool = True
    topic_ids: list[int] = Field(default_factory=list, sa_type=Json)
    """Those subscribed to any of these topics receive it."""
    state: IssueState = Field(default=IssueState.DRAFT, sa_type=state_of(IssueState))
    revision: int = Field(default=1)
    content_hash: str = Field(default="", max_length=64)
    scheduled_at: datetime | None = moment(nullable=True)
    sent_at: datetime | None = moment(nullable=True)
    mailing_id: int | None = Field(default=None, sa_type=BigId)
    created_by_id: int = reference("account.id")
    created_at: datetime = moment()
    updated_at: datetime = moment()


class IssueItem(SQLModel, table=True):
    """A notice in an issue, at a place. `content` freezes what was sent, so that an archive never changes."""

    __tablename__ = "issue_item"
    __table_args__ = (UniqueConstraint("issue_id", "notice_id"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    issue_id: int = reference("issue.id", cascade=True)
    notice_id: int = reference("notice.id", index=True)
    position: int
    content: dict[str, object] | None = Field(default=None, sa_type=Json)


class CouncilGroup(SQLModel, table=True):
    """A group of councillors who are not of the majority: a column of every issue is theirs (CGCT L2121-27-1)."""

    __tablename__ = "council_group"

    id: int = primary_key()
    municipality_id: int = tenant()
    name: str = Field(max_length=120)
    archived_at: datetime | None = moment(nullable=True)


class GroupText(SQLModel, table=True):
    """What a group gave for an issue, as it came and when. Written once; the text of others is nobody's to change.

    `received_at` is empty where nothing had come when the issue left: that is recorded, too.
    """

    __tablename__ = "group_text"
    __table_args__ = (UniqueConstraint("issue_id", "group_id"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    issue_id: int = reference("issue.id", cascade=True)
    group_id: int = reference("council_group.id", index=True)
    group_name: str = Field(max_length=120)
    text: str = Field(default="", sa_type=Text)
    signed: str = Field(default="", max_length=160)
    received_at: datetime | None = moment(nullable=True)
    recorded_by_id: int | None = reference("account.id", nullable=True)


class IssueStepKind(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    APPROVAL_UNDONE = "approval_undone"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    PUT_OFF = "put_off"
    TESTED = "tested"
    SENT = "sent"


class IssueStep(SQLModel, table=True):
    """A step of an issue's life: who, when, and the hash of the exact content. Append-only."""

    __tablename__ = "issue_step"

    id: int = primary_key()
    municipality_id: int = tenant()
    issue_id: int = reference("issue.id", index=True, cascade=True)
    kind: IssueStepKind = Field(sa_type=state_of(IssueStepKind))
    revision: int
    content_hash: str = Field(max_length=64)
    note: str = Field(default="", max_length=1000)
    by_id: int | None = reference("account.id", nullable=True)
    signed_by: str = Field(default="", max_length=120)
    """Who approved on paper; `by_id` is then who keyed the signed sheet in."""
    signed_on: date | None = Field(default=None)
    at: datetime = moment()
