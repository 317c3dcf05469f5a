"""Past letters have long arrived: their ledger is kept as a worker would have kept it, and nothing leaves."""

from datetime import timedelta

from server.core import clock
from server.core.database import Database
from server.mailings import ledger
from server.mailings.ledger import Settlement
from server.mailings.models import DeliveryState
from server.mailings.policies import Decision
from server.mailings.upkeep import finish_mailings

_NAME = "demonstration"
_ROOM = 500
_ACCEPTED = Decision(DeliveryState.ACCEPTED, "250 2.0.0 Ok (demonstration)")


async def deliver_everything(database: Database) -> None:
    """Whatever is due at this moment was accepted; mailings of which nothing is left are finished."""
    while await _deliver_some(database):
        pass
    async with database.writing() as session:
        await finish_mailings(session)


async def _deliver_some(database: Database) -> int:
    now = clock.now()
    lease = now + timedelta(minutes=1)
    async with database.reading() as session:
        due = await ledger.find_due(session, now)
    async with database.pen() as pen:
        shares = [(one, _ROOM) for one in due]
        taken = await ledger.claim(pen, shares, worker=_NAME, now=now, lease=lease)
        claims = [claim for claims in taken for claim in claims]
        if claims:
            await ledger.mark_sending(pen, claims, worker=_NAME)
            await ledger.settle(pen, [Settlement(claim, _ACCEPTED) for claim in claims], now=now)
    return len(claims)
