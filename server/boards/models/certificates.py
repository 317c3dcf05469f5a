"""Tables of proofs: certificates, acts put online for good, and paper copies asked for."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.boards.kinds import CertificateKind
from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant


class Certificate(SQLModel, table=True):
    """Asked for, then issued under a number of the year: from then on its bytes stay as they are."""

    __table_args__ = (UniqueConstraint("municipality_id", "number"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    number: str | None = Field(default=None, max_length=12)
    kind: CertificateKind = Field(sa_type=state_of(CertificateKind))
    notice_id: int = reference("notice.id", index=True)
    board_ids: list[int] = Field(default_factory=list, sa_type=Json)
    first_on: date
    last_on: date
    wish: str = Field(default="", max_length=300)
    """What for, or for whom."""
    asked_by_id: int = reference("account.id")
    asked_at: datetime = moment()
    issued_by_id: int | None = reference("account.id", nullable=True)
    issued_at: datetime | None = moment(nullable=True)
    dropped_at: datetime | None = moment(nullable=True)
    facts: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    """Exactly what is printed."""
    file_key: str = Field(default="", max_length=64)


class ActOnline(SQLModel, table=True):
    """An act published in electronic form: one PDF that no longer changes, since a moment."""

    __tablename__ = "act_online"

    id: int = primary_key()
    municipality_id: int = tenant()
    publication_id: int = Field(
        default=None, foreign_key="publication.id", sa_type=BigId, nullable=False, unique=True, ondelete="CASCADE"
    )
    notice_id: int = reference("notice.id", index=True, cascade=True)
    number: str = Field(max_length=12)
    title: str = Field(max_length=160)
    author_name: str = Field(max_length=120)
    author_title: str = Field(max_length=120)
    file_key: str = Field(max_length=64)
    bytes: int
    posted_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
    """When it was taken off."""


class PaperCopy(SQLModel, table=True):
    """Somebody asked for a published act on paper, as anybody may. No name is asked."""

    __tablename__ = "paper_copy"

    id: int = primary_key()
    municipality_id: int = tenant()
    notice_id: int = reference("notice.id", index=True, cascade=True)
    asked_on: date
    handed_on: date | None = Field(default=None)
    remark: str = Field(default="", max_length=200)
    keyed_by_id: int = reference("account.id")
    keyed_at: datetime = moment()


class ActOnPaper(SQLModel, table=True):
    """An act laid out on paper at the town hall, for anybody to read, since a day."""

    __tablename__ = "act_on_paper"

    id: int = primary_key()
    municipality_id: int = tenant()
    notice_id: int = reference("notice.id", index=True, cascade=True)
    laid_on: date
    taken_on: date | None = Field(default=None)
    keyed_by_id: int = reference("account.id")
    keyed_at: datetime = moment()
