"""Table of the display boards."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import moment, primary_key, reference, state_of, tenant


class BoardKind(StrEnum):
    LEGAL = "legal"
    MUNICIPAL = "municipal"
    FREE = "free"
    PARTNER = "partner"


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
    created_at: datetime = moment()
    removed_at: datetime | None = moment(nullable=True)
