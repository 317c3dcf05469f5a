"""Tables of the tenants: the municipality and its places."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant


class Municipality(SQLModel, table=True):
    """A tenant. Everything a resident reads about the sender stands here, once."""

    id: int = primary_key()
    slug: str = Field(unique=True, max_length=60)
    host: str | None = Field(default=None, unique=True, max_length=253)
    name: str = Field(max_length=120)
    insee_code: str = Field(default="", max_length=5)
    department: str = Field(default="", max_length=80)
    population: int = Field(default=0, sa_type=BigId)
    address: str = Field(default="", max_length=400)
    """Lines of the town hall's address, one per line."""
    postcode: str = Field(default="", max_length=10)
    post_town: str = Field(default="", max_length=80)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    website: str = Field(default="", max_length=300)
    opening_hours: str = Field(default="", max_length=1000)
    """One line per day or group of days, as people read it."""
    civic_colour: str = Field(default="#0b5a4a", max_length=7)
    logo_key: str | None = Field(default=None, max_length=64)
    logo_type: str | None = Field(default=None, max_length=40)
    paper_titles: str = Field(default="source_sans", max_length=20)
    """The faces of the style sheet, by their names in `press.style.FACES`: of titles, and of what is read at length."""
    paper_reading: str = Field(default="libertinus", max_length=20)
    paper_margin_mm: int = Field(default=17)
    languages: list[str] = Field(default_factory=lambda: ["fr"], sa_type=Json)
    """Languages of the public pages, the first one by default."""
    mayor_name: str = Field(default="", max_length=120)
    mayor_title: str = Field(default="", max_length=80)
    publication_director: str = Field(default="", max_length=120)
    dpo_contact: str = Field(default="", max_length=300)
    sender_name: str = Field(default="", max_length=120)
    sender_address: str = Field(default="", max_length=254)
    reply_address: str = Field(default="", max_length=254)
    most_people: int | None = Field(default=None, sa_type=BigId)
    """What the town may take of the machine it shares, set by who hosts it; none is no limit. See `quotas`."""
    most_mails_a_day: int | None = Field(default=None, sa_type=BigId)
    most_megabytes: int | None = Field(default=None, sa_type=BigId)
    suspended_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()


class PlaceKind(StrEnum):
    SECTOR = "sector"
    STREET = "street"


class Place(SQLModel, table=True):
    """A sector, or a street that lies in one."""

    __table_args__ = (UniqueConstraint("municipality_id", "kind", "name"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    kind: PlaceKind = Field(sa_type=state_of(PlaceKind))
    name: str = Field(max_length=120)
    sector_id: int | None = reference("place.id", nullable=True, index=True)
    position: int = Field(default=0)
    postal_key: str = Field(default="", max_length=200)
    """The name in full bare capitals: what two spellings of a street have in common."""
    postal_label: str = Field(default="", max_length=60)
    """A street as the post shortens it, if the address file says so."""
    walk: int = Field(default=0)
    """A street's place in the walk through its sector; 0 as long as nobody chose one."""
