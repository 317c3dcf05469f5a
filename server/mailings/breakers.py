"""The breaker: a mailing that too many refuse stops by itself, before providers take the town for a spammer."""

from sqlalchemy import func, select, update
from sqlmodel import col

from server.accounts.audit import action, record
from server.core.database import ReadSession, WriteSession
from server.core.i18n import sentence
from server.mailings.models import Delivery, DeliveryState, Mailing, MailingState
from server.mailings.service import give_back_claims

MOST_REFUSED = 0.05
ENOUGH = 5
"""So few refusals are no pattern: in a hamlet they are five old addresses."""
REFUSED = "refused"
STOPPED = action("mailing.stopped", sentence("Tambour stopped a mailing that too many refused"))


def is_too_many(accepted: int, refused: int) -> bool:
    return refused >= ENOUGH and refused > MOST_REFUSED * (accepted + refused)


async def stop_if_refused(session: WriteSession, mailing_id: int) -> bool:
    """Pause the mailing if more refuse it than should; whether it was. Once: who resumes it has seen the figures."""
    query = (
        select(col(Delivery.state), func.count())
        .where(
            col(Delivery.mailing_id) == mailing_id,
            col(Delivery.state).in_((DeliveryState.ACCEPTED, DeliveryState.REFUSED)),
        )
        .group_by(col(Delivery.state))
    )
    counts = {row[0]: row[1] for row in await session.execute(query)}
    if not is_too_many(counts.get(DeliveryState.ACCEPTED, 0), counts.get(DeliveryState.REFUSED, 0)):
        return False
    stopped = await session.execute(
        update(Mailing)
        .where(
            col(Mailing.id) == mailing_id, col(Mailing.state) == MailingState.SENDING, col(Mailing.stopped_for) == ""
        )
        .values(state=MailingState.PAUSED, stopped_for=REFUSED)
        .returning(col(Mailing.municipality_id))
    )
    municipality_id = stopped.scalar_one_or_none()
    if municipality_id is None:
        return False
    await give_back_claims(session, mailing_id)
    await record(session, municipality_id, None, STOPPED, "mailing", mailing_id)
    return True


async def list_stopped(session: ReadSession, municipality_id: int) -> list[Mailing]:
    """The town's mailings that wait for somebody to look at their figures."""
    query = select(Mailing).where(
        col(Mailing.municipality_id) == municipality_id,
        col(Mailing.state) == MailingState.PAUSED,
        col(Mailing.stopped_for) != "",
    )
    return list(await session.scalars(query.order_by(col(Mailing.id))))
