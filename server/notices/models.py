"""Tables of the notices: the content, its versions, and a record of every step of its life."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import Json, moment, primary_key, reference, state_of, tenant


class NoticeKind(StrEnum):
    INFORMATION = "information"
    WORKS = "works"
    EVENT = "event"
    MEETING = "meeting"
    SCHOOL = "school"
    ENVIRONMENT = "environment"
    OFFICIAL_ACT = "official_act"
    INQUIRY = "inquiry"


class NoticeState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Notice(SQLModel, table=True):
    """The unit of content. `revision` grows with every save: a save names the revision it started from."""

    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index("ix_notice_state", "municipality_id", "state", "published_at"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    number: str = Field(max_length=12)
    """What people see: "2026-087"."""
    kind: NoticeKind = Field(default=NoticeKind.INFORMATION, sa_type=state_of(NoticeKind))
    language: str = Field(default="fr", max_length=5)
    title: str = Field(default="", max_length=160)
    summary: str = Field(default="", max_length=300)
    body: str = Field(default="", sa_type=Text)
    concerns: str = Field(default="", max_length=200)
    """Who is concerned, in words."""
    happens_from: datetime | None = moment(nullable=True)
    happens_to: datetime | None = moment(nullable=True)
    whole_day: bool = False
    when_text: str = Field(default="", max_length=200)
    where_text: str = Field(default="", max_length=200)
    contact_name: str = Field(default="", max_length=120)
    contact_phone: str = Field(default="", max_length=40)
    contact_email: str = Field(default="", max_length=254)
    valid_from: date | None = Field(default=None)
    valid_to: date | None = Field(default=None)
    topic_ids: list[int] = Field(default_factory=list, sa_type=Json)
    place_ids: list[int] = Field(default_factory=list, sa_type=Json)
    state: NoticeState = Field(default=NoticeState.DRAFT, sa_type=state_of(NoticeState))
    revision: int = Field(default=1)
    content_hash: str = Field(default="", max_length=64)
    created_by_id: int = reference("account.id")
    created_at: datetime = moment()
    updated_at: datetime = moment()
    published_at: datetime | None = moment(nullable=True)


class NoticeVersion(SQLModel, table=True):
    """What the notice said at one revision. A save that came too late is kept too, marked `is_aside`."""

    __tablename__ = "notice_version"
    __table_args__ = (Index("ix_notice_version", "notice_id", "revision"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    notice_id: int = reference("notice.id", cascade=True)
    revision: int
    content: dict[str, object] = Field(sa_type=Json)
    content_hash: str = Field(max_length=64)
    is_aside: bool = False
    saved_by_id: int = reference("account.id")
    saved_at: datetime = moment()


class NoticeStepKind(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    APPROVAL_UNDONE = "approval_undone"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class NoticeStep(SQLModel, table=True):
    """A step of a notice's life: who, when, and the hash of the exact content. Append-only."""

    __tablename__ = "notice_step"

    id: int = primary_key()
    municipality_id: int = tenant()
    notice_id: int = reference("notice.id", index=True, cascade=True)
    kind: NoticeStepKind = Field(sa_type=state_of(NoticeStepKind))
    revision: int
    content_hash: str = Field(max_length=64)
    note: str = Field(default="", max_length=1000)
    by_id: int | None = reference("account.id", nullable=True)
    """Empty when the clock did it."""
    at: datetime = moment()


class Picture(SQLModel, table=True):
    """An image as re-encoded by the server, in two sizes. Its alternative text stands in the notice's body."""

    id: int = primary_key()
    municipality_id: int = tenant()
    file_key: str = Field(max_length=64)
    mail_file_key: str = Field(max_length=64)
    media_type: str = Field(max_length=20)
    width: int
    height: int
    bytes: int
    mail_width: int
    mail_height: int
    mail_bytes: int
    uploaded_by_id: int = reference("account.id")
    uploaded_at: datetime = moment()
