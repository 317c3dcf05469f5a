"""One committer for all lines: marks and results that come together are written down together.

While one commit is under way the next requests gather, so the group is as large as the disk is slow. A line asks for
its next mark only after handing over its last result, and both go into the same commit or the result into an earlier
one: at any moment at most one message per line is not yet written down.
"""

import asyncio
from dataclasses import dataclass, field

from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings import ledger
from server.mailings.bars import bar_dead_addresses
from server.mailings.ledger import Claim, Settlement
from workers.crash import crash_point
from workers.hand import Hand
from workers.patience import patiently
from workers.rhythm import Rhythm


@dataclass
class _Group:
    """What goes into the next commit."""

    marks: dict[Claim, asyncio.Future[bool]] = field(default_factory=dict)
    results: list[Settlement] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.marks or self.results)


class Committer:
    """Writes marks and results. `run` it as a task; `close` lets it write what it has and ends it."""

    def __init__(self, database: Database, secrets: Secrets, hand: Hand, *, worker: str, rhythm: Rhythm) -> None:
        self._database = database
        self._secrets = secrets
        self._hand = hand
        self._worker = worker
        self._rhythm = rhythm
        self._group = _Group()
        self._asked = asyncio.Event()
        self._is_closing = False

    async def mark(self, claim: Claim) -> bool:
        """True once it is written down that `claim` is about to be sent; False if it must not be."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._group.marks[claim] = future
        self._asked.set()
        return await future

    def settle(self, settlement: Settlement) -> None:
        """Hand over a result. It is written before any later mark of the same line."""
        self._group.results.append(settlement)
        self._asked.set()

    def close(self) -> None:
        self._is_closing = True
        self._asked.set()

    async def run(self) -> None:
        """Write until closed. Raises when the database stayed away for too long: the leases are lost by then."""
        group = self._group
        try:
            while self._group or not self._is_closing:
                await self._asked.wait()
                self._asked.clear()
                await asyncio.sleep(0)  # let the lines that were just told to go on ask for their next mark
                group, self._group = self._group, _Group()
                if group:
                    await self._write_down(group)
        finally:
            for future in (*group.marks.values(), *self._group.marks.values()):
                future.cancel()  # does nothing to those that were answered

    async def _write_down(self, group: _Group) -> None:
        """Whether a failed commit held is not known, but writing the same twice changes nothing."""
        marked = await patiently(lambda: self._write(group), self._rhythm.patience)
        for claim, future in group.marks.items():
            if not future.done():
                future.set_result(claim.id in marked)
        for settlement in group.results:
            self._hand.let_go(settlement.claim)

    async def _write(self, group: _Group) -> set[int]:
        now = self._hand.now()
        marked: set[int] = set()
        async with self._database.connection() as connection:
            if group.results:
                await ledger.settle(connection, group.results, now=now)
                await bar_dead_addresses(connection, self._secrets, group.results, now=now)
            if group.marks:
                marked = await ledger.mark_sending(
                    connection, list(group.marks), worker=self._worker, lease=now + self._rhythm.lease
                )
            if group.results:
                crash_point("before_commit")
        if group.results:
            crash_point("after_commit")
        return marked
