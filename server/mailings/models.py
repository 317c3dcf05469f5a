"""Tables of the mail ledger. It knows addresses and messages, not people: `recipient` is a number given by the caller."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKeyConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant
from server.mailings.dkim import Algorithm

MOST_REPLY = 500
"""Characters kept of what a server said."""
_JsonOrNothing = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class MailingKind(StrEnum):
    ISSUE = "issue"
    NOTICE = "notice"
    TRIAL = "trial"
    TRANSACTIONAL = "transactional"


class MailingState(StrEnum):
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Lane(StrEnum):
    """Lanes go before one another in this order."""

    TRANSACTIONAL = "transactional"
    URGENT = "urgent"
    ORDINARY = "ordinary"

    @property
    def rank(self) -> int:
        """The lane as the ledger's rows carry it: the smaller goes first."""
        return list(Lane).index(self)


class Mailing(SQLModel, table=True):
    """One sending by email of one issue or notice, or one transactional message."""

    __table_args__ = (UniqueConstraint("municipality_id", "idempotency_key"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    kind: MailingKind = Field(sa_type=state_of(MailingKind))
    lane: Lane = Field(sa_type=state_of(Lane))
    subject: str = Field(max_length=200)
    origin: str = Field(default="", max_length=60, index=True)
    """What it sends, in the caller's words: "issue:12"."""
    scope: list[int] = Field(default_factory=list, sa_type=Json)
    """The topics it was addressed to: who leaves all of them is not written to any more."""
    idempotency_key: str = Field(max_length=80)
    state: MailingState = Field(sa_type=state_of(MailingState), index=True)
    created_by_id: int | None = reference("account.id", nullable=True)
    created_at: datetime = moment()
    scheduled_at: datetime = moment()
    worthless_at: datetime | None = moment(nullable=True)
    """From then on its words are no longer true, and nothing more of it leaves; none: they keep."""
    started_at: datetime | None = moment(nullable=True)
    finished_at: datetime | None = moment(nullable=True)
    stopped_for: str = Field(default="", max_length=20)
    """Why Tambour itself paused it, once: who resumes it has seen the figures, and it is not stopped again; or ended it."""
    final: dict[str, int] | None = Field(default=None, sa_type=_JsonOrNothing)
    """The ledger's figures, summed once and for all when nothing can change them any more: they outlive the rows."""


class MailingMessage(SQLModel, table=True):
    """A message composed once, with holes: one per language and edition of a mailing."""

    __tablename__ = "mailing_message"
    __table_args__ = (Index("uq_mailing_message_of", "id", "mailing_id", "municipality_id", unique=True),)

    id: int = primary_key()
    municipality_id: int = tenant()
    mailing_id: int = reference("mailing.id", index=True, cascade=True)
    language: str = Field(max_length=5)
    edition: str = Field(max_length=20)
    envelope_sender: str = Field(max_length=254)
    body: bytes = Field(sa_type=LargeBinary)
    """What `compose.ComposedMessage.pack` gives; emptied when a transactional message has left, for its links open doors."""


class DeliveryState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    """A worker holds it, under a lease."""
    SENDING = "sending"
    """Written down before the relay may see the message: from here on it may have been accepted."""
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    """The answer was lost. It is sent again, and the person may get it twice."""
    CANCELLED = "cancelled"


# A row is `claimed` or `sending` as long as it has a lease, and waits as long as it has none but a next moment.
_WAITING = text("lease_until IS NULL AND next_at IS NOT NULL")
_WAITING_FIRST = text("lane = 0 AND lease_until IS NULL AND next_at IS NOT NULL")
_HELD = text("lease_until IS NOT NULL")
# What a server said that wants no more of it (RFC 5321, 4.2.1), and words of ours, which are no number.
_REFUSED_FOR_GOOD = text("reply >= '5'")


class Delivery(SQLModel, table=True):
    """One line of a mailing's ledger: queue entry and record in one row."""

    __table_args__ = (
        # One reference that says all: a million of them are written at once, and each costs more than an index.
        ForeignKeyConstraint(
            ["message_id", "mailing_id", "municipality_id"],
            ["mailing_message.id", "mailing_message.mailing_id", "mailing_message.municipality_id"],
            ondelete="RESTRICT",
        ),
        UniqueConstraint("mailing_id", "recipient"),
        # Taken mailing by mailing, so that none starves another and a paused one costs nothing.
        Index("ix_delivery_due", "mailing_id", "next_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_delivery_first", "next_at", postgresql_where=_WAITING_FIRST, sqlite_where=_WAITING_FIRST),
        Index("ix_delivery_held", "mailing_id", "lease_until", postgresql_where=_HELD, sqlite_where=_HELD),
        Index("ix_delivery_recipient", "municipality_id", "recipient"),
        Index(
            "ix_delivery_refused",
            "municipality_id",
            "recipient",
            postgresql_where=_REFUSED_FOR_GOOD,
            sqlite_where=_REFUSED_FOR_GOOD,
        ),
        # Room in each page for the mark of a row that stands there.
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: int = primary_key()
    municipality_id: int = Field(sa_type=BigId)
    mailing_id: int = Field(sa_type=BigId)
    message_id: int = Field(sa_type=BigId)
    recipient: int = Field(sa_type=BigId)
    """The caller's number for the person; 0 in a message to nobody on the lists; negative once the person is erased."""
    address: str = Field(max_length=254)
    provider: str = Field(max_length=253)
    lane: int = Field(sa_type=SmallInteger)
    state: DeliveryState = Field(default=DeliveryState.QUEUED, sa_type=state_of(DeliveryState))
    attempt: int = Field(default=0, sa_type=SmallInteger)
    """The fence: it grows at each claim, and whoever holds an older number changes nothing."""
    tries: int = Field(default=0, sa_type=SmallInteger)
    """How often the relay said "later"."""
    doubts: int = Field(default=0, sa_type=SmallInteger)
    """How often the answer was lost: more than none, and the person may have got it twice."""
    next_at: datetime | None = moment(nullable=True)
    """When it may be sent; none: never (again), even if the relay should say "later"."""
    worker: str | None = Field(default=None, max_length=60)
    lease_until: datetime | None = moment(nullable=True)
    behind: int | None = Field(default=None, sa_type=BigId)
    """`Claim.number` of the one that leads it on its line: it does not leave before that one's result is written."""
    reply: str = Field(default="", max_length=MOST_REPLY)
    settled_at: datetime | None = moment(nullable=True)


class SuppressionReason(StrEnum):
    REFUSED = "refused"
    COMPLAINT = "complaint"
    NEVER_AGAIN = "never_again"
    ERASED = "erased"


class Suppression(SQLModel, table=True):
    """An address that must not be written to, as a keyed hash: it outlives the person's erasure."""

    __table_args__ = (UniqueConstraint("municipality_id", "address_hash"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    address_hash: str = Field(max_length=32)
    reason: SuppressionReason = Field(sa_type=state_of(SuppressionReason))
    at: datetime = moment()


class DkimState(StrEnum):
    WAITING = "waiting"
    """Its record has not been seen in the DNS yet."""
    SIGNING = "signing"
    RETIRED = "retired"
    """A newer one signs; its record is still needed by mail on its way."""


class DkimKey(SQLModel, table=True):
    """A key that signs a town's mail, sealed with the instance's own."""

    __tablename__ = "dkim_key"
    __table_args__ = (UniqueConstraint("municipality_id", "selector"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    domain: str = Field(max_length=253)
    selector: str = Field(max_length=63)
    algorithm: Algorithm = Field(sa_type=state_of(Algorithm))
    sealed: bytes = Field(sa_type=LargeBinary)
    state: DkimState = Field(sa_type=state_of(DkimState))
    created_at: datetime = moment()
    looked_at: datetime | None = moment(nullable=True)
    said: str = Field(default="", max_length=300)
    """What stood in the DNS instead when the record was last looked for."""
    signing_since: datetime | None = moment(nullable=True)
    retired_at: datetime | None = moment(nullable=True)


class DomainCheck(SQLModel, table=True):
    """What the DNS said of a town's sending domain when it was last asked."""

    __tablename__ = "domain_check"

    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id", sa_type=BigId)
    domain: str = Field(max_length=253)
    is_aligned: bool | None = None
    """Whether receivers can believe its mail; nothing where the DNS did not answer."""
    findings: list[dict[str, object]] = Field(default_factory=list, sa_type=Json)
    """What `alignment.Finding.as_data` gives, one for each check."""
    at: datetime = moment()


class DomainOverride(SQLModel, table=True):
    """Somebody let letters leave although the records are not in order, and said why. Append-only."""

    __tablename__ = "domain_override"

    id: int = primary_key()
    municipality_id: int = tenant()
    domain: str = Field(max_length=253)
    reason: str = Field(max_length=500)
    by_id: int | None = reference("account.id", nullable=True)
    at: datetime = moment()


class RelayTls(StrEnum):
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class TownRelay(SQLModel, table=True):
    """A town's own relay: its mail leaves there and nowhere else."""

    __tablename__ = "town_relay"

    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id", sa_type=BigId)
    host: str = Field(max_length=253)
    port: int
    tls: RelayTls = Field(sa_type=state_of(RelayTls))
    username: str = Field(default="", max_length=254)
    sealed_password: bytes = Field(default=b"", sa_type=LargeBinary)
    per_day: int = Field(default=0)
    """Most messages a day, as the relay's owner sells them; 0: as many as there are."""
    per_hour: int = Field(default=0)
    changed_at: datetime = moment()


class ProviderPace(SQLModel, table=True):
    """What a provider, or a relay, may still get, and what it said last. All towns and workers share it."""

    __tablename__ = "provider_pace"

    name: str = Field(primary_key=True, max_length=253)
    level: float = Field(default=0.0)
    at: datetime = moment()
    slowed_until: datetime | None = moment(nullable=True)
    steps: int = Field(default=0, sa_type=SmallInteger)
    said: str = Field(default="", max_length=MOST_REPLY)
    said_at: datetime | None = moment(nullable=True)
    blocked_at: datetime | None = moment(nullable=True)
    """When it last refused us as senders."""


class ProviderChange(SQLModel, table=True):
    """How much a provider takes, where an administrator knows better than the preset."""

    __tablename__ = "provider_change"

    name: str = Field(primary_key=True, max_length=253)
    connections: int
    per_connection: int
    per_second: float
    changed_at: datetime = moment()


class WorkerHeartbeat(SQLModel, table=True):
    """The last sign of life of a worker, read by the health page."""

    __tablename__ = "worker_heartbeat"

    name: str = Field(primary_key=True, max_length=60)
    kind: str = Field(max_length=20)
    at: datetime = moment()
    note: str = Field(default="", max_length=300)
