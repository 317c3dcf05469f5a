"""One line's life: it takes a claim, has it marked, carries it, hands over the result, and takes the next one.

While a result and the next mark are written, the content of the message between them travels already; its final dot, with
which the relay takes it, leaves when they are written. A line that looks ahead announces the next message behind that
dot, so that each costs one journey to the relay and back.
"""

import asyncio
import logging
from dataclasses import dataclass

from server.mailings import policies
from server.mailings.ledger import Claim, Settlement
from server.mailings.policies import Answer, Decision, Lost
from workers.committer import Committer
from workers.crash import crash_point
from workers.hand import Hand
from workers.lines import Lines
from workers.rhythm import Rhythm
from workers.shelf import Shelf, Unprepared
from workers.transports.contract import Line, LineLost, Parcel, RelayDown

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Marked:
    """What is written down as about to be sent."""

    claim: Claim
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Room:
    """What the carriers of one worker share. `wake` is set when the hand is running `low`."""

    lines: Lines
    hand: Hand
    committer: Committer
    shelf: Shelf
    rhythm: Rhythm
    wake: asyncio.Event


class Carrier:
    """`lowest`: the least pressing lane it serves."""

    def __init__(self, room: Room, lowest: int) -> None:
        self._room = room
        self._lowest = lowest
        self._line: Line | None = None
        self._next: _Marked | None = None
        self._owes = False
        """Whether the ledger has not written the last result yet."""

    async def run(self) -> None:
        """Until nothing more is handed out."""
        try:
            while (going := await self._going()) is not None:
                await self._carry(going)
        finally:
            self._give_back()
            await self._close()

    async def _going(self) -> _Marked | None:
        """What leaves next, marked, and with a line to leave on; None at the end."""
        while True:
            going, self._next = self._next, None
            claim = going.claim if going else await self._ask()
            if claim is None:
                return None
            try:
                self._line = self._line or await self._room.lines.open()
            except RelayDown:
                await self._put_back(claim, is_marked=going is not None)
                continue
            going = going or await self._marked(claim, self._ask_to_mark(claim))
            if going is not None:
                return going

    async def _ask(self) -> Claim | None:
        """The next claim; a line that waits too long for one is closed meanwhile."""
        claim = self._take()
        if claim is None and self._line is not None:
            try:
                return await asyncio.wait_for(self._room.hand.ready.get(self._lowest), self._room.rhythm.rest)
            except TimeoutError:
                await self._close()
        return claim or await self._room.hand.ready.get(self._lowest)

    def _take(self) -> Claim | None:
        hand = self._room.hand
        claim = hand.ready.take(self._lowest)
        if hand.is_low:
            self._room.wake.set()
        return claim

    async def _put_back(self, claim: Claim, *, is_marked: bool) -> None:
        """The relay takes no line from us: this waits for a better moment."""
        if is_marked:
            self._settle(claim, policies.not_sent(self._room.hand.now()))
        else:
            await self._room.hand.give_back([claim])
        if not self._room.lines.gate.is_shut:
            await asyncio.sleep(self._room.rhythm.spare)

    def _ask_to_mark(self, claim: Claim, behind: Claim | None = None) -> asyncio.Future[bool]:
        """Whatever this line has settled is written down with it."""
        self._owes = False
        return self._room.committer.mark(claim, behind)

    async def _marked(self, claim: Claim, answer: asyncio.Future[bool]) -> _Marked | None:
        """The copy is made while the mark is written. None if the message must not leave."""
        prepared = await self._room.shelf.prepare(claim)
        if not await answer:
            self._room.hand.let_go(claim)
        elif isinstance(prepared, Unprepared):
            self._settle(claim, policies.unwritable(prepared.reason))
        else:
            return _Marked(claim, prepared)
        return None

    async def _carry(self, going: _Marked) -> None:
        """One message, from the moment it may leave to its result. The result of the one before is written meanwhile."""
        ahead = self._look_ahead()
        answer = self._ask_to_mark(ahead, behind=going.claim) if ahead else None
        outcome = await self._begin(going)
        if ahead and answer:
            self._next = await self._marked(ahead, answer)
        elif self._owes:
            self._owes = False
            await self._room.committer.written()
        if not self._room.hand.is_safe:
            log.warning("leases ran out while this process slept; what it held is given back")
            self._give_back(going)
            return await self._close()
        self._settle(going.claim, outcome or await self._finish(going))
        line = self._line
        if line is not None and (not line.is_usable or line.carried >= self._room.rhythm.messages_per_line):
            await self._close()
        return None

    def _look_ahead(self) -> Claim | None:
        """What will be announced behind the one that goes now, if the line can and there is anything."""
        line = self._line
        assert line is not None
        can = line.looks_ahead and line.carried + 1 < self._room.rhythm.messages_per_line
        return self._take() if can else None

    async def _begin(self, going: _Marked) -> Decision | None:
        """All but the final dot; a decision if it goes no further."""
        line = self._line
        assert line is not None
        is_fresh = line.carried == 0
        try:
            answer = await line.begin(going.parcel)
        except LineLost as lost:
            await self._close()
            return self._decide(going.claim, Lost(False, lost.detail)) if is_fresh else await self._begin_anew(going)
        except asyncio.CancelledError:
            self._settle(going.claim, policies.not_sent(self._room.hand.now()))
            raise
        return None if answer is None else self._decide(going.claim, answer)

    async def _begin_anew(self, going: _Marked) -> Decision | None:
        """The relay had closed the line meanwhile: nothing was sent, so once more on a new one."""
        try:
            self._line = await self._room.lines.open()
        except RelayDown:
            return policies.not_sent(self._room.hand.now())
        return await self._begin(going)

    async def _finish(self, going: _Marked) -> Decision:
        line = self._line
        assert line is not None
        is_fresh = line.carried == 1
        try:
            crash_point("before_data")  # the last moment at which the relay has certainly not taken it
            answer = await line.finish(self._next.parcel if self._next else None)
            crash_point("after_dot")
        except LineLost as lost:
            await self._close()
            if lost.after_dot or is_fresh:
                return self._decide(going.claim, Lost(lost.after_dot, lost.detail))
            return await self._begin_anew(going) or await self._finish(going)
        except asyncio.CancelledError:
            said = "stopped while the relay was answering"
            self._settle(going.claim, self._decide(going.claim, Lost(after_dot=True, text=said)))
            raise
        return self._decide(going.claim, answer)

    def _decide(self, claim: Claim, outcome: Answer | Lost) -> Decision:
        now = self._room.hand.now()
        return policies.decide(outcome, tries=claim.tries, doubts=claim.doubts, lane=claim.lane, now=now)

    def _settle(self, claim: Claim, decision: Decision) -> None:
        self._owes = True
        self._room.committer.settle(Settlement(claim, decision))

    def _give_back(self, going: _Marked | None = None) -> None:
        """Neither `going` nor what was announced behind it was taken. Whoever has them meanwhile is not disturbed."""
        for marked in (going, self._next):
            if marked is not None:
                self._settle(marked.claim, policies.not_sent(self._room.hand.now()))
        self._next = None

    async def _close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await self._room.lines.close(line)
