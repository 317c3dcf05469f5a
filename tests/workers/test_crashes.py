"""F01 and F02 in short: a worker killed at the worst moments loses nobody, and doubles only what was on the line.

The long drills stand in tests/drills. The sink lives in the test's own process, so it survives every kill.
"""

import asyncio
import contextlib
import multiprocessing
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from multiprocessing.process import BaseProcess

from sqlalchemy import update
from sqlmodel import col

from server.core import clock
from server.mailings import queries, service
from server.mailings.models import Delivery
from tests.conftest import SECRET
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink
from tests.workers.child import work
from workers.crash import POINTS
from workers.transports.smtp import SmtpTransport

LINES = 4
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.workers.child"])


@contextlib.asynccontextmanager
async def child(
    url: str, sink: Sink, name: str, *, lines: int = LINES, crash_at: str = ""
) -> AsyncIterator[BaseProcess]:
    process = _PROCESSES.Process(target=work, args=(url, SECRET, sink.port, crash_at, name, lines), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


async def is_dead(process: BaseProcess) -> bool:
    return not process.is_alive()


async def has_grown(sink: Sink, seen: int) -> bool:
    return len(sink.received) > seen


async def leases_run_out(office: Office, mailing_id: int) -> None:
    """What the dead worker held is free, and what it doubted is due."""
    past = clock.now() - timedelta(seconds=1)
    held = (col(Delivery.mailing_id) == mailing_id, col(Delivery.lease_until).is_not(None))
    async with office.database.writing() as session:
        # PostgreSQL may still be ending what the dead worker had begun.
        await service._change_many(session, update(Delivery).where(*held).values(lease_until=past))


async def finish(office: Office, sink: Sink, mailing_id: int) -> None:
    """A healthy worker takes over until everything is settled; doubts fall due at once."""

    async def is_done() -> bool:
        async with office.database.reading() as session:
            figures = await queries.figures(session, office.town_id, mailing_id)
        if figures.uncertain or figures.deferred:
            await office.make_due(mailing_id)
        return figures.accepted == figures.total

    await leases_run_out(office, mailing_id)
    relay, unhurried = SmtpTransport("127.0.0.1", sink.port, tls="none"), office.brisk(lease=timedelta(seconds=60))
    async with office.working(relay, name="second", rhythm=unhurried):
        await eventually(is_done)


def check(sink: Sink, addresses: set[str], most_extra: int) -> int:
    """I1, I2, I3: everybody, nobody else, few second copies and those the same bytes. Returns the extra copies."""
    copies = {address: [one for one in sink.received if one.recipient == address] for address in sink.copies}
    assert set(copies) == addresses
    assert all(len(set(same)) == 1 for same in copies.values())
    extra = len(sink.received) - len(addresses)
    assert 0 <= extra <= most_extra
    return extra


async def test_killed_at_each_point(office: Office, database_url: str) -> None:
    """F02: no copy twice, but where the relay had the message and the ledger did not know."""
    for point in POINTS:
        # The first claim is made with nothing on the line; later ones are made beside a message that is.
        passage = 1 if point.endswith("claim") else 3
        recipients = people(8)
        mailing_id = await office.start(recipients, idempotency_key=point)
        async with Sink().listening() as sink:
            async with child(database_url, sink, "first", lines=1, crash_at=f"{point}:{passage}") as process:
                await eventually(partial(is_dead, process))
                assert process.exitcode == 70, point
            await finish(office, sink, mailing_id)
        extra = check(sink, {one.address for one in recipients}, 1 if point in {"after_dot", "before_commit"} else 0)
        async with office.database.reading() as session:
            figures = await queries.figures(session, office.town_id, mailing_id)
        assert figures.accepted == figures.total == len(recipients)
        assert extra <= figures.maybe_twice <= 1, point


async def test_killed_at_random(office: Office, database_url: str) -> None:
    """F01."""
    chance = random.Random(7)
    recipients = people(100)
    mailing_id = await office.start(recipients)
    async with Sink().listening() as sink:
        kills = 2
        for number in range(kills):
            async with child(database_url, sink, f"killed-{number}"):
                seen = len(sink.received)
                await eventually(partial(has_grown, sink, seen))
                await asyncio.sleep(chance.uniform(0, 0.05))
            await leases_run_out(office, mailing_id)
            await office.make_due(mailing_id)
        await finish(office, sink, mailing_id)
    check(sink, {one.address for one in recipients}, kills * LINES)
