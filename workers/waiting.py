"""Claims that wait for a line, the most pressing lane first. A line may keep itself free for the pressing ones."""

import asyncio
from collections import deque
from collections.abc import Iterable

from server.mailings.ledger import Claim
from server.mailings.models import Lane


class WaitingClaims:
    """`lowest` is the least pressing lane that the one who asks serves."""

    def __init__(self) -> None:
        self._lanes: tuple[deque[Claim], ...] = tuple(deque() for _ in Lane)
        self._asking: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._is_over = False

    def __len__(self) -> int:
        return sum(map(len, self._lanes))

    @property
    def pressing(self) -> int:
        """How many of them are before the ordinary ones."""
        return sum(map(len, self._lanes[: Lane.ORDINARY.rank]))

    def put(self, claims: Iterable[Claim]) -> None:
        for claim in claims:
            self._lanes[claim.lane].append(claim)
            self._wake(claim.lane)

    def take(self, lowest: int) -> Claim | None:
        """The next one, if there is one now."""
        for lane in self._lanes[: lowest + 1]:
            if lane:
                return lane.popleft()
        return None

    async def get(self, lowest: int) -> Claim | None:
        """The next one, as soon as there is one; None when there will be none."""
        while (claim := self.take(lowest)) is None and not self._is_over:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._asking.append((lowest, future))
            try:
                await future
            except asyncio.CancelledError:
                for lane, waiting in enumerate(self._lanes):
                    if waiting:  # it may have been for us that nobody else was told
                        self._wake(lane)
                raise
        return claim

    def end(self) -> list[Claim]:
        """Nobody gets another one. What waited still."""
        self._is_over = True
        for _, future in self._asking:
            if not future.done():
                future.set_result(None)
        waiting = [claim for lane in self._lanes for claim in lane]
        for lane in self._lanes:
            lane.clear()
        return waiting

    def _wake(self, lane: int) -> None:
        """One of those who wait for such a claim."""
        for asking in self._asking.copy():
            lowest, future = asking
            if future.done():
                self._asking.remove(asking)
            elif lane <= lowest:
                self._asking.remove(asking)
                future.set_result(None)
                return
