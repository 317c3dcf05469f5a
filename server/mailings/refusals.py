"""Those a mailing did not reach: tried once more where that makes sense, or taken elsewhere as a table."""

from collections.abc import AsyncIterator

from sqlalchemy import update
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.core.tables import as_table
from server.mailings.models import Delivery, DeliveryState, Mailing, MailingState
from server.mailings.policies import Cause, cause_of, explain
from server.mailings.queries import address_hash, get_mailing, suppressed_hashes

RETRIED = action("mailing.retried", sentence("Tried the refused addresses once more"))
EXPORTED = action("mailing.refused_exported", sentence("Took the list of refused addresses out"))
_HOPELESS = frozenset({Cause.DEAD_ADDRESS, Cause.UNWRITABLE, Cause.TOO_BIG, Cause.NOT_SUPPORTED})
_ASLEEP = (MailingState.FINISHED, MailingState.SENDING, MailingState.PAUSED)
_CHUNK = 1_000


async def retry_refused(
    session: WriteSession, municipality_id: int, secrets: Secrets, actor: Actor, mailing_id: int
) -> int:
    """Send again to those who were refused for a reason that passes; how many. Nobody who must not be written to.

    Raises Conflict if the mailing was cancelled or closed for good, or if nobody can be tried again.
    """
    mailing = await get_mailing(session, municipality_id, mailing_id)
    if mailing.state not in _ASLEEP or mailing.final is not None:
        raise Conflict(sentence("This mailing is closed: write a new one."))
    barred = await suppressed_hashes(session, municipality_id)
    ids = [
        row.id
        async for row in _refused(session, municipality_id, mailing_id)
        if row.address and cause_of(row.reply) not in _HOPELESS and address_hash(secrets, row.address) not in barred
    ]
    if not ids:
        raise Conflict(sentence("None of these addresses would take a second try."))
    for start in range(0, len(ids), _CHUNK):
        again = {"state": DeliveryState.QUEUED, "next_at": clock.now(), "tries": 0}
        chosen = (col(Delivery.id).in_(ids[start : start + _CHUNK]), col(Delivery.state) == DeliveryState.REFUSED)
        await session.execute(update(Delivery).where(*chosen).values(again))
    finished = (col(Mailing.id) == mailing_id, col(Mailing.state) == MailingState.FINISHED)
    await session.execute(update(Mailing).where(*finished).values(state=MailingState.SENDING, finished_at=None))
    await record(session, municipality_id, actor.account_id, RETRIED, "mailing", mailing_id, {"count": len(ids)})
    return len(ids)


async def export_refused(session: WriteSession, municipality_id: int, actor: Actor, mailing_id: int) -> str:
    """The refused as a table for a spreadsheet. Personal data leaves: it is written down who took it."""
    await get_mailing(session, municipality_id, mailing_id)
    rows = [(str(sentence("Address")), str(sentence("Why")), str(sentence("What the provider said")))]
    refused = _refused(session, municipality_id, mailing_id)
    rows += [(row.address, str(explain(cause_of(row.reply))), row.reply) async for row in refused]
    await record(session, municipality_id, actor.account_id, EXPORTED, "mailing", mailing_id, {"count": len(rows) - 1})
    return as_table(rows)


async def _refused(session: ReadSession, municipality_id: int, mailing_id: int) -> AsyncIterator[Delivery]:
    last = 0
    while True:
        query = (
            select(Delivery)
            .where(
                col(Delivery.municipality_id) == municipality_id,
                col(Delivery.mailing_id) == mailing_id,
                col(Delivery.state) == DeliveryState.REFUSED,
                col(Delivery.id) > last,
            )
            .order_by(col(Delivery.id))
            .limit(_CHUNK)
        )
        rows = list(await session.scalars(query))
        for row in rows:
            yield row
        if len(rows) < _CHUNK:
            return
        last = rows[-1].id
