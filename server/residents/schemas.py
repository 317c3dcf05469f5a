"""What a form or a program may say of people and topics, and what is told of them."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from server.core import clock
from server.core.i18n import LANGUAGES, sentence
from server.residents.addresses import judged_email
from server.residents.models import Channel, ConsentWay, Edition
from server.web.fields import Line, Lines, Phone
from server.web.forms import Unusable

PAPER = (Channel.POST, Channel.HAND, Channel.COUNTER)
BY_HAND = (ConsentWay.PAPER, ConsentWay.COUNTER, ConsentWay.TELEPHONE, ConsentWay.MAIL)
"""How somebody may tell the town hall what they want."""


class Want(BaseModel):
    """One topic by one channel."""

    model_config = ConfigDict(frozen=True)

    topic_id: int
    channel: Channel


def _split(given: object) -> object:
    """The value of one list of a form, "12:email+post", is two wants."""
    if not isinstance(given, list):
        return given
    found: list[object] = []
    for one in given:
        if isinstance(one, str):
            topic_id, _, channels = one.partition(":")
            found += [{"topic_id": topic_id, "channel": channel} for channel in channels.split("+")]
        else:
            found.append(one)
    return found


def _once(wants: list[Want]) -> list[Want]:
    return list(dict.fromkeys(wants))


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise Unusable(sentence("Choose one of the answers of the list."))
    return code


def _not_tomorrow(day: date | None) -> date | None:
    if day is not None and day > clock.today():
        raise Unusable(sentence("This day has not come yet: write the day they said so."))
    return day


SOME_TOPIC = sentence("Choose at least one topic.")


def _some_topic(topic_ids: list[int]) -> list[int]:
    if not topic_ids:
        raise Unusable(SOME_TOPIC)
    return topic_ids


def _typed_day(typed: object) -> object:
    """A day as a clerk types it: 20/11/2026, 20.11, 2011 or 201126; without a year it is the last such day."""
    if not isinstance(typed, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed.strip()):
        return typed
    figures = re.findall(r"\d+", typed)
    if len(figures) == 1:
        figures = [part for part in (figures[0][:2], figures[0][2:4], figures[0][4:]) if part]
    try:
        day, month, *years = (int(part) for part in figures)
        year = years[0] + (2000 if years[0] < 100 else 0) if years else clock.today().year
        found = date(year, month, day)
    except ValueError:
        raise Unusable(sentence("Write a date that exists, for example 24/11/2026.")) from None
    return found.replace(year=year - 1) if not years and found > clock.today() else found


def _empty_is_nothing(typed: object) -> object:
    return typed or 0


TypedDay = Annotated[date, BeforeValidator(_typed_day), AfterValidator(_not_tomorrow)]
Count = Annotated[int, BeforeValidator(_empty_is_nothing), Field(ge=0, le=100_000)]
Number = Annotated[int, BeforeValidator(_empty_is_nothing), Field(ge=0, le=2**63 - 1)]
Wants = Annotated[list[Want], BeforeValidator(_split), AfterValidator(_once), Field(max_length=200)]
Language = Annotated[str, AfterValidator(_language)]
Email = Annotated[str, AfterValidator(judged_email)]
OptionalEmail = Annotated[str, AfterValidator(lambda typed: judged_email(typed) if typed else "")]
Ids = Annotated[list[int], Field(max_length=200)]
SomeTopics = Annotated[Ids, AfterValidator(_some_topic)]


class Choices(BaseModel):
    """How the letter should be, whatever its channel."""

    edition: Edition = Edition.STANDARD
    language: Language = "fr"
    place_ids: Ids = Field(default_factory=list)


class PostalAddress(BaseModel):
    """A name and the lines of an address, in the order of the postal rules."""

    name: Line = Field(default="", max_length=120)
    address_inside: Line = Field(default="", max_length=80)
    address_outside: Line = Field(default="", max_length=80)
    address_street: Line = Field(default="", max_length=80)
    address_locality: Line = Field(default="", max_length=80)
    postcode: Line = Field(default="", max_length=10)
    post_town: Line = Field(default="", max_length=80)


class EmailWish(Choices):
    """The form to join by email."""

    email: Email
    topic_ids: SomeTopics


class PaperWish(PostalAddress, Choices):
    """The form to ask for paper."""

    topic_ids: Ids
    channel: Channel
    phone: Phone = Field(default="", max_length=40)
    may_be_called: bool = False


class Preferences(PostalAddress, Choices):
    """What somebody changes by their own link. Empty lines of an address leave it as it is."""

    wants: Wants = Field(default_factory=list)
    may_be_called: bool = False
    new_email: OptionalEmail = ""


class Said(BaseModel):
    """How and when somebody told the town hall: what stands in the proof."""

    way: ConsentWay = ConsentWay.PAPER
    said_on: Annotated[date | None, BeforeValidator(lambda typed: typed or None), AfterValidator(_not_tomorrow)] = None
    form_number: Line = Field(default="", max_length=40)


class Pause(Said):
    """From the first to the last day on which nothing is brought."""

    paused_from: date
    paused_until: date

    @field_validator("paused_until")
    @classmethod
    def _in_order(cls, last: date, info: ValidationInfo) -> date:
        if last < max(info.data.get("paused_from", last), clock.today()):
            raise Unusable(sentence("Write a last day that is not yet over, and not before the first."))
        if last > clock.today() + timedelta(days=366):
            raise Unusable(sentence("A pause lasts a year at most: for longer, stop everything."))
        return last


class ResidentChange(PostalAddress, Choices, Said):
    """A person as the counter or a program describes them."""

    phone: Phone = Field(default="", max_length=40)
    email: OptionalEmail = ""
    may_be_called: bool = False
    is_household: bool = False
    own_copy: bool = False
    wants: Wants = Field(default_factory=list)


class ResidentDraft(ResidentChange):
    """A new person. `is_another`: yes, there is somebody of that name at that address, and it is somebody else."""

    is_another: bool = False


class ResidentView(PostalAddress, Choices):
    """A person as the API shows them."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str | None
    phone: str
    may_be_called: bool
    is_household: bool
    own_copy: bool
    paused_from: date | None
    paused_until: date | None
    wants: list[Want] = Field(default_factory=list)
    created_at: datetime
    last_contact_at: datetime
    left_at: datetime | None


class BatchDraft(BaseModel):
    """A pile of paper forms and the box it goes into."""

    box: Line = Field(min_length=1, max_length=60)
    expected: Count = 0


class SeriesDraft(BaseModel):
    """Blank forms to print."""

    count: int = Field(ge=1, le=500)
    format: Literal["a4", "a5"]


class FormEntry(ResidentDraft):
    """One paper form as it is keyed. `known_id`: the person on the list who sent it."""

    form_number: Line = Field(min_length=1, max_length=40)
    said_on: TypedDay
    is_signed: bool = False
    known_id: Number = 0


class TopicDraft(BaseModel):
    name: Line = Field(min_length=1, max_length=80)
    description: Lines = Field(default="", max_length=300)


class TopicView(TopicDraft):
    model_config = ConfigDict(from_attributes=True)

    id: int
    slug: str
    position: int


class AudienceRow(NamedTuple):
    """Somebody to write to."""

    resident_id: int
    address: str
    language: str
    edition: Edition
