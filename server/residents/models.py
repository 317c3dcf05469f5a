"""Tables of the residents: who asked to receive what, by which channel, and the proof of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant


class Channel(StrEnum):
    EMAIL = "email"
    POST = "post"
    HAND = "hand"
    COUNTER = "counter"


class Edition(StrEnum):
    STANDARD = "standard"
    LARGE_PRINT = "large_print"
    EASY_READ = "easy_read"


class Topic(SQLModel, table=True):
    """A rubrique people subscribe to."""

    __table_args__ = (UniqueConstraint("municipality_id", "slug"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    slug: str = Field(max_length=60)
    name: str = Field(max_length=80)
    description: str = Field(default="", max_length=300)
    position: int = Field(default=0)
    archived_at: datetime | None = moment(nullable=True)


class Resident(SQLModel, table=True):
    """A person or household who asked to receive something. No field that is not needed to bring it to them."""

    __table_args__ = (
        UniqueConstraint("municipality_id", "email_key"),
        Index("ix_resident_list", "municipality_id", "left_at", "id"),
        Index("ix_resident_name", "municipality_id", "name_key"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    name: str = Field(default="", max_length=120)
    name_key: str = Field(default="", max_length=120)
    """The name without accents and case: what a search looks into."""
    email: str | None = Field(default=None, max_length=254)
    """As it was typed: RCPT TO is exactly this."""
    email_key: str | None = Field(default=None, max_length=254)
    """Lower case: one row per mailbox."""
    phone: str = Field(default="", max_length=40)
    address_inside: str = Field(default="", max_length=80)
    address_outside: str = Field(default="", max_length=80)
    address_street: str = Field(default="", max_length=80)
    address_locality: str = Field(default="", max_length=80)
    postcode: str = Field(default="", max_length=10)
    post_town: str = Field(default="", max_length=80)
    edition: Edition = Field(default=Edition.STANDARD, sa_type=state_of(Edition))
    language: str = Field(default="fr", max_length=5)
    created_at: datetime = moment()
    last_contact_at: datetime = moment()
    left_at: datetime | None = moment(nullable=True)


class ResidentPlace(SQLModel, table=True):
    __tablename__ = "resident_place"

    resident_id: int = Field(primary_key=True, foreign_key="resident.id", sa_type=BigId, ondelete="CASCADE")
    place_id: int = Field(primary_key=True, foreign_key="place.id", sa_type=BigId, ondelete="CASCADE", index=True)
    municipality_id: int = tenant()


class Subscription(SQLModel, table=True):
    """One topic by one channel, from a moment to a moment."""

    __table_args__ = (
        Index("ix_subscription_due", "municipality_id", "topic_id", "channel", "ended_at"),
        Index("ix_subscription_resident", "resident_id"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    resident_id: int = reference("resident.id", cascade=True)
    topic_id: int = reference("topic.id")
    channel: Channel = Field(sa_type=state_of(Channel))
    started_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class ConsentAct(StrEnum):
    GIVEN = "given"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


class ConsentWay(StrEnum):
    """How somebody said yes or no."""

    WEB = "web"
    ONE_CLICK = "one_click"
    MAIL = "mail"
    PAPER = "paper"
    COUNTER = "counter"
    TELEPHONE = "telephone"
    IMPORT = "import"


class Consent(SQLModel, table=True):
    """Proof (RGPD art. 7.1): which words were shown, when, how, and by whom it was recorded. Append-only."""

    id: int = primary_key()
    municipality_id: int = tenant()
    resident_id: int = reference("resident.id", index=True, cascade=True)
    act: ConsentAct = Field(sa_type=state_of(ConsentAct))
    way: ConsentWay = Field(sa_type=state_of(ConsentWay))
    text_version: str = Field(max_length=20)
    text: str = Field(default="", max_length=2000)
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    recorded_by_id: int | None = reference("account.id", nullable=True)
    at: datetime = moment()


class JoinRequest(SQLModel, table=True):
    """Somebody typed an address; until its owner confirms, this is all there is, and it goes away by itself."""

    __tablename__ = "join_request"

    id: int = primary_key()
    municipality_id: int = tenant()
    email: str = Field(max_length=254)
    answers: dict[str, object] = Field(sa_type=Json)
    text_version: str = Field(max_length=20)
    created_at: datetime = moment(index=True)
    expires_at: datetime = moment()
    confirmed_at: datetime | None = moment(nullable=True)
