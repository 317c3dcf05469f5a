"""What a form, a file or a program may say of boards, postings, rounds and certificates."""

from datetime import date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from server.boards.kinds import BoardKind, CertificateKind, LineAction, Outcome, PostingState, RegisterKind, SheetFormat
from server.core.i18n import sentence
from server.notices.answers import day_as_typed, hour_as_typed, year_we_live_in
from server.notices.schemas import Day
from server.web.fields import Line
from server.web.forms import Unusable

LONGEST = 731
"""Days from the first to the last that a sheet may hang: two years."""
MOST_BOARDS = 500
"""Planned at once."""
_Hour = Annotated[time | None, BeforeValidator(hour_as_typed)]


def _number_as_typed(typed: object) -> object:
    """47,58 as people write it; nothing is nothing."""
    return typed.replace(",", ".").strip() or None if isinstance(typed, str) else typed


def _nobody(typed: object) -> object:
    return typed or None


def _day_given(typed: object) -> object:
    day = day_as_typed(typed)
    if day is None:
        raise Unusable(sentence("Fill in this field."))
    return day


Sheets = Annotated[int, BeforeValidator(lambda typed: typed or 0), Field(ge=0, le=60)]
Surface = Annotated[Annotated[float, Field(ge=0, le=100)] | None, BeforeValidator(_number_as_typed)]
Latitude = Annotated[Annotated[float, Field(ge=-90, le=90)] | None, BeforeValidator(_number_as_typed)]
Longitude = Annotated[Annotated[float, Field(ge=-180, le=180)] | None, BeforeValidator(_number_as_typed)]
GivenDay = Annotated[date, BeforeValidator(_day_given), AfterValidator(year_we_live_in)]
"""A day that must be given."""


class BoardDraft(BaseModel):
    """A board as typed. `place_id` is the sector it stands in."""

    name: Line = Field(min_length=1, max_length=120)
    location: Line = Field("", max_length=200)
    kind: BoardKind = BoardKind.MUNICIPAL
    place_id: Annotated[int | None, BeforeValidator(_nobody)] = None
    position: Annotated[int, BeforeValidator(lambda typed: typed or 0)] = Field(0, ge=0, le=999)
    room_a4: Sheets = 6
    room_a3: Sheets = 2
    room_a2: Sheets = 0
    surface: Surface = None
    is_glazed: bool = False
    keys: Line = Field("", max_length=120)
    in_charge: Line = Field("", max_length=120)
    latitude: Latitude = None
    longitude: Annotated[Longitude, Field(validate_default=True)] = None
    closed_reason: Line = Field("", max_length=200)
    closed_from: Day = None
    closed_to: Annotated[Day, Field(validate_default=True)] = None

    @field_validator("longitude")
    @classmethod
    def _both_or_none(cls, longitude: float | None, given: ValidationInfo) -> float | None:
        if "latitude" in given.data and (longitude is None) != (given.data["latitude"] is None):
            raise Unusable(sentence("Give both the latitude and the longitude, or neither."))
        return longitude

    @field_validator("closed_to")
    @classmethod
    def _ends_after_it_begins(cls, day: date | None, given: ValidationInfo) -> date | None:
        first = given.data.get("closed_from")
        if day and first and day < first:
            raise Unusable(sentence("This day comes before the first one."))
        if day and not given.data.get("closed_reason"):
            raise Unusable(sentence("Say why it is out of service, too."))
        return day


