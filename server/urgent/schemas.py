"""An urgent notice as typed, and the prepared texts."""

from datetime import datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from server.content.markdown import parse
from server.core import clock
from server.core.clock import PARIS
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.urgent.models import UrgentKind
from server.web.fields import Line, Lines, Phone, host_name, mailbox
from server.web.forms import Unusable

_MOST_TRIED = 50


def _moment(typed: object) -> object:
    """A day and an hour of the town, as a browser sends them; nothing is "until the all-clear"."""
    if not isinstance(typed, str):
        return typed
    if not typed.strip():
        return None
    try:
        moment = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise Unusable(sentence("Write a day and an hour that exist.")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def _still_to_come(moment: datetime | None) -> datetime | None:
    if moment is not None and moment <= clock.now():
        raise Unusable(sentence("This moment has passed: write when it will be over, or leave it empty."))
    return moment


def _readable(words: str) -> str:
    try:
        parse(words)
    except Invalid as refusal:
        raise Unusable(refusal.fields["body"]) from refusal
    return words


Until = Annotated[datetime | None, BeforeValidator(_moment), AfterValidator(_still_to_come)]
Instruction = Annotated[Lines, AfterValidator(_readable)]


class UrgentDraft(BaseModel):
    """What a stressed person types in two minutes."""

    model_config = ConfigDict(extra="forbid")

    kind: UrgentKind
    title: Line = Field(min_length=1, max_length=90)
    what: Line = Field(min_length=1, max_length=300)
    instruction: Instruction = Field(min_length=1, max_length=1200)
    where_text: Line = Field("", max_length=200)
    is_exercise: bool = False
    place_ids: list[int] = Field(default=[], max_length=200)
    topic_ids: list[int] = Field(default=[], max_length=200, validate_default=True)
    until_at: Until = None
    contact_phone: Phone = Field(min_length=1, max_length=40)
    exercise_to: Lines = Field("", max_length=4000, validate_default=True)

    @property
    def exercise_addresses(self) -> list[str]:
        """One mailbox a line, each once."""
        return list(dict.fromkeys(line for line in self.exercise_to.splitlines() if line))

    @field_validator("topic_ids")
    @classmethod
    def _readers(cls, topic_ids: list[int], info: ValidationInfo) -> list[int]:
        if not topic_ids and not info.data.get("is_exercise"):
            raise Unusable(sentence("Tick at least one topic: its readers receive the mail."))
        return topic_ids

    @field_validator("exercise_to")
    @classmethod
    def _mailboxes(cls, typed: str, info: ValidationInfo) -> str:
        lines = [mailbox(line) for line in typed.splitlines() if line]
        if not lines and info.data.get("is_exercise"):
            raise Unusable(sentence("Write at least one email address: an exercise goes to nobody else."))
        if len(lines) > _MOST_TRIED:
            raise Unusable(sentence("An exercise is written to {limit} mailboxes at most.", limit=_MOST_TRIED))
        return "\n".join(lines)


class WordingDraft(BaseModel):
    """A prepared text, to be completed when the day comes."""

    title: Line = Field("", max_length=90)
    what: Line = Field("", max_length=300)
    instruction: Instruction = Field("", max_length=1200)


class WitnessDraft(BaseModel):
    """A witness mailbox as typed."""

    address: Annotated[str, AfterValidator(mailbox)] = Field(max_length=254)
    host: Annotated[Line, AfterValidator(lambda typed: host_name(typed) if typed else "")] = ""
    port: int = Field(993, ge=1, le=65_535)
    username: Line = Field("", max_length=254)
    password: str = Field("", max_length=254)


class Override(BaseModel):
    """Why the rule of two was not kept."""

    reason: Line = Field(min_length=10, max_length=300)
