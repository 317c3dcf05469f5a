"""A notice as frozen under its hash, as typed, and as told to programs."""

import json
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from server.content.cleaning import clean
from server.content.markdown import parse
from server.core.clock import PARIS
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.notices.answers import day_as_typed, hour_as_typed, known_language, year_we_live_in
from server.notices.models import Notice, NoticeKind, NoticeState
from server.web.fields import Line, OptionalMailbox, Phone
from server.web.forms import Unusable


def _text(value: object) -> object:
    return clean(value).strip("\n") if isinstance(value, str) else value


def _ordered(ids: list[int]) -> list[int]:
    """The same choice has the same hash, in whatever order it was ticked."""
    return sorted(set(ids))


def _whole_minute(hour: time | None) -> time | None:
    return hour.replace(second=0, microsecond=0, tzinfo=None) if hour else hour


def _in_utc(moment: datetime | None) -> datetime | None:
    """One moment has one spelling, so that it has one hash."""
    return moment.astimezone(UTC) if moment else moment


Day = Annotated[date | None, BeforeValidator(day_as_typed), AfterValidator(year_we_live_in)]
Hour = Annotated[time | None, BeforeValidator(hour_as_typed), AfterValidator(_whole_minute)]
Instant = Annotated[datetime | None, AfterValidator(_in_utc)]
Ids = Annotated[list[int], Field(max_length=200), AfterValidator(_ordered)]


class NoticeWords(BaseModel):
    """What a frozen text and a typed one have in common."""

    kind: NoticeKind = NoticeKind.INFORMATION
    language: str = "fr"
    is_urgent: bool = False
    title: Line = Field("", max_length=160)
    short_title: Line = Field("", max_length=60)
    summary: Line = Field("", max_length=300)
    body: Annotated[str, BeforeValidator(_text)] = ""
    easy_read: Annotated[str, BeforeValidator(_text)] = ""
    easy_read_by: Line = Field("", max_length=120)
    concerns: Line = Field("", max_length=200)
    when_text: Line = Field("", max_length=200)
    where_text: Line = Field("", max_length=200)
    contact_name: Line = Field("", max_length=120)
    contact_phone: Line = Field("", max_length=40)
    contact_email: Line = Field("", max_length=254)
    author_name: Line = Field("", max_length=120)
    author_title: Line = Field("", max_length=120)
    valid_from: Day = None
    valid_to: Day = None
    topic_ids: Ids = []
    place_ids: Ids = []


class NoticeContent(NoticeWords):
    """Everything that counts, frozen. Two notices that say the same have the same hash."""

    model_config = ConfigDict(frozen=True)

    happens_from: Instant = None
    happens_to: Instant = None
    whole_day: bool = False

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """What the text in work says now."""
        return cls(**{name: getattr(notice, name) for name in cls.model_fields})

    @classmethod
    def thawed(cls, content: dict[str, object]) -> Self:
        """The content that `frozen` made, whatever fields were added to notices since."""
        return cls.model_validate(content)

    def frozen(self) -> dict[str, Any]:
        """JSON without what is empty: a field added later does not change the hash of what was written before."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def content_hash(self) -> str:
        words = json.dumps(self.frozen(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(words.encode()).hexdigest()


class NoticeFields(NoticeWords):
    """The fields of the form, each judged alone. Days and hours are the town's own, as people say them."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[str, AfterValidator(known_language)] = "fr"
    contact_phone: Phone = Field("", max_length=40)
    contact_email: OptionalMailbox = Field("", max_length=254)
    starts_on: Day = None
    starts_at: Hour = None
    ends_on: Day = None
    ends_at: Hour = Field(None, validate_default=True)

    @field_validator("body", "easy_read")
    @classmethod
    def _a_text_that_can_be_read(cls, text: str) -> str:
        """Read here, before any transaction: what is too long, too deep or too wide is refused with its line."""
        try:
            parse(text)
        except Invalid as refusal:
            raise Unusable(refusal.fields["body"]) from refusal
        return text


class NoticeChange(NoticeFields):
    """Some fields of a notice, as a program sends them: a field left out stays as it is."""

    revision: int
    """The revision the change was made on."""


TITLE_MISSING = sentence("Give the notice a title.")


