"""The claims a worker has in hand: taken from the ledger, waiting for a line, kept under lease, given back."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from server.core import clock
from server.core.database import Database
from server.mailings import ledger
from server.mailings.ledger import Claim, DueMailing
from workers.crash import crash_point
from workers.patience import patiently


class Hand:
    """`ready` claims wait for a line, the most pressing lane first; `None` ends a line."""

    def __init__(self, database: Database, *, worker: str, lease: timedelta, patience: timedelta) -> None:
        self.ready: asyncio.PriorityQueue[tuple[int, int, Claim | None]] = asyncio.PriorityQueue()
        self._database = database
        self._worker = worker
        self._lease = lease
        self._patience = patience
        self._held: dict[int, Claim] = {}
        self._turn = 0
        self._lead = timedelta()

    def now(self) -> datetime:
        """By the database's clock, for all workers count leases on it."""
        return clock.now() + self._lead

    async def take(self, room: int) -> int:
        """Claim up to `room` due rows; how many there were."""
        async with self._database.reading() as session:
            due = await ledger.find_due(session, self.now())
        if not due:
            return 0
        crash_point("before_claim")
        claims = await self._claim(due, room)
        crash_point("after_claim")
        for claim in claims:
            self._turn += 1
            self._held[claim.id] = claim
            self.ready.put_nowait((claim.lane, self._turn, claim))
        return len(claims)

    async def _claim(self, due: list[DueMailing], room: int) -> list[Claim]:
        claims: list[Claim] = []
        now = self.now()
        async with self._database.connection() as connection:
            for one, share in shares(due, room, self._turn):
                left = room - len(claims)
                if left <= 0:
                    break
                claims += await ledger.claim(
                    connection, one, worker=self._worker, room=min(share, left), now=now, lease=now + self._lease
                )
        return claims

    def let_go(self, claim: Claim) -> None:
        """The ledger knows what became of it."""
        self._held.pop(claim.id, None)

    async def give_back(self, claims: Sequence[Claim]) -> None:
        """These were not sent: back to where they were."""

        async def write() -> None:
            async with self._database.connection() as connection:
                await ledger.give_back(connection, claims)

        if claims:
            await patiently(write, self._patience)
        for claim in claims:
            self.let_go(claim)

    async def give_back_everything(self) -> None:
        """Whatever was taken and not marked. What was marked is not touched by this."""
        await self.give_back(list(self._held.values()))

    async def give_back_waiting(self, lines: int) -> None:
        """What no line has begun, and the end for each of `lines`."""
        waiting = []
        while not self.ready.empty():
            waiting.append(self.ready.get_nowait()[2])
        for _ in range(lines):
            self.ready.put_nowait((0, 0, None))
        await self.give_back([claim for claim in waiting if claim is not None])

    async def keep(self) -> None:
        """Say that we live; take back what those who do not had in hand."""
        async with self._database.connection() as connection:
            self._lead = await ledger.database_lead(connection, clock.now())
            if self._held:
                await ledger.renew(connection, list(self._held.values()), lease=self.now() + self._lease)
            await ledger.sweep(connection, self.now())


def shares(due: list[DueMailing], room: int, turn: int) -> list[tuple[DueMailing, int]]:
    """Who may have how many of `room` places: lane by lane, and within a lane everybody the same, starting in turn."""
    portions: list[tuple[DueMailing, int]] = []
    for lane in sorted({one.lane for one in due}):
        same = [one for one in due if one.lane == lane]
        start = turn % len(same)
        each = -(-room // len(same))
        portions += [(one, each) for one in same[start:] + same[:start]]
    return portions
