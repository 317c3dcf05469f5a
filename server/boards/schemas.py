"""What a form or a program may say of a board."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from server.boards.models import BoardKind


class BoardDraft(BaseModel):
    """A board as typed. `place_id` is the sector it stands in."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=120)
    location: str = Field(default="", max_length=200)
    kind: BoardKind = BoardKind.MUNICIPAL
    place_id: Annotated[int | None, BeforeValidator(lambda typed: typed or None)] = None
    position: int = Field(default=0, ge=0, le=999)


class BoardView(BoardDraft):
    """A board as the API shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
