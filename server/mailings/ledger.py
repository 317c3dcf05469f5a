"""The worker's side of the ledger: few, large statements, each of which moves only rows that are still as it believes.

A row is held under a lease by one worker at a time. `attempt` is the fence: it grows with each claim, and a change made
with an older number touches nothing. `next_at` says when a row may be sent; without it, never again: that is how a row
already on its way is told that its person has left.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.columns import Moment
from server.core.database import ReadSession
from server.mailings import statements
from server.mailings.models import Lane
from server.mailings.policies import DOUBT_DELAY, MOST_DOUBTS, Decision

FIRST = Lane.TRANSACTIONAL.rank


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery in the hands of a worker."""

    id: int
    municipality_id: int
    mailing_id: int
    message_id: int
    recipient: int
    address: str
    lane: int
    attempt: int
    tries: int
    doubts: int


@dataclass(frozen=True, slots=True)
class DueMailing:
    """A mailing with rows that may be sent now."""

    id: int
    lane: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claim."""

    claim: Claim
    decision: Decision


async def find_due(session: ReadSession, now: datetime) -> list[DueMailing]:
    """Every mailing that has something to send, the most pressing lanes first. The first lane is one entry, id 0."""
    found = await session.execute(_statement(statements.DUE), {"now": now})
    return sorted((DueMailing(*row) for row in found), key=lambda due: (due.lane, due.id))


async def claim(
    connection: AsyncConnection, due: DueMailing, *, worker: str, room: int, now: datetime, lease: datetime
) -> list[Claim]:
    """Take up to `room` due rows. Rows another worker is taking at this moment are passed over."""
    given: dict[str, Any] = {"worker": worker, "room": room, "now": now, "lease": lease}
    words = statements.CLAIM_FIRST
    if due.lane != FIRST:
        words, given = statements.CLAIM, given | {"mailing_id": due.id}
    lock = "" if _is_sqlite(connection) else "FOR UPDATE SKIP LOCKED"
    found = await connection.execute(_statement(words.replace("{lock}", lock)), given)
    return [Claim(*row) for row in found]


async def mark_sending(
    connection: AsyncConnection, claims: Sequence[Claim], *, worker: str, lease: datetime
) -> set[int]:
    """Write down that these are about to be sent; only those whose id comes back may be. The others were cancelled,
    given back or taken over meanwhile. The same worker may mark a row twice: it did not hear whether the commit held.
    """
    rows = [{"id": claim.id, "attempt": claim.attempt} for claim in claims]
    found = await connection.execute(
        _with_rows(connection, statements.MARK), {"rows": json.dumps(rows), "worker": worker, "lease": lease}
    )
    return set(found.scalars())


async def settle(connection: AsyncConnection, settlements: Sequence[Settlement], *, now: datetime) -> None:
    """Write down results. A late "accepted" is recorded whoever holds the row since: the relay has the message."""
    rows = [_settled_row(settlement, _is_sqlite(connection)) for settlement in settlements]
    await connection.execute(_with_rows(connection, statements.SETTLE), {"rows": json.dumps(rows), "now": now})


async def give_back(connection: AsyncConnection, claims: Sequence[Claim]) -> None:
    """Unsent rows return to the queue, where they were."""
    rows = [{"id": claim.id, "attempt": claim.attempt} for claim in claims]
    await connection.execute(_with_rows(connection, statements.GIVE_BACK), {"rows": json.dumps(rows)})


async def renew(connection: AsyncConnection, claims: Sequence[Claim], *, lease: datetime) -> None:
    """The worker lives and still has these."""
    rows = [{"id": claim.id, "attempt": claim.attempt} for claim in claims]
    await connection.execute(_with_rows(connection, statements.RENEW), {"rows": json.dumps(rows), "lease": lease})


async def sweep(connection: AsyncConnection, now: datetime) -> None:
    """Rows of workers that died: what was only held returns to the queue, what was on its way becomes uncertain."""
    await connection.execute(_statement(statements.SWEEP_CLAIMED), {"now": now})
    await connection.execute(
        _statement(statements.SWEEP_SENDING), {"now": now, "later": now + DOUBT_DELAY, "most": MOST_DOUBTS}
    )


async def database_lead(connection: AsyncConnection, now: datetime) -> timedelta:
    """How far the database's clock is ahead: leases on several machines must agree on one clock."""
    if _is_sqlite(connection):
        return timedelta()
    there: datetime = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return there - now


def _is_sqlite(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "sqlite"


def _settled_row(settlement: Settlement, is_sqlite: bool) -> dict[str, Any]:
    claim, decision = settlement.claim, settlement.decision
    row = asdict(decision) | {"id": claim.id, "attempt": claim.attempt, "state": decision.state.value}
    if decision.next_at is not None:
        moment = decision.next_at.astimezone(UTC)
        row["next_at"] = moment.replace(tzinfo=None).isoformat(" ", "microseconds") if is_sqlite else moment.isoformat()
    return row


@cache
def _statement(words: str) -> TextClause:
    moments = [name for name in ("now", "lease", "later") if f":{name}" in words]
    return text(words).bindparams(*(bindparam(name, type_=Moment()) for name in moments))


def _with_rows(connection: AsyncConnection, words: str) -> TextClause:
    rows = statements.ROWS_SQLITE if _is_sqlite(connection) else statements.ROWS_POSTGRES
    return _statement(words.replace("{rows}", rows))
