"""The mail worker: claims due rows of the ledger, sends them over a few lines, writes down what became of each.

    dispatcher ── claims ──▶ hand ──▶ carriers ── marks, results ──▶ committer ──▶ ledger

A row is sent only after its `sending` mark is committed; the mark is at the same time the last look at whether the
person still wants it. While the relay is down nothing is claimed, nothing is marked failed, and the pages say why.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from server.core.database import Database
from server.core.secrets import Secrets
from workers.appetite import Appetite
from workers.carrier import Carrier, Room
from workers.committer import Committer
from workers.gate import Gate
from workers.hand import Hand
from workers.lines import Lines, lanes_of
from workers.patience import DATABASE_AWAY, reason
from workers.rhythm import Rhythm
from workers.shelf import Shelf
from workers.traffic import FreeTraffic, Traffic
from workers.transports.contract import RelayDown, Transport

log = logging.getLogger(__name__)
_USUAL = Rhythm()
_FREE = FreeTraffic()


class MailWorker:
    """One process's share of the sending. `run` it until `stop`."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        transport: Transport,
        *,
        name: str,
        lines: int = 4,
        rhythm: Rhythm = _USUAL,
        traffic: Traffic = _FREE,
        say: Callable[[str], None] = lambda _note: None,
    ) -> None:
        self._rhythm = rhythm
        self._traffic = traffic
        self._count = lines
        self._wake = asyncio.Event()
        self._bell = database.bell
        self._gate = Gate(say, rhythm.knock)
        self._lines = Lines(transport, self._gate)
        pen = database.pen()
        shelf = Shelf(database, secrets, rhythm.patience)
        self._hand = Hand(
            database,
            pen,
            worker=name,
            lease=rhythm.lease,
            patience=rhythm.patience,
            appetite=Appetite(lines * rhythm.buffer),
            traffic=traffic,
            foresee=shelf.foresee,
        )
        self._committer = Committer(pen, secrets, self._hand, traffic, worker=name, rhythm=rhythm)
        self._room = Room(self._lines, self._hand, self._committer, shelf, rhythm, self._wake)

    async def run(self, stop: asyncio.Event) -> None:
        """Send what is due until `stop`; then finish what is on the line, give back the rest, and return."""
        with self._bell.heard_by(self._look_up):
            await self._work(stop)

    async def _work(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self._committer.run())
            keeping = tasks.create_task(self._keep_leases())
            heeding = tasks.create_task(self._traffic.run())
            waking = tasks.create_task(self._wake_at(stop))
            carrying = [tasks.create_task(Carrier(self._room, lowest).run()) for lowest in lanes_of(self._count)]
            await self._dispatch(stop)
            await self._hand.give_back_waiting()
            await self._drain(carrying)
            self._committer.close()
            await writing
            keeping.cancel()
            heeding.cancel()
            waking.cancel()
            await self._hand.close()
            await self._room.shelf.close()

    async def _dispatch(self, stop: asyncio.Event) -> None:
        """Keep the hand full while there is something due and a relay to give it to."""
        while not stop.is_set():
            self._wake.clear()
            if self._gate.is_shut:
                await self._knock(stop)
                continue
            taken = 0
            try:
                taken = await self._hand.take()
            except DATABASE_AWAY as error:
                log.warning("the ledger does not answer, trying again", extra=reason(error))
            if not taken:
                pause = self._rhythm.glance if self._hand.is_empty else self._rhythm.look
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    def _look_up(self) -> None:
        """Somebody wrote something. Who is at work writes himself, and looks often enough."""
        if self._hand.is_empty:
            self._wake.set()

    async def _knock(self, stop: asyncio.Event) -> None:
        """The relay was down: wait, then see whether it is back, before any row is taken for it."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), self._gate.pause)
        stopping = asyncio.create_task(stop.wait())
        knocking = asyncio.create_task(self._try_a_line())
        await asyncio.wait((stopping, knocking), return_when=asyncio.FIRST_COMPLETED)
        for task in (stopping, knocking):
            task.cancel()
        await asyncio.gather(stopping, knocking, return_exceptions=True)

    async def _try_a_line(self) -> None:
        try:
            await self._lines.close(await self._lines.try_one())
        except RelayDown:
            self._gate.wait_longer()

    async def _drain(self, carrying: list[asyncio.Task[None]]) -> None:
        """What is on the line gets its answer, or is written down as uncertain."""
        _, late = await asyncio.wait(carrying, timeout=self._rhythm.drain)
        for line in late:
            line.cancel()
        if late:
            await asyncio.wait(late)

    async def _keep_leases(self) -> None:
        while True:
            try:
                await self._hand.keep()
            except DATABASE_AWAY as error:
                log.warning("leases could not be renewed", extra=reason(error))
            await asyncio.sleep(self._rhythm.renew)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()
