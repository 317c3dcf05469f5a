"""The claims a worker has in hand: taken from the ledger, waiting for a line, kept under lease, given back."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import TypeVar

from server.core import clock
from server.core.database import Database
from server.core.pen import Pen
from server.mailings import ledger
from server.mailings.ledger import Claim, DueMailing
from server.mailings.models import Lane
from workers.appetite import Appetite
from workers.crash import crash_point
from workers.patience import patiently
from workers.traffic import Traffic
from workers.waiting import WaitingClaims

Thing = TypeVar("Thing")
_URGENT, _ORDINARY = Lane.URGENT.rank, Lane.ORDINARY.rank
_RENEWED = 200  # leases at a time: nobody waits long for a row that is only being renewed
_SAFE = 0.9  # of a lease: who wakes up later than that from a sleep begins nothing with what it held


class Hand:
    """What is `ready` waits for a line. `pen` is the committer's: both change what is held, and on two connections each
    might wait for a row that the other one has. Nobody else has what is claimed, and that may take a while.
    """

    def __init__(
        self,
        database: Database,
        pen: Pen,
        *,
        worker: str,
        lease: timedelta,
        patience: timedelta,
        appetite: Appetite,
        traffic: Traffic,
        foresee: Callable[[Sequence[Claim]], None],
    ) -> None:
        self.ready = WaitingClaims()
        self._database = database
        self._pen = pen
        self._claiming = database.pen()
        self._worker = worker
        self._lease = lease
        self._patience = patience
        self._appetite = appetite
        self._traffic = traffic
        self._foresee = foresee
        self._held: dict[int, Claim] = {}
        self._safe_until = 0.0
        self._turn = 0
        self._lead = timedelta()

    def now(self) -> datetime:
        """By the database's clock, for all workers count leases on it."""
        return clock.now() + self._lead

    def holds(self, claim: Claim) -> bool:
        """Whether its lease still holds. A process that was frozen for long finds that none may; then, once it has renewed
        them, which ones do.
        """
        return self._held.get(claim.id) is claim and asyncio.get_running_loop().time() < self._safe_until

    @property
    def is_low(self) -> bool:
        return len(self.ready) <= self._appetite.size // 2

    @property
    def is_empty(self) -> bool:
        return not self._held

    async def take(self) -> int:
        """Fill the hand if it is low; how many claims came. For what is pressing there is always room."""
        async with self._database.reading() as session:
            found = await ledger.find_due(session, self.now())
        due = [one for one in found if self._traffic.serves(one)]
        size = self._appetite.size
        pressing = oldest_first([one for one in due if one.lane < _ORDINARY])
        others = [one for one in due if one.lane == _ORDINARY]
        taken = await self._claim(pressing, size - self.ready.pressing)
        if self.is_low and len(self.ready) < size:
            taken += await self._claim(others, size - len(self.ready))
            self._appetite.ate(asyncio.get_running_loop().time())
        return taken

    async def _claim(self, due: Sequence[DueMailing], room: int) -> int:
        if not due or room <= 0:
            return 0
        crash_point("before_claim")
        began, now = asyncio.get_running_loop().time(), self.now()
        taken = await ledger.claim(
            self._claiming, shares(due, room, self._turn), worker=self._worker, now=now, lease=now + self._lease
        )
        crash_point("after_claim")
        self._turn += 1
        if not self._held:
            self._is_kept_since(began)
        # One of each mailing, then the second of each: a long letter keeps no short one waiting.
        claims = [claim for claim in chain.from_iterable(zip_longest(*taken)) if claim is not None]
        admitted = await self._admitted(claims, now)
        self._foresee(admitted)
        self.ready.put(admitted)
        return len(claims)

    async def _admitted(self, claims: Sequence[Claim], now: datetime) -> list[Claim]:
        """Those that may leave now are held; the traffic has put off the others."""
        admitted = await self._traffic.admit(claims, self._held.values(), now)
        self._held.update((claim.id, claim) for claim in admitted)
        return admitted

    def _is_kept_since(self, moment: float) -> None:
        self._safe_until = moment + _SAFE * self._lease.total_seconds()

    def let_go(self, claim: Claim) -> None:
        """The ledger knows what became of it. Its row may be in hand anew by now."""
        if self._held.get(claim.id) is claim:
            del self._held[claim.id]

    async def give_back(self, claims: Sequence[Claim]) -> None:
        """These were not sent: back to where they were."""
        if claims:
            await patiently(lambda: ledger.give_back(self._pen, claims), self._patience)
        for claim in claims:
            self.let_go(claim)

    async def give_back_waiting(self) -> None:
        """What no line has begun; and no line begins anything more."""
        await self.give_back(self.ready.end())

    async def close(self) -> None:
        """Whatever was taken and not marked goes back. What was marked is not touched by this."""
        await self.give_back(list(self._held.values()))
        await self._pen.close()
        await self._claiming.close()

    async def keep(self) -> None:
        """Say that we live; take back what those who do not had in hand."""
        began = asyncio.get_running_loop().time()
        async with self._database.connection() as connection:
            self._lead = await ledger.database_lead(connection, clock.now())
        claims = list(self._held.values())
        for start in range(0, len(claims), _RENEWED):
            some = claims[start : start + _RENEWED]
            kept = await ledger.renew(self._pen, some, lease=self.now() + self._lease)
            for claim in some:
                if claim.id not in kept:
                    self.let_go(claim)
        self._is_kept_since(began)
        async with self._database.connection() as connection:
            await ledger.sweep(connection, self.now())


def oldest_first(due: Sequence[DueMailing]) -> list[DueMailing]:
    """Of the urgent mailings of a town the oldest alone: after a cut, an all-clear does not overtake its alarm."""
    oldest: dict[int, DueMailing] = {}
    for one in due:
        if one.lane == _URGENT:
            oldest.setdefault(one.municipality_id, one)
    return [one for one in due if one.lane != _URGENT or oldest[one.municipality_id] is one]


def shares(due: Iterable[DueMailing], room: int, turn: int) -> list[tuple[DueMailing, int]]:
    """Who may have how many of `room` places: lane by lane, and within a lane every town the same, starting in turn.

    What the mailings of a pressing lane leave of their room is not known before: each lane counts with all of it.
    """
    lanes: dict[int, dict[int, list[DueMailing]]] = {}
    for one in due:
        lanes.setdefault(one.lane, {}).setdefault(one.municipality_id, []).append(one)
    portions: list[tuple[DueMailing, int]] = []
    for _, towns in sorted(lanes.items()):
        each, left = -(-room // len(towns)), room
        for town in _from(list(towns.values()), turn * max(1, room // each)):
            if left > 0:
                share = -(-each // len(town))
                portions += [(one, share) for one in _from(town, turn)]
                left -= share * len(town)
    return portions


def _from(things: list[Thing], turn: int) -> list[Thing]:
    start = turn % len(things)
    return things[start:] + things[:start]
