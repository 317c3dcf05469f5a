"""Tables of what stands in the town: the boards, and how long each kind of notice hangs there."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.boards.kinds import BoardKind, SheetFormat
from server.core.columns import Json, moment, primary_key, reference, state_of, tenant


class Board(SQLModel, table=True):
    """A panneau d'affichage, at its place on the round."""

    __table_args__ = (UniqueConstraint("municipality_id", "name"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    name: str = Field(max_length=120)
    location: str = Field(default="", max_length=200)
    kind: BoardKind = Field(sa_type=state_of(BoardKind))
    place_id: int | None = reference("place.id", nullable=True)
    position: int = Field(default=0)
    latitude: float | None = Field(default=None)
    longitude: float | None = Field(default=None)
    room_a4: int = Field(default=6)
    """How many sheets of a format hang side by side."""
    room_a3: int = Field(default=2)
    room_a2: int = Field(default=0)
    surface: float | None = Field(default=None)
    """Square metres, where somebody measured them."""
    is_glazed: bool = False
    keys: str = Field(default="", max_length=120)
    in_charge: str = Field(default="", max_length=120)
    closed_reason: str = Field(default="", max_length=200)
    """Why it is out of service; empty while it serves."""
    closed_from: date | None = Field(default=None)
    closed_to: date | None = Field(default=None)
    photo_key: str | None = Field(default=None, max_length=64)
    photo_type: str | None = Field(default=None, max_length=20)
    visited_on: date | None = Field(default=None)
    """The last day on which a round came by."""
    created_at: datetime = moment()
    removed_at: datetime | None = moment(nullable=True)


class PostingPreset(SQLModel, table=True):
    """A preset as this town changed it; the ones nobody changed stand in `law/presets.json`."""

    __tablename__ = "posting_preset"
    __table_args__ = (UniqueConstraint("municipality_id", "code"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    code: str = Field(max_length=40)
    name: str = Field(max_length=120)
    notice_kinds: list[str] = Field(default_factory=list, sa_type=Json)
    board_kinds: list[str] = Field(default_factory=list, sa_type=Json)
    format: SheetFormat = Field(sa_type=state_of(SheetFormat))
    months: int = Field(default=0)
    days: int = Field(default=0)
    is_required: bool = False
    basis: str = Field(default="", max_length=300)
    is_verified: bool = False
    changed_by_id: int = reference("account.id")
    changed_at: datetime = moment()
