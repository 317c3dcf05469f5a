"""What goes into a mailing and what its ledger tells, as values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, Field

from server.core.i18n import Message, sentence
from server.mailings.models import DeliveryState, Mailing, RelayTls
from server.mailings.splice import ComposedMessage
from server.web.fields import Line, host_name
from server.web.forms import Unusable

_PORTS = frozenset({25, 465, 587, 2465, 2525, 2587})


def _relay_port(port: int) -> int:
    """Where relays listen, and nothing else does: a form must not knock at every door of a network."""
    if port not in _PORTS:
        raise Unusable(sentence("A relay listens on 587, 465, 2525 or 25: ask whoever runs it."))
    return port


class RelayDraft(BaseModel):
    """A town's own relay as typed. An empty password leaves the one that is known."""

    host: Annotated[Line, AfterValidator(host_name)]
    port: Annotated[int, AfterValidator(_relay_port)]
    tls: RelayTls
    username: Annotated[Line, Field(max_length=254)] = ""
    password: Annotated[str, Field(max_length=254)] = ""
    per_day: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    per_hour: Annotated[int, Field(ge=0, le=10_000_000)] = 0


@dataclass(frozen=True, slots=True)
class MessageVariant:
    """One composed message of a mailing: a language, an edition, and where bounces go."""

    language: str
    edition: str
    composed: ComposedMessage
    envelope_sender: str


class Recipient(NamedTuple):
    """One line of the ledger to be. `recipient` is the caller's number; `variant` an index into the messages."""

    recipient: int
    address: str
    variant: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The ledger of a mailing in figures: sums of its rows, so that they always add up."""

    to_send: int = 0
    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    uncertain: int = 0
    cancelled: int = 0
    maybe_twice: int = 0
    """Of all these, the people who possibly got the message twice."""

    @property
    def total(self) -> int:
        return self.to_send + self.accepted + self.deferred + self.refused + self.uncertain + self.cancelled

    @classmethod
    def of(cls, counts: Mapping[DeliveryState, int], maybe_twice: int) -> "Figures":
        waiting = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.SENDING)
        return cls(
            to_send=sum(counts.get(state, 0) for state in waiting),
            accepted=counts.get(DeliveryState.ACCEPTED, 0),
            deferred=counts.get(DeliveryState.DEFERRED, 0),
            refused=counts.get(DeliveryState.REFUSED, 0),
            uncertain=counts.get(DeliveryState.UNCERTAIN, 0),
            cancelled=counts.get(DeliveryState.CANCELLED, 0),
            maybe_twice=maybe_twice,
        )

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ProviderProgress:
    """One provider's part of a mailing, and what it said last if it asked to come back later."""

    provider: str
    name: str
    figures: Figures
    said: str = ""
    resumes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailingLine:
    """A mailing in the list."""

    mailing: Mailing
    figures: Figures


@dataclass(frozen=True, slots=True)
class RefusedDelivery:
    """Somebody who was not reached, and why in a sentence."""

    recipient: int
    address: str
    why: Message
    reply: str
    settled_at: datetime | None
