"""Tables of the rounds: what each sheet asked for, which never changes, and what came back."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.boards.kinds import LineAction
from server.core.columns import Json, moment, primary_key, reference, state_of, tenant


class BoardRound(SQLModel, table=True):
    """A tournée: one walk along the boards, with one sheet of paper."""

    __tablename__ = "board_round"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index("ix_board_round_on", "municipality_id", "on_day"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    number: str = Field(max_length=12)
    on_day: date
    made_by_id: int = reference("account.id")
    made_at: datetime = moment()
    dropped_at: datetime | None = moment(nullable=True)
    """When it was given up: it was not walked, or another was made in its place."""
    replaced_by_id: int | None = reference("board_round.id", nullable=True)
    returns: int = Field(default=0)
    """How many times its sheet was keyed in."""
    walked_on: date | None = Field(default=None)


class RoundStop(SQLModel, table=True):
    """A board on a round's way."""

    __tablename__ = "round_stop"
    __table_args__ = (UniqueConstraint("round_id", "board_id"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    round_id: int = reference("board_round.id", cascade=True)
    board_id: int = reference("board.id", index=True)
    position: int


class RoundLine(SQLModel, table=True):
    """One thing to do at a stop, under the number it has on the sheet."""

    __tablename__ = "round_line"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    round_id: int = reference("board_round.id", cascade=True)
    board_id: int = reference("board.id")
    posting_id: int = reference("posting.id", index=True, cascade=True)
    number: int
    action: LineAction = Field(sa_type=state_of(LineAction))
    revision: int | None = Field(default=None)
    """Of the notice's text when the sheet was made."""


class RoundReturn(SQLModel, table=True):
    """A sheet as it was keyed in. One of a round counts; one that somebody keyed in meanwhile is kept aside."""

    __tablename__ = "round_return"

    id: int = primary_key()
    municipality_id: int = tenant()
    round_id: int = reference("board_round.id", index=True, cascade=True)
    walked_on: date
    answers: dict[str, object] = Field(sa_type=Json)
    counts: bool = True
    is_aside: bool = False
    keyed_by_id: int = reference("account.id")
    keyed_at: datetime = moment()
