"""What the worker bars by itself: an address whose own server said, at RCPT, that nobody is there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.secrets import Secrets
from server.mailings.ledger import Settlement
from server.mailings.models import Suppression, SuppressionReason
from server.mailings.queries import address_hash


async def bar_dead_addresses(
    connection: AsyncConnection, secrets: Secrets, settlements: Sequence[Settlement], *, now: datetime
) -> None:
    """Write the dead addresses of `settlements` down as suppressed. What bars them already stays as it is."""
    rows = [
        {
            "municipality_id": one.claim.municipality_id,
            "address_hash": address_hash(secrets, one.claim.address),
            "reason": SuppressionReason.REFUSED,
            "at": now,
        }
        for one in settlements
        if one.decision.is_dead
    ]
    if rows:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        await connection.execute(insert(Suppression).values(rows).on_conflict_do_nothing())
