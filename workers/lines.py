"""The lines to the relay: each takes a claim, has it marked, carries it, hands over the result, and takes the next."""

import asyncio

from server.mailings import policies
from server.mailings.ledger import Claim, Settlement
from server.mailings.policies import Answer, Lost
from workers.committer import Committer
from workers.crash import crash_point
from workers.gate import Gate
from workers.hand import Hand
from workers.rhythm import Rhythm
from workers.shelf import Shelf, Unprepared
from workers.transports.contract import Line, LineLost, RelayDown, Transport


class Lines:
    """What the lines of one worker share. `wake` is set when the hand is running low."""

    def __init__(
        self,
        transport: Transport,
        hand: Hand,
        committer: Committer,
        shelf: Shelf,
        *,
        gate: Gate,
        wake: asyncio.Event,
        low: int,
        rhythm: Rhythm,
    ) -> None:
        self._transport = transport
        self._hand = hand
        self._committer = committer
        self._shelf = shelf
        self._gate = gate
        self._wake = wake
        self._low = low
        self._rhythm = rhythm
        self._open: set[Line] = set()

    async def serve(self) -> None:
        """One line's life, until it is handed None."""
        line: Line | None = None
        try:
            while True:
                claim, line = await self._next(line)
                if claim is None:
                    return
                line = await self._deliver(claim, line)
                if line is not None and (not line.is_usable or line.carried >= self._rhythm.messages_per_line):
                    await self.close(line)
                    line = None
        finally:
            if line is not None:
                await self.close(line)

    async def open(self) -> Line:
        """A new line. Raises RelayDown, and shuts the gate, unless other lines still work: then the relay wants fewer."""
        try:
            line = await self._transport.open()
        except RelayDown as down:
            if not any(one.is_usable for one in self._open):
                self._gate.shut(down)
            raise
        self._gate.open()
        self._open.add(line)
        return line

    async def close(self, line: Line) -> None:
        self._open.discard(line)
        await line.close()

    async def _next(self, line: Line | None) -> tuple[Claim | None, Line | None]:
        """The next claim; a line that waits too long for one is closed meanwhile."""
        ready = self._hand.ready
        if ready.qsize() <= self._low:
            self._wake.set()
        if line is not None and ready.empty():
            try:
                return (await asyncio.wait_for(ready.get(), self._rhythm.rest))[2], line
            except TimeoutError:
                await self.close(line)
                line = None
        return (await ready.get())[2], line

    async def _deliver(self, claim: Claim, line: Line | None) -> Line | None:
        """One delivery from the mark to the result. Returns the line for the next one."""
        try:
            if self._gate.is_shut:
                raise self._gate.reason
            line = line or await self.open()
        except RelayDown:
            await self._hand.give_back([claim])
            if not self._gate.is_shut:
                await asyncio.sleep(self._rhythm.spare)
            return line
        prepared = await self._shelf.prepare(claim)
        if not await self._committer.mark(claim):
            self._hand.let_go(claim)
            return line
        if isinstance(prepared, Unprepared):
            self._committer.settle(Settlement(claim, policies.unwritable(prepared.reason)))
            return line
        return await self._send(claim, line, prepared.sender, prepared.content)

    async def _send(self, claim: Claim, line: Line, sender: str, content: bytes) -> Line | None:
        is_fresh = line.carried == 0
        try:
            crash_point("before_data")
            outcome: Answer | Lost = await line.carry(sender, claim.address, content)
            crash_point("after_dot")
        except LineLost as lost:
            if not lost.after_dot and not is_fresh:
                await self.close(line)
                return await self._send_on_new_line(claim, sender, content)
            outcome = Lost(lost.after_dot, lost.detail)
        except asyncio.CancelledError:
            self._settle(claim, Lost(after_dot=True, text="stopped while the relay was answering"))
            raise
        self._settle(claim, outcome)
        return line

    async def _send_on_new_line(self, claim: Claim, sender: str, content: bytes) -> Line | None:
        """The relay had closed the line while it rested: nothing was sent, so once more on a new one."""
        try:
            line = await self.open()
        except RelayDown:
            self._committer.settle(Settlement(claim, policies.not_sent(self._hand.now())))
            return None
        return await self._send(claim, line, sender, content)

    def _settle(self, claim: Claim, outcome: Answer | Lost) -> None:
        now = self._hand.now()
        decision = policies.decide(outcome, tries=claim.tries, doubts=claim.doubts, lane=claim.lane, now=now)
        self._committer.settle(Settlement(claim, decision))
