"""What the clock does for mailings, for all towns at once: release what is due, finish what is done, forget."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, select, text, update
from sqlmodel import col

from server.accounts.audit import action, record
from server.core import clock
from server.core.columns import Moment
from server.core.database import WriteSession
from server.core.i18n import sentence
from server.mailings import statements
from server.mailings.models import Delivery, Lane, Mailing, MailingMessage, MailingState, WorkerHeartbeat
from server.mailings.queries import figures_of
from server.mailings.service import cancel_rows

NOTHING_CHANGES_AFTER = timedelta(days=1)
KEEP_SINGLE_MESSAGES = timedelta(days=30)
KEEP_LEDGERS = timedelta(days=365)
TOO_LATE = "too_late"
ENDED = action("mailing.too_late", sentence("Ended a mailing whose hour had passed before all of it had left"))
_CLOSED = (MailingState.FINISHED, MailingState.CANCELLED)
_RELEASE = text(statements.RELEASE).bindparams(bindparam("now", type_=Moment()))
_FINISH = text(statements.FINISH).bindparams(bindparam("now", type_=Moment()))


async def release_scheduled(session: WriteSession) -> None:
    """Mailings whose hour has come. The row changes once, so however often this runs, each leaves once."""
    await session.execute(_RELEASE, {"now": clock.now()})


async def finish_mailings(session: WriteSession) -> None:
    """Mailings of which nothing is left to do. A single message then loses its text and its address: the links in it
    open doors, and the people in it may not be on any list.
    """
    finished = (await session.execute(_FINISH, {"now": clock.now()})).all()
    single = [mailing_id for mailing_id, lane in finished if lane == Lane.TRANSACTIONAL]
    if single:
        nothing = {"address": "", "reply": ""}
        await session.execute(update(Delivery).where(col(Delivery.mailing_id).in_(single)).values(nothing))
        await session.execute(update(MailingMessage).where(col(MailingMessage.mailing_id).in_(single)).values(body=b""))


async def end_worthless(session: WriteSession) -> None:
    """Mailings whose words are no longer true: what has not left never will, and the ledger says so."""
    query = select(Mailing).where(
        col(Mailing.state).in_((MailingState.SENDING, MailingState.PAUSED)), col(Mailing.worthless_at) <= clock.now()
    )
    for mailing in (await session.scalars(query)).all():
        if await cancel_rows(session, col(Delivery.mailing_id) == mailing.id):
            mailing.state, mailing.finished_at, mailing.stopped_for = MailingState.CANCELLED, clock.now(), TOO_LATE
            session.add(mailing)
            await record(session, mailing.municipality_id, None, ENDED, "mailing", mailing.id)


async def freeze_figures(session: WriteSession) -> None:
    """Sum the ledgers that cannot change any more, so that lists stay fast and figures outlive the rows."""
    query = select(Mailing).where(
        col(Mailing.state).in_(_CLOSED),
        col(Mailing.final).is_(None),
        col(Mailing.finished_at) < clock.now() - NOTHING_CHANGES_AFTER,
    )
    for mailing in (await session.scalars(query.limit(100))).all():
        figures = await figures_of(session, mailing.municipality_id, [mailing])
        mailing.final = figures[mailing.id].as_dict()
        session.add(mailing)


async def forget_single_messages(session: WriteSession) -> None:
    """Confirmations and sign-in links that left long ago: nobody needs to know that they existed."""
    old = select(col(Mailing.id)).where(
        col(Mailing.lane) == Lane.TRANSACTIONAL,
        col(Mailing.state).in_(_CLOSED),
        col(Mailing.finished_at) < clock.now() - KEEP_SINGLE_MESSAGES,
    )
    ids = (await session.scalars(old.limit(1_000))).all()
    for table, column in ((Delivery, Delivery.mailing_id), (MailingMessage, MailingMessage.mailing_id)):
        await session.execute(delete(table).where(col(column).in_(ids)))
    await session.execute(delete(Mailing).where(col(Mailing.id).in_(ids)))


async def forget_ledgers(session: WriteSession) -> None:
    """Who got a letter a year ago is nobody's business any more; how many did stays."""
    old = select(col(Mailing.id)).where(
        col(Mailing.final).is_not(None),
        col(Mailing.finished_at) < clock.now() - KEEP_LEDGERS,
        select(col(MailingMessage.id)).where(col(MailingMessage.mailing_id) == col(Mailing.id)).exists(),
    )
    ids = (await session.scalars(old.limit(10))).all()
    for table, column in ((Delivery, Delivery.mailing_id), (MailingMessage, MailingMessage.mailing_id)):
        await session.execute(delete(table).where(col(column).in_(ids)))


async def forget_dead_workers(session: WriteSession) -> None:
    """Signs of life of workers that have been gone for a day."""
    await session.execute(delete(WorkerHeartbeat).where(col(WorkerHeartbeat.at) < clock.now() - timedelta(days=1)))
