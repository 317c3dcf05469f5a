"""Tables of the residents: who asked to receive what, by which channel, and the proof of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
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


_STAYS = text("left_at IS NULL")
_LEFT = text("left_at IS NOT NULL")
_DOOR = text("door_key <> ''")
_PHONE = text("phone_key <> ''")
_PAUSED = text("paused_until IS NOT NULL")
_SHARED = text("household_id IS NOT NULL")


class Resident(SQLModel, table=True):
    """A person or household who asked to receive something. No field that is not needed to bring it to them.

    `left_at` is empty exactly as long as they have a subscription that has not ended.
    """

    __table_args__ = (
        UniqueConstraint("municipality_id", "email_key"),
        Index("uq_resident_of", "id", "municipality_id", unique=True),
        # Two halves of the list, each already in its order: a page, the total and a search are read from the index alone.
        Index(
            "ix_resident_stays",
            "municipality_id",
            "list_key",
            "id",
            postgresql_include=["search_key"],
            postgresql_where=_STAYS,
            sqlite_where=_STAYS,
        ),
        Index("ix_resident_left", "municipality_id", "list_key", "id", postgresql_where=_LEFT, sqlite_where=_LEFT),
        # What a form is compared with while it is typed: each probe is read from an index.
        Index("ix_resident_name", "municipality_id", "name_key"),
        Index("ix_resident_door", "municipality_id", "door_key", postgresql_where=_DOOR, sqlite_where=_DOOR),
        Index("ix_resident_household", "household_id", postgresql_where=_SHARED, sqlite_where=_SHARED),
        Index("ix_resident_paused", "municipality_id", postgresql_where=_PAUSED, sqlite_where=_PAUSED),
        Index("ix_resident_phone", "municipality_id", "phone_key", postgresql_where=_PHONE, sqlite_where=_PHONE),
        {"sqlite_autoincrement": True},  # the number of somebody erased is nobody else's: links in old mails carry it
    )

    id: int = primary_key()
    municipality_id: int = Field(foreign_key="municipality.id", sa_type=BigId)
    name: str = Field(default="", max_length=120)
    list_key: str = Field(default="", max_length=254)
    """The name without accents and case, or the address of who gave none: the order of the list."""
    search_key: str = Field(default="", max_length=800)
    """Name, addresses and telephone, folded: what a search looks into."""
    name_key: str = Field(default="", max_length=120)
    """The words of the name, folded and in the order of the alphabet."""
    door_key: str = Field(default="", max_length=160)
    """Number and street, likewise, without what kind of street it is."""
    phone_key: str = Field(default="", max_length=40)
    """The figures of the number as it is dialled in the country."""
    is_household: bool = Field(default=False)
    """A family under one name rather than a person."""
    household_id: int | None = Field(default=None, sa_type=BigId)
    """The number of one of those who share a copy on paper with them, themselves included."""
    own_copy: bool = Field(default=False)
    """They share a letterbox and asked for a copy of their own."""
    email: str | None = Field(default=None, max_length=254)
    """RCPT TO is exactly this."""
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
    calls_agreed_at: datetime | None = moment(nullable=True)
    """When they agreed to be telephoned on an urgent day; none: nobody calls them."""
    paused_from: date | None = None
    paused_until: date | None = None
    """The last day on which nothing is sent or brought; the day after, it resumes by itself."""
    left_at: datetime | None = moment(nullable=True)

    @property
    def may_be_called(self) -> bool:
        """Whether they agreed to be telephoned on an urgent day."""
        return self.calls_agreed_at is not None


class ResidentMerge(SQLModel, table=True):
    """The number an entry had before it became one with another: links in old mails still lead to the person."""

    __tablename__ = "resident_merge"

    old_id: int = Field(primary_key=True, sa_type=BigId)
    municipality_id: int = tenant()
    resident_id: int = reference("resident.id", index=True, cascade=True)
    at: datetime = moment()


class ResidentPlace(SQLModel, table=True):
    """A place somebody wants to hear of. Nobody's place in particular: the whole town."""

    __tablename__ = "resident_place"

    resident_id: int = Field(primary_key=True, foreign_key="resident.id", sa_type=BigId, ondelete="CASCADE")
    place_id: int = Field(primary_key=True, foreign_key="place.id", sa_type=BigId, ondelete="CASCADE", index=True)
    municipality_id: int = tenant()


