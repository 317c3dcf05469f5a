"""The worker's side of the ledger: few, large statements, each of which moves only rows that are still as it believes.

A row is held under a lease by one worker at a time. `attempt` is the fence: it grows with each claim, and a change made
with an older number touches nothing. `next_at` says when a row may be sent; without it, never again: that is how a row
already on its way is told that its person has left.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core import clock
from server.core.columns import Moment
from server.core.database import ReadSession
from server.core.pen import Each, Pen, Step
from server.mailings import statements
from server.mailings.models import Lane
from server.mailings.policies import DOUBT_DELAY, MOST_DOUBTS, Decision

FIRST = Lane.TRANSACTIONAL.rank
_Rows = Sequence[tuple[Any, ...]]
_in_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Claim(NamedTuple):
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

    @property
    def number(self) -> int:
        """Names it and no other claim: a row's attempts stay below 32,768."""
        return self.id * 32_768 + self.attempt


@dataclass(frozen=True, slots=True)
class DueMailing:
    """A mailing with rows that may be sent now."""

    id: int
    lane: int
    municipality_id: int = field(default=0, compare=False)


class Settlement(NamedTuple):
    """What became of a claim."""

    claim: Claim
    decision: Decision


async def find_due(session: ReadSession, now: datetime) -> list[DueMailing]:
    """Every mailing that has something to send, the most pressing lanes first. The first lane is one entry for each town, id 0."""
    found = await session.execute(_statement(statements.DUE), {"now": now})
    return sorted((DueMailing(*row) for row in found), key=lambda due: (due.lane, due.id))


async def claim(
    pen: Pen, shares: Sequence[tuple[DueMailing, int]], *, worker: str, now: datetime, lease: datetime
) -> list[list[Claim]]:
    """Take of each mailing as many due rows as its share. Rows another worker is taking now are passed over."""
    given = {"worker": worker, "now": _bound(pen, now), "lease": _bound(pen, lease)}
    steps = []
    for due, room in shares:
        here = given | {"mailing_id": due.id, "municipality_id": due.municipality_id, "room": room}
        is_first = due.lane == FIRST
        if pen.is_sqlite:
            steps.append(step(pen, statements.SHOW_FIRST if is_first else statements.SHOW, here))
        steps.append(step(pen, statements.CLAIM_FIRST if is_first else statements.CLAIM, here))
    found = await pen.write(*steps)
    if pen.is_sqlite:
        return [[Claim(*row) for row in json.loads(text)] for ((text,),) in found[::2]]
    return [[Claim(*row) for row in rows] for rows in found]


async def write_down(
    pen: Pen,
    settlements: Sequence[Settlement],
    marks: Sequence[tuple[Claim, Claim | None]],
    *,
    worker: str,
    now: datetime,
    besides: Sequence[Step] = (),
) -> set[int]:
    """Results, and which are about to be sent: only those whose id comes back may be. The others were cancelled, given back
    or taken over meanwhile. The same worker may write the same twice: it did not hear whether the commit held.

    Beside each mark: the one it comes behind on its line. A late "accepted" is recorded whoever holds the row since: the
    relay has the message.
    """
    # Everybody takes rows in the same order: hardly anybody waits for somebody who waits for him, and who does lets go soon.
    marked = sorted((claim.id, claim.attempt, behind and behind.number) for claim, behind in marks)
    settled = sorted(_result(pen, one) for one in settlements)
    found = await pen.write(*besides, *_writing(pen, marked, settled, worker, _bound(pen, now)))
    if not marks:
        return set()
    if sum(changed for ((changed,),) in found[len(besides) :]) == len(marked) + len(settled):
        return {claim.id for claim, _ in marks}
    (named,) = await pen.write(_naming(pen, statements.MARKED, (claim for claim, _ in marks), worker=worker))
    return {row[0] for row in named}


async def mark_sending(pen: Pen, claims: Sequence[Claim], *, worker: str) -> set[int]:
    """`write_down` without results."""
    return await write_down(pen, (), [(claim, None) for claim in claims], worker=worker, now=clock.now())


async def settle(pen: Pen, settlements: Sequence[Settlement], *, now: datetime) -> None:
    """`write_down` of results alone."""
    await write_down(pen, settlements, (), worker="", now=now)


async def give_back(pen: Pen, claims: Sequence[Claim]) -> None:
    """Unsent rows return to the queue, where they were."""
    await pen.write(_naming(pen, statements.GIVE_BACK, claims))


async def renew(pen: Pen, claims: Sequence[Claim], *, lease: datetime) -> set[int]:
    """The worker lives: the ids of those that it still has. The others were cancelled, answered or taken over meanwhile."""
    (renewed,) = await pen.write(_naming(pen, statements.RENEW, claims, lease=_bound(pen, lease)))
    return {row[0] for row in renewed}


async def sweep(connection: AsyncConnection, now: datetime) -> None:
    """Rows of workers that died: what was only held returns to the queue, what was on its way becomes uncertain.

    What came behind another one on its line was not on its way: it only leaves once that one's result is written.
    """
    await connection.execute(_statement(statements.SWEEP_BEHIND), {"now": now})
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


def step(pen: Pen, words: str, given: Mapping[str, Any]) -> Step:
    """One of `statements`, as this pen's database says it."""
    return Step(statements.in_words_of(words, is_sqlite=pen.is_sqlite), given)


def written(pen: Pen, moment: datetime) -> str:
    """A moment as the database writes it."""
    moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds") if pen.is_sqlite else moment.isoformat()


def _bound(pen: Pen, moment: datetime) -> datetime | str:
    """A moment as the driver takes it."""
    return written(pen, moment) if pen.is_sqlite else moment


def _writing(pen: Pen, marks: _Rows, results: _Rows, worker: str, now: datetime | str) -> Iterator[Step | Each]:
    if not pen.is_sqlite:
        given = {"marks": _in_json(marks), "results": _in_json(results), "worker": worker, "now": now}
        yield step(pen, statements.MARK_AND_SETTLE, given)
        return
    if results:
        yield Each(statements.for_each(statements.SETTLE, statements.SETTLE_COLUMNS), results, (now,))
    if marks:
        yield Each(statements.for_each(statements.MARK, statements.MARK_COLUMNS), marks, (worker,))


def _result(pen: Pen, settlement: Settlement) -> tuple[Any, ...]:
    claim, decision = settlement.claim, settlement.decision
    next_at = decision.next_at and written(pen, decision.next_at)
    return claim.id, claim.attempt, decision.state.value, next_at, decision.reply


def _naming(pen: Pen, words: str, claims: Iterable[Claim], **given: Any) -> Step:
    named = sorted((claim.id, claim.attempt) for claim in claims)
    return step(pen, words, given | {"named": _in_json(named)})


@cache
def _statement(words: str) -> TextClause:
    moments = [name for name in ("now", "lease", "later") if f":{name}" in words]
    return text(words).bindparams(*(bindparam(name, type_=Moment()) for name in moments))
