"""F01, F02, F22 and F23 together: workers killed at random while people leave and are erased, and what a sink saw of it.

The oracle is the sink: it lives in the drill's own process, outlives every kill, and notes a message when it has read the
final dot. Its notes are compared with the ledger afterwards, by the invariants I1 to I6 of the promise.
"""

import asyncio
import contextlib
import multiprocessing
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from aiosmtpd.smtp import SMTP
from sqlalchemy import update
from sqlmodel import col

from server.core import clock
from server.mailings import leaving, queries, service
from server.mailings.models import Delivery, DeliveryState
from tests.conftest import SECRET
from tests.drills.child import work
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink
from workers.transports.smtp import SmtpTransport

LINES = 4
_SETTLED = {DeliveryState.ACCEPTED, DeliveryState.CANCELLED, DeliveryState.REFUSED}
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.drills.child"])


@dataclass
class Report:
    """What a drill found. `bound`: connections that were open at the kills, all of them together."""

    database: str
    kills: int = 0
    messages: int = 0
    lost: int = 0
    extra: int = 0
    bound: int = 0
    unequal: int = 0
    to_nobody: int = 0
    to_who_had_left: int = 0
    miscounted: int = 0
    leaked: int = 0
    left: int = 0
    by_mailing: list[int] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Whether every promise was."""
        broken = (self.lost, self.unequal, self.to_nobody, self.to_who_had_left, self.miscounted, self.leaked)
        return not any(broken) and self.extra <= self.bound


@dataclass
class Drill:
    """`workers` processes send; each kill takes one of them, chosen and timed by `chance`."""

    office: Office
    url: str
    chance: random.Random
    log: Path
    workers: int = 2
    letter: int = 100
    """People a mailing is sent to: a new one begins when the last is nearly through."""
    report: Report = field(default_factory=lambda: Report(""))
    _running: list[BaseProcess] = field(default_factory=list)
    _mailings: dict[int, set[str]] = field(default_factory=dict)
    _most: dict[str, int] = field(default_factory=dict)
    """Copies that whoever left may get in all: those there were, and the one that was on its way at that moment."""

    async def run(self, kills: int) -> Report:
        self.report = Report(self.office.database.url.get_backend_name())
        async with Sink(before_answer=breathe).listening() as sink:
            try:
                while self.report.kills < kills:
                    await self._kill_one(sink)
            finally:
                for process in self._running:
                    _end(process)
            self._running.clear()
            await self._finish(sink)
        await self._judge(sink)
        return self.report

    async def _kill_one(self, sink: Sink) -> None:
        await self._keep_busy()
        while len(self._running) < self.workers:
            self._running.append(self._start(sink))
        seen = len(sink.received)
        with contextlib.suppress(TimeoutError):
            await eventually(partial(has_grown, sink, seen + self.chance.randint(0, 12)), seconds=5.0)
        await asyncio.sleep(self.chance.uniform(0.0, 0.03))
        await self._somebody_leaves(sink)
        _end(self._running.pop(self.chance.randrange(len(self._running))))
        self.report.kills += 1
        self.report.bound += LINES
        await self._hours_pass()

    def _start(self, sink: Sink) -> BaseProcess:
        name = f"worker-{self.report.kills}-{len(self._running)}"
        arguments = (self.url, SECRET, sink.port, "", name, LINES, str(self.log))
        process = PROCESSES.Process(target=work, args=arguments, daemon=True)
        process.start()
        return process

    async def _keep_busy(self) -> None:
        """There is always something on the line when a worker dies."""
        if self._mailings:
            counts = await self.office.states(next(reversed(self._mailings)))
            if sum(count for state, count in counts.items() if state not in _SETTLED) > self.letter // 4:
                return
        number = len(self._mailings)
        recipients = people(self.letter, start=1 + number * self.letter)
        mailing_id = await self.office.start(recipients, idempotency_key=f"drill-{number}")
        self._mailings[mailing_id] = {one.address for one in recipients}

    async def _somebody_leaves(self, sink: Sink) -> None:
        """One person leaves and one is erased, wherever their message is at this moment."""
        mailing_id = next(reversed(self._mailings))
        rows = [row for row in await self.office.rows(mailing_id) if row.recipient > 0]
        for leave in (leaving.cancel_for_recipient, leaving.forget_recipient):
            row = rows.pop(self.chance.randrange(len(rows)))
            async with self.office.database.writing() as session:
                await leave(session, self.office.town_id, row.recipient)
            (now,) = [one for one in await self.office.rows(mailing_id) if one.id == row.id]
            self._most[row.address] = sink.copies[row.address] + (now.state is DeliveryState.SENDING)
            self.report.left += 1

    async def _hours_pass(self) -> None:
        """Leases of the dead run out and doubts fall due, as they would in a quarter of an hour."""
        past = clock.now() - timedelta(seconds=1)
        stale = col(Delivery.lease_until) < clock.now() + timedelta(seconds=0.4)
        async with self.office.database.writing() as session:
            await service._change_many(session, update(Delivery).where(stale).values(lease_until=past))
        for mailing_id in self._mailings:
            await self.office.make_due(mailing_id)

    async def _finish(self, sink: Sink) -> None:
        """A healthy worker takes over, until everything has its end."""

        async def is_done() -> bool:
            await self._hours_pass()
            states: set[DeliveryState] = set()
            for mailing_id in self._mailings:
                rows = await self.office.rows(mailing_id)
                states |= {row.state for row in rows if row.next_at is not None or row.lease_until is not None}
            return states <= _SETTLED

        async with self.office.working(SmtpTransport("127.0.0.1", sink.port, tls="none"), name="last"):
            await eventually(is_done, seconds=60.0)

    async def _judge(self, sink: Sink) -> None:
        """I1 to I4 and I6; that it came this far by itself is I5."""
        report = self.report
        copies: defaultdict[str, list[bytes]] = defaultdict(list)
        for one in sink.received:
            copies[one.recipient].append(one.content)
        report.messages = len(sink.received)
        report.unequal = sum(len(set(same)) > 1 for same in copies.values())
        report.extra = sum(len(same) - 1 for same in copies.values())
        expected = set().union(*self._mailings.values())
        report.to_nobody = len(copies.keys() - expected)
        report.to_who_had_left = sum(len(copies[address]) > most for address, most in self._most.items())
        for mailing_id, addresses in self._mailings.items():
            await self._judge_mailing(mailing_id, addresses, copies)
        words = self.log.read_text() if self.log.exists() else ""
        report.leaked = sum(address in words for address in expected)

    async def _judge_mailing(self, mailing_id: int, addresses: set[str], copies: dict[str, list[bytes]]) -> None:
        rows = await self.office.rows(mailing_id)
        for row in rows:
            got = len(copies.get(row.address, ()))
            if row.address and row.state is DeliveryState.ACCEPTED and not got:
                self.report.miscounted += 1
            self.report.miscounted += got - 1 > row.doubts  # more than the page owns up to
        told = {row.address for row in rows if row.state is DeliveryState.UNCERTAIN} | self._most.keys()
        self.report.lost += sum(not copies.get(address) for address in addresses - told)
        async with self.office.database.reading() as session:
            figures = await queries.figures(session, self.office.town_id, mailing_id)
        self.report.miscounted += figures.total != len(rows)
        self.report.by_mailing.append(figures.accepted)


async def breathe(_sink: Sink, _server: SMTP, _address: str) -> None:
    """As a relay that is not on the same machine."""
    await asyncio.sleep(0.003)


async def has_grown(sink: Sink, seen: int) -> bool:
    return len(sink.received) > seen


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join()
