"""What a form may say of a print run, and numbers of copies as people write them."""

import re
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from server.core.i18n import sentence
from server.press.labels import SHEETS, USUAL
from server.printruns.models import BatchState
from server.residents.models import Edition
from server.web.fields import Line
from server.web.forms import Unusable

_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?")
_MOST_NUMBERS = 20_000
_WRITE = sentence("Write numbers of copies, for example 12, 15-18.")


def _numbers(typed: object) -> object:
    """« 12, 15-18 » is five numbers."""
    if not isinstance(typed, str):
        return typed
    found: list[int] = []
    joined = re.sub(r"\s*[-–—à]\s*", "-", typed.strip())
    for part in re.split(r"[,;\s]+", joined):
        matched = _RANGE.fullmatch(part)
        if not matched:
            raise Unusable(_WRITE)
        first, last = int(matched[1]), int(matched[2] or matched[1])
        if last < first or last - first > _MOST_NUMBERS:
            raise Unusable(_WRITE)
        found += range(first, last + 1)
    return list(dict.fromkeys(found))


Numbers = Annotated[tuple[int, ...], BeforeValidator(_numbers), Field(max_length=_MOST_NUMBERS)]
"""Copies by the numbers printed on them."""


class Missing(BaseModel):
    """Copies to print again."""

    missing: Numbers


class Returned(BaseModel):
    """Letters that came back."""

    returned: Numbers


def _or_none(typed: object) -> object:
    return typed or None


class RunDraft(BaseModel):
    """A paper sending: of which letter or notice, to whom."""

    title: Line = Field(min_length=1, max_length=160)
    issue_id: Annotated[int | None, BeforeValidator(_or_none)] = None
    notice_id: Annotated[int | None, BeforeValidator(_or_none)] = None
    topic_ids: list[int] = Field(default_factory=list, max_length=200)
    place_ids: list[int] = Field(default_factory=list, max_length=200)
    to_every_box: bool = False
    by_hand_inside: bool = False

    @model_validator(mode="after")
    def _to_somebody(self) -> Self:
        if not self.topic_ids and not self.to_every_box:
            raise Unusable(sentence("Choose at least one topic, or every letterbox."))
        return self


class Step(BaseModel):
    """Where a batch is now, and with whom."""

    state: BatchState
    who: Line = Field(default="", max_length=80)


class LabelsDraft(BaseModel):
    """On which sheet of the trade, and which of its labels is the first free one."""

    sheet: str = USUAL
    start: int = Field(default=1, ge=1)
    only_missing: bool = False

    @model_validator(mode="after")
    def _on_the_sheet(self) -> Self:
        if self.sheet not in SHEETS:
            raise Unusable(sentence("Choose one of the answers of the list."))
        if self.start > SHEETS[self.sheet].labels:
            raise Unusable(sentence("This sheet has {count} labels.", count=SHEETS[self.sheet].labels))
        return self


class LettersDraft(BaseModel):
    """Which copies go into envelopes: the stamped ones, or those of the rounds too."""

    with_rounds: bool = False
    only_missing: bool = False


class CounterLetter(BaseModel):
    """For one person: an issue, or without one the confirmation of what they receive."""

    issue_id: Annotated[int | None, BeforeValidator(_or_none)] = None
    edition: Edition = Edition.STANDARD
