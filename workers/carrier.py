"""One line's life: it takes a claim, has it marked, carries it, hands over the result, and takes the next one.

A line that looks ahead announces the next message behind the one it carries, so that each costs one journey to the relay
and back. The one that is announced was marked before; it leaves when the result of the one before it is written.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import NamedTuple

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


class _Marked(NamedTuple):
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
            self._give_back(self._next)
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
            going = going or await self._mark(claim, behind=None)
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

    async def _mark(self, claim: Claim, behind: Claim | None) -> _Marked | None:
        """Whatever this line has settled is written down with it. None if the message must not leave."""
        answer = self._room.committer.mark(claim, behind)
        prepared = await self._room.shelf.prepare(claim)
        self._owes = False
        if not await answer:
            self._room.hand.let_go(claim)
        elif isinstance(prepared, Unprepared):
            self._settle(claim, policies.unwritable(prepared.reason))
        else:
            return _Marked(claim, prepared)
        return None

    async def _carry(self, going: _Marked) -> None:
        """One message, from the moment it may leave to its result."""
        self._next = await self._look_ahead(going.claim)
        if not self._room.hand.holds(going.claim):
            log.warning("leases ran out while this process slept; what it held is given back")
            self._give_back(going, self._next)
            self._next = None
            return await self._close()
        self._settle(going.claim, await self._outcome(going))
        line = self._line
        if line is not None and (not line.is_usable or line.carried >= self._room.rhythm.messages_per_line):
            await self._close()
        return None

    async def _look_ahead(self, going: Claim) -> _Marked | None:
        """What is announced behind `going`, if there is anything. Either way the last result is written afterwards."""
        line = self._line
        assert line is not None
        if line.looks_ahead and line.carried + 1 < self._room.rhythm.messages_per_line:
            claim = self._take()
            if claim is not None:
                return await self._mark(claim, behind=going)
        if self._owes:
            self._owes = False
            await self._room.committer.written()
        return None

    async def _outcome(self, going: _Marked) -> Decision:
        line = self._line
        assert line is not None
        is_fresh = line.carried == 0
        try:
            crash_point("before_data")
            answer = await line.carry(going.parcel, self._next.parcel if self._next else None)
            crash_point("after_dot")
        except LineLost as lost:
            await self._close()
            if lost.after_dot or is_fresh:
                return self._decide(going.claim, Lost(lost.after_dot, lost.detail))
        except asyncio.CancelledError:
            said = "stopped while the relay was answering"
            self._settle(going.claim, self._decide(going.claim, Lost(after_dot=True, text=said)))
            raise
        else:
            return self._decide(going.claim, answer)
        return await self._outcome_on_new_line(going)

    async def _outcome_on_new_line(self, going: _Marked) -> Decision:
        """The relay had closed the line meanwhile: nothing was sent, so once more on a new one."""
        try:
            self._line = await self._room.lines.open()
        except RelayDown:
            return policies.not_sent(self._room.hand.now())
        return await self._outcome(going)

    def _decide(self, claim: Claim, outcome: Answer | Lost) -> Decision:
        now = self._room.hand.now()
        return policies.decide(outcome, tries=claim.tries, doubts=claim.doubts, lane=claim.lane, now=now)

    def _settle(self, claim: Claim, decision: Decision) -> None:
        self._owes = True
        self._room.committer.settle(Settlement(claim, decision))

    def _give_back(self, *unsent: _Marked | None) -> None:
        """These did not leave. Whoever has them meanwhile is not disturbed."""
        for marked in unsent:
            if marked is not None:
                self._settle(marked.claim, policies.not_sent(self._room.hand.now()))

    async def _close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await self._room.lines.close(line)
