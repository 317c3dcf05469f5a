"""Tables of the streets: doors, parts of sectors, and the address files they came from."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant
from server.postal.walking import Side


class AddressPoint(SQLModel, table=True):
    """One door of a street. What the town knows of its letterboxes outlives the next address file."""

    __tablename__ = "address_point"
    __table_args__ = (
        UniqueConstraint("street_id", "number", "repetition"),
        Index("ix_address_point_municipality_id", "municipality_id", "street_id"),
    )

    id: int = primary_key()
    municipality_id: int = Field(foreign_key="municipality.id", sa_type=BigId)
    street_id: int = reference("place.id")
    number: int = Field(default=0)
    """0 for a hamlet or a street without numbers."""
    repetition: str = Field(default="", max_length=12)
    postcode: str = Field(default="", max_length=10)
    post_town: str = Field(default="", max_length=80)
    lon: float | None = Field(default=None)
    lat: float | None = Field(default=None)
    boxes: int = Field(default=1)
    """Letterboxes at this door: a block of flats has many."""
    refused: int = Field(default=0)
    """How many of them want nothing from us."""
    note: str = Field(default="", max_length=120)
    """For whoever walks: "box behind the gate"."""


class SectorPart(SQLModel, table=True):
    """One side of a street, or a stretch of it, that lies in another sector than the rest of the street."""

    __tablename__ = "sector_part"

    id: int = primary_key()
    municipality_id: int = tenant()
    sector_id: int = reference("place.id", index=True)
    street_id: int = reference("place.id", index=True)
    side: Side = Field(sa_type=state_of(Side))
    first: int = Field(default=1)
    last: int = Field(default=0)
    """0: to the end of the street."""
    walk: int = Field(default=0)


class AddressFile(SQLModel, table=True):
    """An address file that somebody brought, what it would change, and when it was applied."""

    __tablename__ = "address_file"

    id: int = primary_key()
    municipality_id: int = tenant()
    file_key: str = Field(max_length=64)
    facts: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    brought_at: datetime = moment()
    brought_by_id: int | None = reference("account.id", nullable=True)
    applied_at: datetime | None = moment(nullable=True)
    applied_by_id: int | None = reference("account.id", nullable=True)