class NoticeDraft(NoticeFields):
    """A notice as typed."""

    title: Line = Field(min_length=1, max_length=160)

    @field_validator("title", mode="before")
    @classmethod
    def _some_title(cls, title: object) -> object:
        """Said below the form too, where nothing shows which field is meant: without a title nothing saves itself."""
        _refuse_if(isinstance(title, str) and not title.strip(), TITLE_MISSING)
        return title

    @field_validator("valid_to")
    @classmethod
    def _ends_after_it_begins(cls, day: date | None, given: ValidationInfo) -> date | None:
        first = given.data.get("valid_from")
        _refuse_if(bool(day and first and day < first), sentence("This day comes before the first day of display."))
        return day

    @field_validator("starts_at")
    @classmethod
    def _an_hour_of_a_day(cls, hour: time | None, given: ValidationInfo) -> time | None:
        _refuse_if(hour is not None and not given.data.get("starts_on"), sentence("Write the day it begins, too."))
        return hour

    @field_validator("ends_on")
    @classmethod
    def _a_last_day(cls, day: date | None, given: ValidationInfo) -> date | None:
        first = given.data.get("starts_on")
        _refuse_if(day is not None and not first, sentence("Write the day it begins, too."))
        _refuse_if(bool(day and first and day < first), sentence("It would end before it begins."))
        return day

    @field_validator("ends_at")
    @classmethod
    def _a_last_hour(cls, hour: time | None, given: ValidationInfo) -> time | None:
        begin, first, last = (given.data.get(name) for name in ("starts_at", "starts_on", "ends_on"))
        if "starts_at" not in given.data:
            return hour  # refused already
        _refuse_if(hour is not None and not begin, sentence("Write the hour it begins, too."))
        is_one_day = last in {None, first}
        is_half_said = bool(begin and not is_one_day and hour is None)
        _refuse_if(is_half_said, sentence("Write the hour it ends, too."))
        _refuse_if(bool(hour and begin and is_one_day and hour <= begin), sentence("It would end before it begins."))
        return hour

    @classmethod
    def of(cls, content: NoticeContent) -> "NoticeDraft":
        """The form filled with what a notice says."""
        starts_on, starts_at = _in_town(content.happens_from, whole_day=content.whole_day)
        ends_on, ends_at = _in_town(content.happens_to, whole_day=content.whole_day)
        words = {name: getattr(content, name) for name in NoticeWords.model_fields}
        return cls.model_construct(
            **words,
            starts_on=starts_on,
            starts_at=starts_at,
            ends_on=None if ends_on == starts_on else ends_on,
            ends_at=ends_at,
        )

    @property
    def content(self) -> NoticeContent:
        """What would be frozen if it were saved as it is."""
        happens_to = None
        if self.ends_on or self.ends_at:
            happens_to = _moment(self.ends_on or self.starts_on, self.ends_at)
        return NoticeContent(
            **{name: getattr(self, name) for name in NoticeWords.model_fields},
            happens_from=_moment(self.starts_on, self.starts_at),
            happens_to=happens_to,
            whole_day=self.starts_on is not None and self.starts_at is None,
        )


class NoticeView(NoticeFields):
    """A notice as the API tells it."""

    model_config = ConfigDict(extra="ignore")

    id: int
    number: str
    state: NoticeState
    revision: int
    content_hash: str
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    is_public: bool
    """Whether residents see a text of this notice now, this one or an earlier one."""

    @classmethod
    def of(cls, notice: Notice, *, is_public: bool) -> "NoticeView":
        typed = NoticeDraft.of(NoticeContent.of(notice)).model_dump()
        names = ("id", "number", "state", "revision", "content_hash", "created_at", "updated_at", "published_at")
        return cls.model_construct(**typed, **{name: getattr(notice, name) for name in names}, is_public=is_public)


def _refuse_if(is_wrong: bool, words: Message) -> None:
    if is_wrong:
        raise Unusable(words)


def _moment(day: date | None, hour: time | None) -> datetime | None:
    """A day and an hour on the town's clock. Without an hour, the day's first moment."""
    return datetime.combine(day, hour or time(), PARIS) if day else None


def _in_town(moment: datetime | None, *, whole_day: bool) -> tuple[date | None, time | None]:
    if moment is None:
        return None, None
    local = moment.astimezone(PARIS)
    return local.date(), None if whole_day else local.time()
