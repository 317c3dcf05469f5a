"""What the worker bars by itself: an address whose own server said, at RCPT, that nobody is there."""

import json
from collections.abc import Sequence
from datetime import datetime

from server.core.pen import Pen, Step
from server.core.secrets import Secrets
from server.mailings import ledger, statements
from server.mailings.ledger import Settlement
from server.mailings.models import SuppressionReason
from server.mailings.queries import address_hash


def barring(pen: Pen, secrets: Secrets, settlements: Sequence[Settlement], *, now: datetime) -> list[Step]:
    """Write the dead addresses of `settlements` down as suppressed, if there are any. Who is barred already stays so."""
    at = ledger.written(pen, now)
    rows = [
        (one.claim.municipality_id, address_hash(secrets, one.claim.address), SuppressionReason.REFUSED.value, at)
        for one in settlements
        if one.decision.is_dead
    ]
    return [ledger.step(pen, statements.BAR, {"barred": json.dumps(rows)})] if rows else []
