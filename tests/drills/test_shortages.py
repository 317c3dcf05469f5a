"""What a machine runs out of, and what never ends: a full disk, a database that is locked, a relay that goes on and on."""

import asyncio
import contextlib
import os
import resource
import sqlite3
import sys
from functools import partial
from pathlib import Path

import pytest

from server.mailings.models import DeliveryState
from tests.conftest import SECRET
from tests.drills.kills import PROCESSES
from tests.drills.test_faults import ACCEPTED, all_accepted, breathe, received, relay
from tests.scribes import scribes
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink
from tests.workers.child import work
from workers.transports.contract import LineLost, Parcel, RelayDown
from workers.transports.smtp import SmtpTransport
from workers.transports.wire import on_the_wire


async def test_processes_give_back_when_asked_to_stop(office: Office, database_url: str, tmp_path: Path) -> None:
    """F20: `tambour work mail --processes 2` in the midst of a letter is told to end; the next one goes on."""
    if not office.database.is_sqlite:
        return
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "instance.key").write_bytes(SECRET)
    mailing_id = await office.start(people(80))
    async with Sink(before_answer=breathe).listening() as sink:
        settings = {
            "TAMBOUR_HOME": str(tmp_path),
            "TAMBOUR_DATABASE_URL": database_url,
            "TAMBOUR_SMTP_HOST": "127.0.0.1",
            "TAMBOUR_SMTP_PORT": str(sink.port),
            "TAMBOUR_SMTP_TLS": "none",
            "TAMBOUR_SMTP_CONNECTIONS": "1",
            "TAMBOUR_QUIET_HOURS": "",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "workers", "work", "mail", "--processes", "2"),
            cwd=Path(__file__).parents[2],
            env=os.environ | settings,
        )
        try:
            await eventually(partial(received, sink, 5), seconds=120.0)
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 120) == 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        assert set(await office.states(mailing_id)) <= {ACCEPTED, DeliveryState.QUEUED}
        assert await office.send_all(relay(sink), mailing_id) == {ACCEPTED: 80}
    assert len(sink.received) == len(sink.copies) == 80


async def test_a_full_disk_stops_the_sending_and_nothing_else(office: Office, database_url: str) -> None:
    """F09: what writes may not let a file grow for a moment; it goes on by itself, and nobody is lost or doubted."""
    if not office.database.is_sqlite:
        return
    mailing_id = await office.start(people(60))
    async with Sink(before_answer=breathe).listening() as sink:
        process = PROCESSES.Process(target=work, args=(database_url, SECRET, sink.port, "", "full", 2), daemon=True)
        process.start()
        try:
            await eventually(partial(received, sink, 5))
            writer = next(scribes(process.pid or 0))
            free = resource.prlimit(writer, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            assert await _at_rest(sink) < 60
            resource.prlimit(writer, resource.RLIMIT_FSIZE, free)
            await eventually(partial(all_accepted, office, mailing_id))
        finally:
            process.kill()
            process.join()
    assert sum(sink.copies.values()) == len(sink.copies) == 60


async def _at_rest(sink: Sink) -> int:
    """How many have arrived, once what was on the lines has."""
    before, now = -1, len(sink.received)
    while before != now:
        await asyncio.sleep(0.4)
        before, now = now, len(sink.received)
    return now


async def test_a_locked_database_stops_the_sending_and_nothing_else(office: Office) -> None:
    """F10 on SQLite; `make drills` takes a PostgreSQL server away."""
    if not office.database.is_sqlite:
        return
    mailing_id = await office.start(people(60))
    async with Sink(before_answer=breathe).listening() as sink, office.working(relay(sink), lines=2):
        await eventually(partial(received, sink, 5))
        with contextlib.closing(sqlite3.connect(str(office.database.url.database), isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert await _at_rest(sink) < 60
            other.execute("ROLLBACK")
        assert await office.until_settled(mailing_id) == {ACCEPTED: 60}
    assert sum(sink.copies.values()) == 60


@pytest.mark.parametrize("is_greeting", [True, False], ids=["greeting", "answer"])
async def test_a_relay_that_does_not_end_costs_little(is_greeting: bool) -> None:
    """F16: a banner, or an answer, without an end: the line is given up long before anything is full."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            if not is_greeting:
                writer.write(b"220 relay\r\n")
                await reader.readuntil(b"\r\n")
                writer.write(b"250-relay\r\n250 PIPELINING\r\n")
                await reader.readuntil(b"DATA\r\n")
            while True:
                writer.write(b"220-" + b"x" * 1_000 + (b"" if is_greeting else b"\r\n"))
                await writer.drain()
        writer.close()
        left.set()

    left = asyncio.Event()
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        async with asyncio.timeout(60):
            way = SmtpTransport("127.0.0.1", server.sockets[0].getsockname()[1], tls="none")
            with pytest.raises(RelayDown if is_greeting else LineLost):
                await (await way.open()).carry(Parcel("a@x.example", "p@x.example", on_the_wire(b"Subject: x\r\n\r\n")))
            await left.wait()
    finally:
        server.close()
        await server.wait_closed()
