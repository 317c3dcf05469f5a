"""What who runs the instance tells the staff of every town: a maintenance, a new version. One holds at a time."""

from sqlalchemy import update
from sqlmodel import col, select

from server.accounts import audit
from server.accounts.actors import Actor
from server.accounts.models import StaffMessage
from server.accounts.schemas import StaffMessageDraft
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence

POSTED = audit.action("message.posted", sentence("Told the staff of every town something"))
WITHDRAWN = audit.action("message.withdrawn", sentence("Took back what the staff of every town were told"))


async def post_message(session: WriteSession, operator: Actor, draft: StaffMessageDraft) -> StaffMessage:
    """From now until its last day, in place of the one before. Raises Invalid."""
    if draft.last_on < clock.today():
        raise Invalid({"last_on": sentence("This last day is over.")})
    await _withdraw(session)
    message = StaffMessage(**draft.model_dump(), posted_by_id=operator.account_id, posted_at=clock.now())
    session.add(message)
    await session.flush()
    await audit.record(session, None, operator.account_id, POSTED, "message", message.id)
    return message


async def withdraw_message(session: WriteSession, operator: Actor) -> None:
    await _withdraw(session)
    await audit.record(session, None, operator.account_id, WITHDRAWN)


async def find_message(session: ReadSession) -> StaffMessage | None:
    """What holds today."""
    query = select(StaffMessage).where(
        col(StaffMessage.withdrawn_at).is_(None), col(StaffMessage.last_on) >= clock.today()
    )
    return (await session.scalars(query.order_by(col(StaffMessage.id).desc()).limit(1))).first()


async def _withdraw(session: WriteSession) -> None:
    still = col(StaffMessage.withdrawn_at).is_(None)
    await session.execute(update(StaffMessage).where(still).values(withdrawn_at=clock.now()))
