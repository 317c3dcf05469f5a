"""Single faults in short, on both databases: frozen workers, relays with moods, clocks that jump, power that fails."""

import asyncio
import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from server.core import clock
from server.core.clock import PARIS
from server.core.database import Database
from server.mailings import upkeep
from server.mailings.models import DeliveryState, MailingState
from server.mailings.policies import Cause, cause_of
from tests.conftest import SECRET
from tests.drills.kills import PROCESSES
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink, hang_up
from tests.workers.child import work
from workers.transports.memory import MemoryTransport
from workers.transports.smtp import SmtpTransport

ACCEPTED, DEFERRED, REFUSED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.REFUSED


def relay(sink: Sink) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", sink.port, tls="none")


async def test_eight_workers_on_one_queue_make_no_second_copy(office: Office) -> None:
    """F06."""
    mailing_id = await office.start(people(240))
    memory = MemoryTransport()
    async with contextlib.AsyncExitStack() as stack:
        for number in range(8):
            unhurried = office.brisk(lease=timedelta(seconds=60))  # eight in one process take their time
            await stack.enter_async_context(office.working(memory, name=f"w{number}", lines=2, rhythm=unhurried))
        assert await office.until_settled(mailing_id) == {ACCEPTED: 240}
    assert len(memory.taken) == 240


async def test_who_is_asked_to_end_again_and_again_makes_no_copy(office: Office, database_url: str) -> None:
    """F20: five times in the midst of a letter, with a message on each line and one announced behind it."""
    mailing_id = await office.start(people(150))
    async with Sink(before_answer=breathe).listening() as sink:
        for turn in range(5):
            arguments = (database_url, SECRET, sink.port, "", f"turn-{turn}", 4)
            process = PROCESSES.Process(target=work, args=arguments, daemon=True)
            process.start()
            try:
                await eventually(partial(received, sink, len(sink.received) + 5))
                process.terminate()
                await asyncio.to_thread(process.join, 60)
                assert process.exitcode == 0
            finally:
                process.kill()
                process.join()
            assert set(await office.states(mailing_id)) == {ACCEPTED, DeliveryState.QUEUED}
        assert await office.send_all(relay(sink), mailing_id) == {ACCEPTED: 150}
    assert len(sink.received) == len(sink.copies) == 150


async def test_a_frozen_worker_that_wakes_up_late_sends_nothing_it_has_lost(office: Office, database_url: str) -> None:
    """F07: at most the messages that were on its lines are doubled, and none of what it only held."""
    lines = 2

    mailing_id = await office.start(people(40))
    async with Sink(before_answer=breathe).listening() as sink:
        process = PROCESSES.Process(
            target=work, args=(database_url, SECRET, sink.port, "", "frozen", lines, 1.5), daemon=True
        )
        process.start()
        try:
            await eventually(partial(received, sink, 3))
            announced = await _freeze(process.pid or 0, office, mailing_id)
            await asyncio.sleep(2.0)  # longer than a lease
            async with office.working(relay(sink), name="other"):
                await eventually(partial(_is_settled_but_for_doubts, office, mailing_id))
                os.kill(process.pid or 0, signal.SIGCONT)
                await asyncio.sleep(0.5)
                await office.make_due(mailing_id)
                await eventually(partial(all_accepted, office, mailing_id))
        finally:
            process.kill()
            process.join()
    assert len(sink.copies) == 40
    assert sum(sink.copies.values()) - 40 <= lines
    assert {to: sink.copies[to] for to in announced} == dict.fromkeys(announced, 1)
    assert all(len({one.content for one in sink.received if one.recipient == to}) == 1 for to in sink.copies)


async def _freeze(pid: int, office: Office, mailing_id: int) -> list[str]:
    """Between two of its writes: in the midst of one it would hold SQLite's only lock, and nobody could go on. Returns
    whom it had announced only, behind a message without a result; there is somebody.
    """
    database = office.database
    while True:
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0.05)
        if not database.is_sqlite or _is_free(str(database.url.database)):
            rows = {row.id: row for row in await office.rows(mailing_id) if row.state is DeliveryState.SENDING}
            if announced := [row.address for row in rows.values() if row.behind and row.behind // 32_768 in rows]:
                return announced
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.01)


def _is_free(file: str) -> bool:
    with contextlib.closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace counts what reaches the disk")
async def test_each_message_waits_for_the_disk(office: Office, database_url: str, tmp_path: Path) -> None:
    """F08: SQLite asks the disk at least once for each mark of one line; PostgreSQL's own log is its own affair."""
    if not office.database.is_sqlite:
        return
    mailing_id = await office.start(people(12))
    async with Sink().listening() as sink:
        words = (
            f"from tests.workers.child import work; work({database_url!r}, {SECRET!r}, {sink.port}, '', 'traced', 1)"
        )
        trace = tmp_path / "trace"
        command = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace), sys.executable, "-c", words]
        # A group of its own: strace does not pass a signal on to what it traces.
        process = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2], start_new_session=True)
        try:
            await eventually(partial(all_accepted, office, mailing_id))
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    assert len(re.findall(r"f(?:data)?sync\(", trace.read_text())) >= 12