def _of_a_resident() -> ForeignKeyConstraint:
    """One reference instead of two, to the person in that town: a list writes hundreds of thousands at once."""
    return ForeignKeyConstraint(
        ["resident_id", "municipality_id"], ["resident.id", "resident.municipality_id"], ondelete="CASCADE"
    )


_RUNS = text("ended_at IS NULL")
_RUNNING: dict[str, Any] = {"postgresql_where": _RUNS, "sqlite_where": _RUNS}


class Subscription(SQLModel, table=True):
    """One topic by one channel, from a moment to a moment."""

    __table_args__ = (
        _of_a_resident(),
        Index("uq_subscription_runs", "resident_id", "topic_id", "channel", unique=True, **_RUNNING),
        # Audiences and counts are read from this index alone.
        Index(
            "ix_subscription_audience",
            "municipality_id",
            "topic_id",
            "channel",
            "resident_id",
            **_RUNNING,
        ),
        Index("ix_subscription_resident", "resident_id"),
    )

    id: int = primary_key()
    municipality_id: int = Field(sa_type=BigId)
    resident_id: int = Field(sa_type=BigId)
    topic_id: int = reference("topic.id")
    channel: Channel = Field(sa_type=state_of(Channel))
    started_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class ConsentAct(StrEnum):
    GIVEN = "given"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    RESUMED = "resumed"
    MERGED = "merged"
    """Two entries were one person: what was said under the other one follows."""


class ConsentWay(StrEnum):
    """How somebody said yes or no."""

    WEB = "web"
    ONE_CLICK = "one_click"
    MAIL = "mail"
    PAPER = "paper"
    COUNTER = "counter"
    TELEPHONE = "telephone"
    IMPORT = "import"
    SILENCE = "silence"
    """They were asked whether they still want it, and did not answer."""


class Consent(SQLModel, table=True):
    """Proof (RGPD art. 7.1): which words were shown, when, how, and by whom it was recorded. Append-only."""

    __table_args__ = (
        _of_a_resident(),
        # Of both, as the reference is: SQLite would look through the whole town for what one person leaves behind.
        Index("ix_consent_resident", "resident_id", "municipality_id"),
    )

    id: int = primary_key()
    municipality_id: int = Field(sa_type=BigId, index=True)
    resident_id: int = Field(sa_type=BigId)
    act: ConsentAct = Field(sa_type=state_of(ConsentAct))
    way: ConsentWay = Field(sa_type=state_of(ConsentWay))
    text_version: str = Field(default="", max_length=20)
    text: str = Field(default="", max_length=2000)
    """The very words that were shown, in the language they were shown in; empty for a withdrawal."""
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    recorded_by_id: int | None = reference("account.id", nullable=True)
    at: datetime = moment()


class RequestKind(StrEnum):
    JOIN = "join"
    """To be written to by email: the owner of the address confirms."""
    ADDRESS = "address"
    """A resident's new address: its owner confirms."""
    PAPER = "paper"
    """To receive paper, asked for on the web: the counter checks."""
    AGAIN = "again"
    """Nothing was heard of them for nearly three years: do they still want it?"""


class JoinRequest(SQLModel, table=True):
    """Somebody typed an address; until it is confirmed or checked this is all there is, and it goes away by itself."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index("ix_join_request_list", "municipality_id", "kind", "id"),
        Index("ix_join_request_email", "municipality_id", "email_key"),
    )

    id: int = primary_key()
    municipality_id: int = Field(foreign_key="municipality.id", sa_type=BigId)
    kind: RequestKind = Field(sa_type=state_of(RequestKind))
    resident_id: int | None = reference("resident.id", nullable=True, index=True, cascade=True)
    email: str = Field(default="", max_length=254)
    email_key: str = Field(default="", max_length=254)
    answers: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    """What was chosen; on paper also the name and the postal address."""
    text_version: str = Field(max_length=20)
    text: str = Field(max_length=2000)
    recorded_by_id: int | None = reference("account.id", nullable=True)
    """Who typed it at the counter; nobody when it came from the web."""
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)
    confirmed_at: datetime | None = moment(nullable=True)
