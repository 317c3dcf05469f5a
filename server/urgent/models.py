"""Tables of the urgent notices: what was said, who let it leave and how, and the town's prepared texts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import Json, moment, primary_key, reference, state_of, tenant
from server.coverage.ways import ToldWay


class UrgentKind(StrEnum):
    WATER = "water"
    POWER = "power"
    ROAD = "road"
    WEATHER = "weather"
    HEALTH = "health"
    SCHOOL = "school"
    FREE = "free"


class MessageType(StrEnum):
    """What a message does to the ones before it, in the words of CAP 1.2 (3.2.1)."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


class UrgentState(StrEnum):
    DRAFT = "draft"
    """Written; nobody has confirmed it yet."""
    SENT = "sent"
    DISCARDED = "discarded"


class Confirmation(StrEnum):
    """How it was made sure that this was meant to leave."""

    SECOND_PERSON = "second_person"
    PASSWORD = "password"  # noqa: S105  it is the name of a way, not a secret
    OVERRIDE = "override"
    """Alone and without a password: the reason stands beside it, for good."""


class UrgentNotice(SQLModel, table=True):
    """One message of an urgent matter: the first, an update, or the all-clear."""

    __tablename__ = "urgent_notice"
    __table_args__ = (
        Index("ix_urgent_notice_state", "municipality_id", "state", "id"),
        Index("ix_urgent_notice_first", "first_id"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    uid: str = Field(unique=True, max_length=36)
    """A UUID: what other systems call this very message, for ever."""
    kind: UrgentKind = Field(sa_type=state_of(UrgentKind))
    message_type: MessageType = Field(default=MessageType.ALERT, sa_type=state_of(MessageType))
    first_id: int | None = reference("urgent_notice.id", nullable=True)
    """The message that opened the matter; none: this is it."""
    is_exercise: bool = False
    exercise_to: list[str] = Field(default_factory=list, sa_type=Json)
    """Whom an exercise is written to: nobody else ever gets it."""
    title: str = Field(max_length=90)
    what: str = Field(max_length=300)
    instruction: str = Field(max_length=1200)
    where_text: str = Field(default="", max_length=200)
    place_ids: list[int] = Field(default_factory=list, sa_type=Json)
    topic_ids: list[int] = Field(default_factory=list, sa_type=Json)
    until_at: datetime | None = moment(nullable=True)
    """Over by itself from then on; none: until the all-clear."""
    contact_phone: str = Field(max_length=40)
    language: str = Field(default="fr", max_length=5)
    state: UrgentState = Field(default=UrgentState.DRAFT, sa_type=state_of(UrgentState))
    notice_id: int | None = reference("notice.id", nullable=True)
    """The notice residents read; an exercise has none."""
    mailing_id: int | None = reference("mailing.id", nullable=True)
    created_by_id: int = reference("account.id")
    created_at: datetime = moment()
    confirmation: Confirmation | None = Field(default=None, sa_type=state_of(Confirmation), nullable=True)
    override_reason: str = Field(default="", max_length=300)
    sent_by_id: int | None = reference("account.id", nullable=True)
    sent_at: datetime | None = moment(nullable=True)
    replaced_at: datetime | None = moment(nullable=True)
    """When a later message took its place; an all-clear is born replaced: there is nothing more to show."""

    @property
    def root_id(self) -> int:
        """The message that opened the matter."""
        return self.first_id or self.id


class UrgentTold(SQLModel, table=True):
    """A tick of a door-to-door or telephone sheet, keyed in afterwards. The last one counts."""

    __tablename__ = "urgent_told"

    id: int = primary_key()
    municipality_id: int = tenant()
    urgent_id: int = reference("urgent_notice.id", index=True)
    """The message that opened the matter."""
    resident_id: int = reference("resident.id", index=True, cascade=True)
    way: ToldWay = Field(sa_type=state_of(ToldWay))
    noted_by_id: int = reference("account.id")
    noted_at: datetime = moment()


class Witness(SQLModel, table=True):
    """A real mailbox of the town hall's at some provider: whether a message arrives there is looked up."""

    id: int = primary_key()
    municipality_id: int = tenant()
    address: str = Field(max_length=254)
    host: str = Field(default="", max_length=253)
    """Its IMAP server; none: this machine's own catcher, in a trial."""
    port: int = 993
    username: str = Field(default="", max_length=254)
    sealed_password: bytes = Field(default=b"", sa_type=LargeBinary)
    said: str = Field(default="", max_length=300)
    """Why it could not be looked into the last time."""


class Sighting(SQLModel, table=True):
    """Whether, when and in which folder a message arrived in a witness mailbox."""

    id: int = primary_key()
    municipality_id: int = tenant()
    urgent_id: int = reference("urgent_notice.id", index=True)
    witness_id: int = reference("witness.id", index=True, cascade=True)
    mailing_id: int = reference("mailing.id")
    sent_at: datetime = moment()
    seen_at: datetime | None = moment(nullable=True)
    folder: str = Field(default="", max_length=60)


class UrgentWording(SQLModel, table=True):
    """The town's own prepared text for one kind, in place of the one that comes with the program."""

    __tablename__ = "urgent_wording"
    __table_args__ = (UniqueConstraint("municipality_id", "kind", "language"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    kind: UrgentKind = Field(sa_type=state_of(UrgentKind))
    language: str = Field(max_length=5)
    title: str = Field(default="", max_length=90)
    what: str = Field(default="", max_length=300)
    instruction: str = Field(default="", max_length=1200)
