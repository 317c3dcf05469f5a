"""What a form may say of sides of streets and of letterboxes."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from server.core.i18n import sentence
from server.postal.walking import Side
from server.web.fields import Line
from server.web.forms import Unusable

_HIGHEST = 99_999


class PartDraft(BaseModel):
    """Doors of a street: one side or both, from a number to a number; 0 as the last one is the end."""

    street_id: int
    side: Side = Side.ALL
    first: int = Field(default=1, ge=0, le=_HIGHEST)
    last: Annotated[int, BeforeValidator(lambda typed: typed or 0)] = Field(default=0, ge=0, le=_HIGHEST)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last and self.last < self.first:
            raise Unusable(sentence("The last number is smaller than the first one."))
        return self


class DoorChange(BaseModel):
    """The letterboxes of a door."""

    boxes: int = Field(default=1, ge=0, le=2_000)
    refused: int = Field(default=0, ge=0, le=2_000)
    note: Line = Field(default="", max_length=120)
