"""One committer for all lines: marks and results that come together are written down together.

While one commit is under way the next requests gather, so the group is as large as the disk is slow. A line hands over
its last result before it asks for its next mark, or for word that the result is written; only then does the next message
leave. At any moment at most one message per line has left of which the ledger does not know the end.
"""

import asyncio
from dataclasses import dataclass, field

from server.core.pen import Pen
from server.core.secrets import Secrets
from server.mailings import ledger
from server.mailings.bars import barring
from server.mailings.ledger import Claim, Settlement
from workers.crash import crash_point
from workers.hand import Hand
from workers.patience import patiently
from workers.rhythm import Rhythm
from workers.traffic import Traffic


@dataclass(slots=True)
class _Group:
    """What goes into the next commit, and who waits for it."""

    marks: list[tuple[Claim, Claim | None]] = field(default_factory=list)
    answers: list[asyncio.Future[bool]] = field(default_factory=list)
    results: list[Settlement] = field(default_factory=list)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.marks or self.results or self.waiting)

    def give_up(self) -> None:
        """Does nothing to those that were answered."""
        for answer in self.answers:
            answer.cancel()
        for future in self.waiting:
            future.cancel()


class Committer:
    """Writes marks and results. `run` it as a task; `close` lets it write what it has and ends it."""

    def __init__(
        self, pen: Pen, secrets: Secrets, hand: Hand, traffic: Traffic, *, worker: str, rhythm: Rhythm
    ) -> None:
        self._pen = pen
        self._secrets = secrets
        self._hand = hand
        self._traffic = traffic
        self._worker = worker
        self._rhythm = rhythm
        self._group = _Group()
        self._asked = asyncio.Event()
        self._is_closing = False

    def mark(self, claim: Claim, behind: Claim | None = None) -> asyncio.Future[bool]:
        """True once it is written down that `claim` is about to be sent; False if it must not be. It may only leave
        when the result of `behind` is written.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._group.marks.append((claim, behind))
        self._group.answers.append(future)
        self._asked.set()
        return future

    def settle(self, settlement: Settlement) -> None:
        """Hand over a result. It is written before any later mark of the same line, or together with it."""
        self._group.results.append(settlement)
        self._asked.set()

    def written(self) -> asyncio.Future[None]:
        """When what was handed over until now is written."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._group.waiting.append(future)
        self._asked.set()
        return future

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
            for one in (group, self._group):
                one.give_up()
            await self._pen.close()

    async def _write_down(self, group: _Group) -> None:
        """Whether a failed commit held is not known, but writing the same twice changes nothing."""
        marked = await patiently(lambda: self._write(group), self._rhythm.patience)
        for settlement in group.results:
            self._hand.let_go(settlement.claim)
        self._traffic.note(group.results, self._hand.now())
        for (claim, _), answer in zip(group.marks, group.answers, strict=True):
            if not answer.done():
                answer.set_result(claim.id in marked)
        for future in group.waiting:
            if not future.done():
                future.set_result(None)

    async def _write(self, group: _Group) -> set[int]:
        """The ids of those that may be sent."""
        if not group.results and not group.marks:
            return set()
        now = self._hand.now()
        if group.results:
            crash_point("before_commit")
        marked = await ledger.write_down(
            self._pen,
            group.results,
            group.marks,
            worker=self._worker,
            now=now,
            besides=barring(self._pen, self._secrets, group.results, now=now),
        )
        if group.results:
            crash_point("after_commit")
        return marked