class BoardView(BoardDraft):
    """A board as the API shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    visited_on: date | None


class PresetDraft(BaseModel):
    """How long notices of some kinds hang, on which boards, and on which ground."""

    name: Line = Field(min_length=1, max_length=120)
    notice_kinds: list[str] = Field(default=[], max_length=20)
    board_kinds: list[BoardKind] = []
    format: SheetFormat = SheetFormat.A4
    months: Annotated[int, BeforeValidator(lambda typed: typed or 0)] = Field(0, ge=0, le=24)
    days: Annotated[int, BeforeValidator(lambda typed: typed or 0)] = Field(0, ge=0, le=366)
    is_required: bool = False
    basis: Line = Field("", max_length=300)
    is_verified: bool = False

    @field_validator("board_kinds")
    @classmethod
    def _never_free(cls, kinds: list[BoardKind]) -> list[BoardKind]:
        if BoardKind.FREE in kinds:
            raise Unusable(sentence("Boards of free expression are not the town’s: choose them one by one."))
        return kinds


class Preset(PresetDraft):
    model_config = ConfigDict(from_attributes=True)

    code: str
    is_changed: bool = False
    """The town has made it its own."""


class Period(BaseModel):
    """From a day to a day, both included."""

    first_on: GivenDay
    last_on: GivenDay

    @field_validator("last_on")
    @classmethod
    def _ends_after_it_begins(cls, day: date, given: ValidationInfo) -> date:
        first = given.data.get("first_on")
        if first and day < first:
            raise Unusable(sentence("The last day comes before the first one."))
        if first and (day - first).days > LONGEST:
            raise Unusable(sentence("A sheet hangs two years at most: choose an earlier last day."))
        return day


class PostingPlan(Period):
    """One notice on some boards, from a day to a day."""

    board_ids: list[int] = Field(max_length=MOST_BOARDS)
    format: SheetFormat = SheetFormat.A4
    is_required: bool = False
    basis: Line = Field("", max_length=300)

    @field_validator("board_ids")
    @classmethod
    def _some(cls, ids: list[int]) -> list[int]:
        if not ids:
            raise Unusable(sentence("Choose at least one board."))
        return sorted(set(ids))


class PostingDays(Period):
    """Other days for a posting, and why."""

    reason: Line = Field("", max_length=200)


class Said(BaseModel):
    """What somebody saw or did at a board outside the rounds."""

    kind: RegisterKind
    on: GivenDay
    time: _Hour = None
    said_by: Line = Field(min_length=1, max_length=60)
    remark: Line = Field("", max_length=300)

    @field_validator("kind")
    @classmethod
    def _of_a_sheet(cls, kind: RegisterKind) -> RegisterKind:
        if kind in {RegisterKind.PLANNED, RegisterKind.ENDED}:
            raise Unusable(sentence("Choose one of the answers of the list."))
        return kind


class StopAnswer(BaseModel):
    """What stands on the sheet at one board."""

    time: _Hour = None
    initials: Line = Field("", max_length=20)
    remark: Line = Field("", max_length=300)
    is_visited: bool = True


class ReturnDraft(BaseModel):
    """A sheet as it came back. What is not named was done as planned."""

    walked_on: GivenDay
    initials: Line = Field(min_length=1, max_length=20)
    seen: int = Field(0, ge=0)
    """How often the sheet had been keyed in when this person began."""
    stops: dict[int, StopAnswer] = {}
    """By board."""
    lines: dict[int, Outcome] = {}
    """By the number on the sheet."""


class RoundDraft(BaseModel):
    on_day: GivenDay


class CertificateWish(Period):
    """A certificate as it is asked for."""

    kind: CertificateKind = CertificateKind.DISPLAY
    board_ids: list[int] = Field(default=[], max_length=MOST_BOARDS)
    wish: Line = Field("", max_length=300)


class PaperCopyDraft(BaseModel):
    asked_on: GivenDay
    handed_on: Day = None
    remark: Line = Field("", max_length=200)


class PostingView(BaseModel):
    """A posting as the API shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    notice_id: int
    board_id: int
    format: SheetFormat
    sheets: int
    first_on: date
    last_on: date
    is_required: bool
    state: PostingState
    hung_on: date | None
    seen_on: date | None
    days_hung: int


class RoundView(BaseModel):
    """A round as the API shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    number: str
    on_day: date
    made_at: datetime
    walked_on: date | None
    returns: int


class RoundLineView(BaseModel):
    """A line of a round sheet as the API shows it."""

    number: int
    action: LineAction
    board: str
    notice: str
    title: str
    format: SheetFormat
    sheets: int
