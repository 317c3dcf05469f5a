"""Tables of the notices: the text in work, its versions, every step of its life, and what residents see of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant


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
    """Where the *text in work* stands. What residents see meanwhile is a Publication."""

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
        Index("ix_notice_state", "municipality_id", "state", "updated_at"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    uid: str = Field(unique=True, max_length=36)
    """A UUID: what feeds and calendars call it, for ever."""
    number: str = Field(max_length=12)
    """What people see: "2026-087"."""
    kind: NoticeKind = Field(default=NoticeKind.INFORMATION, sa_type=state_of(NoticeKind))
    language: str = Field(default="fr", max_length=5)
    is_urgent: bool = False
    title: str = Field(default="", max_length=160)
    short_title: str = Field(default="", max_length=60)
    """What is read from across the street; empty: the title itself."""
    summary: str = Field(default="", max_length=300)
    body: str = Field(default="", sa_type=Text)
    easy_read: str = Field(default="", sa_type=Text)
    """The same in easy words: a text of its own, for its own edition."""
    easy_read_by: str = Field(default="", max_length=120)
    """Who read it over, of those it is for."""
    concerns: str = Field(default="", max_length=200)
    """Who is concerned, in words."""
    happens_from: datetime | None = moment(nullable=True)
    happens_to: datetime | None = moment(nullable=True)
    whole_day: bool = False
    """No hour was given: only the days of `happens_from` and `happens_to` count."""
    when_text: str = Field(default="", max_length=200)
    where_text: str = Field(default="", max_length=200)
    contact_name: str = Field(default="", max_length=120)
    contact_phone: str = Field(default="", max_length=40)
    contact_email: str = Field(default="", max_length=254)
    author_name: str = Field(default="", max_length=120)
    """Who signed an official act (CGCT R2131-1 asks for it)."""
    author_title: str = Field(default="", max_length=120)
    valid_from: date | None = Field(default=None)
    valid_to: date | None = Field(default=None)
    topic_ids: list[int] = Field(default_factory=list, sa_type=Json)
    place_ids: list[int] = Field(default_factory=list, sa_type=Json)
    state: NoticeState = Field(default=NoticeState.DRAFT, sa_type=state_of(NoticeState))
    revision: int = Field(default=1)
    content_hash: str = Field(default="", max_length=64)
    search_key: str = Field(default="", sa_type=Text)
    """The words without accents and case: what a search looks into."""
    created_by_id: int = reference("account.id")
    created_at: datetime = moment()
    updated_at: datetime = moment()
    published_at: datetime | None = moment(nullable=True)
    """When it first became public."""


class NoticeVersion(SQLModel, table=True):
    """What the notice said at one revision. A save that came too late is kept too, marked `is_aside`."""

    __tablename__ = "notice_version"
    __table_args__ = (Index("ix_notice_version", "notice_id", "revision"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    notice_id: int = reference("notice.id", cascade=True)
    revision: int
    """Of an aside: the revision its author had started from."""
    content: dict[str, object] = Field(sa_type=Json)
    content_hash: str = Field(max_length=64)
    is_autosave: bool = False
    """The same person's next save may take its place; a step of the notice's life makes it stay."""
    is_aside: bool = False
    settled_at: datetime | None = moment(nullable=True)
    """When somebody chose between an aside and the text that had been faster."""
    saved_by_id: int = reference("account.id")
    saved_at: datetime = moment()


class NoticeStepKind(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    APPROVAL_UNDONE = "approval_undone"
    REOPENED = "reopened"
    """The text was changed after it was submitted, published or ended: it is a draft again."""
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"
    """Given up before any resident saw it."""
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
    signed_by: str = Field(default="", max_length=120)
    """Who approved on paper; `by_id` is then who keyed the signed sheet in."""
    signed_on: date | None = Field(default=None)
    at: datetime = moment()


class PublicationEnd(StrEnum):
    REPLACED = "replaced"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Publication(SQLModel, table=True):
    """One approved text, public from a moment to a moment. Residents' pages read this table and never the text in work.

    What lists need stands in columns; `content` is the frozen text that `content_hash` names.
    """

    __table_args__ = (
        Index(
            "uq_publication_in_force",
            "notice_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_publication_public", "municipality_id", "ended_at", "valid_to"),
        Index("ix_publication_number", "municipality_id", "number"),
        Index("ix_publication_agenda", "municipality_id", "happens_from"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    notice_id: int = reference("notice.id", cascade=True)
    uid: str = Field(max_length=36)
    number: str = Field(max_length=12)
    revision: int
    content: dict[str, object] = Field(sa_type=Json)
    content_hash: str = Field(max_length=64)
    kind: NoticeKind = Field(sa_type=state_of(NoticeKind))
    language: str = Field(max_length=5)
    is_urgent: bool = False
    title: str = Field(max_length=160)
    summary: str = Field(max_length=300)
    concerns: str = Field(default="", max_length=200)
    where_text: str = Field(default="", max_length=200)
    happens_from: datetime | None = moment(nullable=True)
    happens_to: datetime | None = moment(nullable=True)
    whole_day: bool = False
    valid_from: date | None = Field(default=None)
    valid_to: date | None = Field(default=None)
    topic_ids: list[int] = Field(default_factory=list, sa_type=Json)
    place_ids: list[int] = Field(default_factory=list, sa_type=Json)
    first_published_at: datetime = moment()
    """When the notice was first posted, whatever was corrected since."""
    published_at: datetime = moment()
    """When this very text was posted."""
    published_by_id: int = reference("account.id")
    ended_at: datetime | None = moment(nullable=True)
    ended_as: PublicationEnd | None = Field(default=None, sa_type=state_of(PublicationEnd), nullable=True)


class Picture(SQLModel, table=True):
    """An image as re-encoded by the server, in two sizes. Its alternative text stands in the notice's body."""

    id: int = primary_key()
    municipality_id: int = tenant()
    notice_id: int | None = reference("notice.id", nullable=True, index=True, cascade=True)
    """The notice it was brought for; any notice of the town may show it."""
    file_key: str = Field(max_length=64)
    mail_file_key: str = Field(max_length=64)
    media_type: str = Field(max_length=20)
    width: int
    height: int
    bytes: int
    mail_media_type: str = Field(max_length=20)
    mail_width: int
    mail_height: int
    mail_bytes: int
    uploaded_by_id: int = reference("account.id")
    uploaded_at: datetime = moment()


class PictureUse(SQLModel, table=True):
    """What makes a picture public: a publication or a sent issue shows it. `user` is in the user's words: "notice:12"."""

    __tablename__ = "picture_use"

    picture_id: int = Field(primary_key=True, foreign_key="picture.id", sa_type=BigId, ondelete="CASCADE")
    user: str = Field(primary_key=True, max_length=40)
    municipality_id: int = tenant()