async def test_greylisting_costs_a_try_and_nobody(office: Office) -> None:
    """F13."""
    met: set[str] = set()

    def grey(address: str) -> str | None:
        if address in met:
            return None
        met.add(address)
        return "450 4.2.0 Greylisted, come back"

    mailing_id = await office.start(people(20))
    async with Sink(at_rcpt=grey).listening() as sink:
        assert await office.send_all(relay(sink), mailing_id) == {DEFERRED: 20}
        await office.make_due(mailing_id)
        assert await office.send_all(relay(sink), mailing_id) == {ACCEPTED: 20}
    assert set(sink.copies.values()) == {1}


async def test_a_relay_that_has_enough_after_five_gets_a_new_line(office: Office) -> None:
    """F14: 421 in the middle of a connection loses nobody and condemns nobody."""
    carried: dict[int, int] = {}

    async def tire(_sink: Sink, server: SMTP, _address: str) -> None:
        carried[id(server)] = carried.get(id(server), 0) + 1
        if carried[id(server)] % 5 == 0:
            asyncio.get_running_loop().call_later(0.001, hang_up, server)

    mailing_id = await office.start(people(60))
    async with Sink(before_answer=tire).listening() as sink, office.working(relay(sink), lines=2):
        await office.until_settled(mailing_id)
        for _ in range(20):
            await office.make_due(mailing_id)
            if await office.until_settled(mailing_id) == {ACCEPTED: 60}:
                break
    assert len(sink.copies) == 60
    rows = await office.rows(mailing_id)
    assert {row.state for row in rows} == {ACCEPTED}
    assert sum(sink.copies.values()) - 60 <= sum(row.doubts for row in rows)


async def test_states_equal_a_seeded_script_of_answers_exactly(office: Office) -> None:
    """F15: our own blocking and the message's content refuse, but bar nobody; only a dead address is barred."""
    chance = random.Random(3)
    answers = {
        "450 4.3.0 later": (DEFERRED, None),
        "550 5.1.1 nobody": (REFUSED, Cause.DEAD_ADDRESS),
        "550 5.7.1 blocked, see postmaster": (REFUSED, Cause.BLOCKED),
        "552 5.2.2 full": (REFUSED, Cause.MAILBOX_FULL),
        "554 5.6.0 spam content": (REFUSED, Cause.CONTENT),
    }
    recipients = people(80)
    script = {one.address: chance.choice([*answers, None]) for one in recipients}
    at_rcpt = {address for address, answer in script.items() if answer and "5.1.1" in answer}
    mailing_id = await office.start(recipients)
    sink = Sink(
        at_rcpt=lambda to: script[to] if to in at_rcpt else None,
        at_data=lambda to: None if to in at_rcpt else script[to],
    )
    async with sink.listening():
        await office.send_all(relay(sink), mailing_id)
    for row in await office.rows(mailing_id):
        answer = script[row.address]
        state, cause = answers[answer] if answer else (ACCEPTED, None)
        assert row.state is state, answer
        assert cause is None or cause_of(row.reply) is cause
    again = await office.start(recipients, idempotency_key="again")
    assert {one.address for one in recipients} - {row.address for row in await office.rows(again)} == at_rcpt


async def test_a_planned_sending_leaves_once_in_the_nights_the_clocks_change(
    database: Database, office: Office
) -> None:
    """F19: planned for half past two, an hour that does not exist in March and exists twice in October."""
    for night in ("2026-03-29", "2026-10-25"):
        planned = datetime.fromisoformat(f"{night}T02:30").replace(tzinfo=PARIS)
        evening = datetime.fromisoformat(f"{night}T00:00").replace(tzinfo=PARIS).astimezone(UTC) - timedelta(hours=2)
        memory = MemoryTransport()
        with clock.frozen(evening):
            mailing_id = await office.start(people(3), idempotency_key=night, scheduled_at=planned)
        left_at: list[datetime] = []
        for minutes in (*range(0, 480, 30), 120, 420, 60):  # the last three: the machine's clock jumps back and forth
            with clock.frozen(evening + timedelta(minutes=minutes)):
                async with database.writing() as session:
                    await upkeep.release_scheduled(session)
                before = len(memory.taken)
                if (await office.mailing(mailing_id)).state is MailingState.SENDING:
                    await office.send_all(memory, mailing_id)
                left_at += [clock.now()] * (len(memory.taken) > before)
        assert len(memory.taken) == 3
        assert left_at == [planned.astimezone(UTC)]


async def breathe(_sink: Sink, _server: SMTP, _address: str) -> None:
    await asyncio.sleep(0.01)


async def received(sink: Sink, count: int) -> bool:
    return len(sink.received) >= count


async def all_accepted(office: Office, mailing_id: int) -> bool:
    return set(await office.states(mailing_id)) == {ACCEPTED}


async def _is_settled_but_for_doubts(office: Office, mailing_id: int) -> bool:
    return set(await office.states(mailing_id)) <= {ACCEPTED, DeliveryState.UNCERTAIN, DeliveryState.DEFERRED}
