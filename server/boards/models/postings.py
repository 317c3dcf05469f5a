"""Tables of what hangs: postings, and the register of what was said of them."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from server.boards.kinds import PostingState, RegisterKind, SheetFormat
from server.core.columns import moment, primary_key, reference, state_of, tenant


class Posting(SQLModel, table=True):
    """One poster on one board from a day to a day. What the register says of it is repeated in the last columns."""

    __table_args__ = (
        Index("ix_posting_board", "municipality_id", "board_id", "state"),
        Index("ix_posting_live", "municipality_id", "ended_at", "last_on"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    notice_id: int = reference("notice.id", index=True, cascade=True)
    board_id: int = reference("board.id", index=True)
    format: SheetFormat = Field(sa_type=state_of(SheetFormat))
    sheets: int = Field(default=1)
    first_on: date
    last_on: date
    is_required: bool = False
    """The law asks for every one of these days: days lost are added at the end."""
    basis: str = Field(default="", max_length=300)
    planned_by_id: int = reference("account.id")
    planned_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
    """When it was no longer wanted before its last day."""
    end_reason: str = Field(default="", max_length=200)
    state: PostingState = Field(default=PostingState.PLANNED, sa_type=state_of(PostingState))
    hung_on: date | None = Field(default=None)
    """The first day it hung."""
    seen_on: date | None = Field(default=None)
    """The last day of which the register proves that it hung."""
    days_hung: int = Field(default=0)
    revision: int | None = Field(default=None)
    """Of the notice's text that was put up; None where nobody knows."""

    @property
    def days(self) -> int:
        """How many days it is to hang."""
        return (self.last_on - self.first_on).days + 1


class RegisterEntry(SQLModel, table=True):
    """One statement: who says what of which sheet, when it was so, when it was keyed in and by whom. Append-only.

    A sheet keyed in again is another return: the statements of the return before stay, and no longer count.
    """

    __tablename__ = "register_entry"
    __table_args__ = (Index("ix_register_entry_board", "municipality_id", "board_id", "at"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    posting_id: int = reference("posting.id", index=True, cascade=True)
    board_id: int = reference("board.id")
    kind: RegisterKind = Field(sa_type=state_of(RegisterKind))
    at: datetime = moment()
    said_by: str = Field(default="", max_length=60)
    """The initials or the name of who was there."""
    first_on: date | None = Field(default=None)
    last_on: date | None = Field(default=None)
    """The days planned, where the statement is a plan."""
    remark: str = Field(default="", max_length=300)
    revision: int | None = Field(default=None)
    """Of the notice's text, where the statement is that it was put up."""
    return_id: int | None = reference("round_return.id", nullable=True, index=True)
    keyed_by_id: int = reference("account.id")
    keyed_at: datetime = moment()
