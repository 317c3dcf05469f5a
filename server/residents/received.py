"""What was sent to somebody by email: the last lines of the ledger that carry their number."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from server.core.database import ReadSession
from server.core.i18n import Message, sentence
from server.mailings.models import Delivery, DeliveryState, Mailing

_STATES = {
    DeliveryState.QUEUED: ("todo", sentence("to send")),
    DeliveryState.CLAIMED: ("todo", sentence("to send")),
    DeliveryState.SENDING: ("wait", sentence("on its way")),
    DeliveryState.ACCEPTED: ("done", sentence("taken by the provider")),
    DeliveryState.DEFERRED: ("wait", sentence("the provider asked to come back later")),
    DeliveryState.REFUSED: ("bad", sentence("refused by the provider")),
    DeliveryState.UNCERTAIN: ("wait", sentence("the answer was lost")),
    DeliveryState.CANCELLED: ("off", sentence("not sent")),
}


@dataclass(frozen=True)
class SentMessage:
    """One message to one person. `mark` is one of the marks of a list."""

    subject: str
    mark: str
    state: Message
    at: datetime | None


async def last_messages(
    session: ReadSession, municipality_id: int, resident_id: int, limit: int = 20
) -> list[SentMessage]:
    """The last first."""
    query = (
        select(col(Mailing.subject), col(Delivery.state), col(Delivery.settled_at))
        .join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
        .where(col(Delivery.municipality_id) == municipality_id, col(Delivery.recipient) == resident_id)
        .order_by(col(Delivery.id).desc())
        .limit(limit)
    )
    rows = await session.execute(query)
    return [SentMessage(subject, *_STATES[DeliveryState(state)], at) for subject, state, at in rows]
