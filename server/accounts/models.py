"""Tables of the staff. An account belongs to the instance; its roles belong to municipalities."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import Json, moment, primary_key, reference, state_of, tenant


class Role(StrEnum):
    """What a person may do in one municipality."""

    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    COUNTER = "counter"
    POSTER = "poster"


class Account(SQLModel, table=True):
    id: int = primary_key()
    email: str = Field(unique=True, max_length=254)
    """Lower case: it is a name to sign in with; the mail goes where it says."""
    name: str = Field(max_length=120)
    language: str = Field(default="fr", max_length=5)
    password_hash: str | None = Field(default=None, max_length=200)
    is_operator: bool = False
    """Runs the instance, by the instance's own door. Holds no role in a town: see `visits`."""
    created_at: datetime = moment()
    disabled_at: datetime | None = moment(nullable=True)
    """Disabled everywhere, by who runs the instance."""


class RoleGrant(SQLModel, table=True):
    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("municipality_id", "account_id", "role"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    account_id: int = reference("account.id", index=True, cascade=True)
    role: Role = Field(sa_type=state_of(Role))
    granted_at: datetime = moment()
    granted_by_id: int | None = reference("account.id", nullable=True)
    suspended_at: datetime | None = moment(nullable=True)
    """Disabled in this municipality: an administrator decides for one town, never for the others of the person."""


class StaffSession(SQLModel, table=True):
    """A signed-in browser. Ended by signing out, a new password, a disabled account or "everywhere"."""

    __tablename__ = "staff_session"

    id: int = primary_key()
    token_hash: str = Field(unique=True, max_length=64)
    account_id: int = reference("account.id", index=True, cascade=True)
    device: str = Field(default="", max_length=120)
    network_hash: str = Field(default="", max_length=32)
    """A keyed hash of where it was opened: while an account is under attack, its owner's places are not strange."""
    created_at: datetime = moment()
    expires_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class LinkPurpose(StrEnum):
    WELCOME = "welcome"
    RESET = "reset"


class OneTimeLink(SQLModel, table=True):
    """A link that lets somebody choose a password, once, for a short time."""

    __tablename__ = "one_time_link"

    id: int = primary_key()
    token_hash: str = Field(unique=True, max_length=64)
    account_id: int = reference("account.id", index=True, cascade=True)
    purpose: LinkPurpose = Field(sa_type=state_of(LinkPurpose))
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)


class ApiToken(SQLModel, table=True):
    __tablename__ = "api_token"

    id: int = primary_key()
    municipality_id: int = tenant()
    name: str = Field(max_length=80)
    token_hash: str = Field(unique=True, max_length=64)
    scopes: list[str] = Field(sa_type=Json)
    created_by_id: int = reference("account.id", cascade=True)
    created_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)
    revoked_at: datetime | None = moment(nullable=True)


class SupportVisit(SQLModel, table=True):
    """Who runs the instance asks to look into a town, to help; the town says yes for some hours, or no. Never deleted."""

    __tablename__ = "support_visit"

    id: int = primary_key()
    municipality_id: int = tenant()
    operator_id: int = reference("account.id", cascade=True, index=True)
    reason: str = Field(max_length=300)
    asked_at: datetime = moment()
    answered_by_id: int | None = reference("account.id", nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    roles: list[Role] = Field(default_factory=list, sa_type=Json)
    """What the visitor may do; nothing if the town said no."""
    until_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)
    """Ended before its time, or declined."""


class StaffMessage(SQLModel, table=True):
    """What who runs the instance tells the staff of every town, on the page they arrive on."""

    __tablename__ = "staff_message"

    id: int = primary_key()
    text: str = Field(max_length=600)
    last_on: date
    posted_by_id: int = reference("account.id", cascade=True)
    posted_at: datetime = moment()
    withdrawn_at: datetime | None = moment(nullable=True)


class AuditEntry(SQLModel, table=True):
    """Who did what, when. Append-only; `detail` holds ids and counts, never addresses."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_list", "municipality_id", "id"),)

    id: int = primary_key()
    municipality_id: int | None = reference("municipality.id", nullable=True)
    account_id: int | None = reference("account.id", nullable=True, index=True)
    action: str = Field(max_length=60)
    object_kind: str = Field(default="", max_length=40)
    object_id: int | None = Field(default=None)
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    at: datetime = moment(index=True)
