"""What forms and commands may say of staff, and what pages are told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from server.accounts.models import Role
from server.accounts.words import SCOPES
from server.core.i18n import sentence
from server.web.fields import Line, Lines, Mailbox
from server.web.forms import Unusable

Language = Literal["fr", "en"]


def _known(scopes: list[str]) -> list[str]:
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Unusable(sentence("Choose at least one scope of the list."))
    return sorted(set(scopes))


def _some_role(roles: list[Role]) -> list[Role]:
    if not roles:
        raise Unusable(sentence("Choose at least one role."))
    return sorted(set(roles))


Roles = Annotated[list[Role], AfterValidator(_some_role)]


class Profile(BaseModel):
    """What somebody may change of their own account."""

    name: Line = Field(min_length=1, max_length=120)
    language: Language = "fr"


class OperatorDraft(Profile):
    """Somebody who will run the instance. The address is a name to sign in with: its case says nothing."""

    email: Annotated[Mailbox, AfterValidator(str.lower)] = Field(max_length=254)


class StaffDraft(OperatorDraft):
    """Somebody to invite into a town."""

    roles: Roles


class RolesChange(BaseModel):
    roles: Roles


class VisitWish(BaseModel):
    reason: Line = Field(min_length=1, max_length=300)


class VisitConsent(BaseModel):
    """What a town lets a visitor do, and for how many hours."""

    roles: Roles
    hours: Literal["1", "4", "24"]


class StaffMessageDraft(BaseModel):
    text: Lines = Field(min_length=1, max_length=600)
    last_on: date


class TokenDraft(BaseModel):
    """A token for a program: what it is called and what it may do."""

    name: Line = Field(min_length=1, max_length=80)
    scopes: Annotated[list[str], AfterValidator(_known)]


@dataclass(frozen=True)
class Attempt:
    """What somebody typed to sign in, and from where."""

    email: str
    password: str
    network: str
    device: str = ""
    old_token: str = ""
    """The cookie the browser had: that session ends, whoever's it was."""


@dataclass(frozen=True)
class Invited:
    """Somebody who may now work here. Without a token they already have a password: they sign in as usual."""

    account_id: int
    token: str | None


@dataclass(frozen=True)
class StaffMember:
    """A line of the list of staff."""

    account_id: int
    name: str
    email: str
    roles: frozenset[Role]
    has_password: bool
    is_disabled: bool
    last_seen_at: datetime | None
