"""What who runs the instance may say of a town to open, and what is known of each town without looking into it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from server.accounts.schemas import Invited
from server.municipalities.models import Municipality
from server.municipalities.quotas import MEGABYTE
from server.municipalities.schemas import MunicipalityDraft, slug_of
from server.web.fields import Line, Mailbox

COLUMNS = ("insee", "name", "email", "phone", "administrator", "administrator_email")
"""Of a list of towns. Only the administrator's name may be missing: the town's name stands in for it."""


class TownOpening(MunicipalityDraft):
    """A new town with the person who will set it up. Without a slug, one is made of the name."""

    administrator: Line = Field(min_length=1, max_length=120)
    administrator_email: Annotated[Mailbox, AfterValidator(str.lower)] = Field(max_length=254)

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        name = str(given.get("name", ""))
        return {
            **given,
            "slug": given.get("slug") or slug_of(name),
            "languages": given.get("languages") or ["fr"],
            "administrator": given.get("administrator") or name,
        }

    @property
    def draft(self) -> MunicipalityDraft:
        return MunicipalityDraft.model_validate(self.model_dump(include=set(MunicipalityDraft.model_fields)))


@dataclass(frozen=True)
class Opened:
    """A town that was opened, where it is, and the link for its administrator, if they have no password yet."""

    town: Municipality
    address: str
    email: str
    invited: Invited

    @property
    def link(self) -> str:
        return f"{self.address}/desk/welcome/{self.invited.token}" if self.invited.token else f"{self.address}/desk"


@dataclass(frozen=True)
class HostedTown:
    """A town as it is seen from outside: figures, nobody's name."""

    town: Municipality
    people: int = 0
    last_sent_at: datetime | None = None
    refused: float | None = None
    """Of the last sending, the share of addresses that refused it."""
    waiting: int = 0
    is_aligned: bool | None = None
    bytes: int = 0

    @property
    def megabytes(self) -> float:
        return self.bytes / MEGABYTE

    @property
    def is_over(self) -> bool:
        """Whether it takes more than nine tenths of what it may."""
        pairs = ((self.people, self.town.most_people), (self.megabytes, self.town.most_megabytes))
        return any(most is not None and taken > 0.9 * most for taken, most in pairs)

    @property
    def needs_a_look(self) -> bool:
        return self.is_aligned is False or (self.refused or 0) > _MANY_REFUSED or self.is_over


_MANY_REFUSED = 0.05
