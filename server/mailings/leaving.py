"""Use cases of those who must not be written to (any more): somebody leaves, an address is barred, a person is erased."""

from collections.abc import Collection

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from server.core import clock
from server.core.database import WriteSession
from server.core.secrets import Secrets
from server.mailings.models import Delivery, DeliveryState, Lane, Mailing, MailingState, Suppression, SuppressionReason
from server.mailings.queries import address_hash
from server.mailings.service import UNSENT, cancel_rows, hold_recipients

# The stronger reason stays when an address is barred twice.
_STRENGTH = (
    SuppressionReason.REFUSED,
    SuppressionReason.ERASED,
    SuppressionReason.COMPLAINT,
    SuppressionReason.NEVER_AGAIN,
)


async def cancel_for_recipient(
    session: WriteSession, municipality_id: int, recipient: int, *, keep_scope: Collection[int] = frozenset()
) -> int:
    """Somebody left, or now wants only the topics of `keep_scope`: what they did not ask for is not sent any more.

    Everything that is not yet on its way is cancelled; what is on its way is not tried again. How many were cancelled.
    """
    await hold_recipients(session, municipality_id)
    pending = (
        select(col(Delivery.id), col(Mailing.scope))
        .join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
        .where(
            col(Delivery.municipality_id) == municipality_id,
            col(Delivery.recipient) == recipient,
            col(Delivery.lane) != Lane.TRANSACTIONAL.rank,
            col(Delivery.state).in_((*UNSENT, DeliveryState.SENDING)),
        )
    )
    kept = set(keep_scope)
    unwanted = [
        delivery_id
        for delivery_id, scope in await session.execute(pending)
        # A mailing to nobody's topic in particular is for everybody who stays.
        if not kept or (scope and kept.isdisjoint(scope))
    ]
    return await cancel_rows(session, col(Delivery.id).in_(unwanted)) if unwanted else 0


async def suppress_address(
    session: WriteSession, municipality_id: int, secrets: Secrets, address: str, reason: SuppressionReason
) -> None:
    """Never write to this address again, whoever's it is; what waits for it is cancelled."""
    await hold_recipients(session, municipality_id)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {
        "municipality_id": municipality_id,
        "address_hash": address_hash(secrets, address),
        "reason": reason,
        "at": clock.now(),
    }
    await session.execute(insert(Suppression).values(values).on_conflict_do_nothing())
    weaker = _STRENGTH[: _STRENGTH.index(reason)]
    await session.execute(
        update(Suppression)
        .where(
            col(Suppression.municipality_id) == municipality_id,
            col(Suppression.address_hash) == values["address_hash"],
            col(Suppression.reason).in_(weaker),
        )
        .values(reason=reason, at=values["at"])
    )
    open_mailings = select(col(Mailing.id)).where(
        col(Mailing.municipality_id) == municipality_id,
        col(Mailing.state).in_((MailingState.SCHEDULED, MailingState.SENDING, MailingState.PAUSED)),
    )
    await cancel_rows(
        session,
        col(Delivery.mailing_id).in_(open_mailings),
        func.lower(col(Delivery.address)) == address.strip().lower(),
    )


async def lift_suppression(session: WriteSession, municipality_id: int, secrets: Secrets, address: str) -> None:
    """The owner of the address asked for our mail again, and confirmed it."""
    await session.execute(
        delete(Suppression).where(
            col(Suppression.municipality_id) == municipality_id,
            col(Suppression.address_hash) == address_hash(secrets, address),
        )
    )


async def forget_recipient(session: WriteSession, municipality_id: int, recipient: int) -> None:
    """Erasure: nothing more is sent, and no row names the person any more. The rows stay, so the figures add up."""
    await forget_recipients(session, municipality_id, [recipient])


async def forget_recipients(session: WriteSession, municipality_id: int, recipients: Collection[int]) -> None:
    """The same for several people: as many as one statement may name."""
    await hold_recipients(session, municipality_id)
    theirs = (col(Delivery.municipality_id) == municipality_id, col(Delivery.recipient).in_(recipients))
    if any(recipient <= 0 for recipient in recipients):
        raise ValueError("only somebody on the lists can be forgotten")
    await cancel_rows(session, *theirs)
    nobody = {"recipient": -col(Delivery.id), "address": "", "provider": "", "reply": ""}
    await session.execute(update(Delivery).where(*theirs).values(nobody))


async def hand_over_recipient(session: WriteSession, municipality_id: int, old: int, new: int) -> None:
    """Two numbers are one person: the ledger's lines of `old` are `new`'s. Of a mailing to both, `new`'s line stays."""
    await hold_recipients(session, municipality_id)
    here = col(Delivery.municipality_id) == municipality_id
    theirs = (here, col(Delivery.recipient) == old)
    both = select(col(Delivery.mailing_id)).where(here, col(Delivery.recipient) == new).scalar_subquery()
    twice = (*theirs, col(Delivery.mailing_id).in_(both))
    await cancel_rows(session, *twice)
    nobody = {"recipient": -col(Delivery.id), "address": "", "provider": "", "reply": ""}
    await session.execute(update(Delivery).where(*twice).values(nobody))
    await session.execute(update(Delivery).where(*theirs).values(recipient=new))


async def forget_address(session: WriteSession, municipality_id: int, address: str) -> None:
    """Erasure of the single messages to an address (a confirmation, a new link) that still name it: see `upkeep`."""
    single = select(col(Mailing.id)).where(
        col(Mailing.municipality_id) == municipality_id,
        col(Mailing.lane) == Lane.TRANSACTIONAL,
        col(Mailing.state) == MailingState.SENDING,
    )
    theirs = (col(Delivery.mailing_id).in_(single), func.lower(col(Delivery.address)) == address.strip().lower())
    await cancel_rows(session, *theirs)
    await session.execute(update(Delivery).where(*theirs).values(address="", provider="", reply=""))
