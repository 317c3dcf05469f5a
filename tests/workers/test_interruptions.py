"""A sending that is interrupted: the relay goes, the database goes, somebody stops or cancels. Nothing is lost."""

import asyncio
from functools import partial

import asyncpg
from aiosmtpd.smtp import SMTP
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from server.mailings import service
from server.mailings.models import DeliveryState
from tests.cast import Cast
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink, hang_up
from workers.transports.contract import RelayDown, Trouble
from workers.transports.memory import MemoryTransport
from workers.transports.smtp import SmtpTransport

ACCEPTED, DEFERRED, REFUSED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.REFUSED
UNCERTAIN, QUEUED, CANCELLED = DeliveryState.UNCERTAIN, DeliveryState.QUEUED, DeliveryState.CANCELLED


def relay(sink: Sink, **changes: float) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", sink.port, tls="none", **changes)  # type: ignore[arg-type]  # only seconds


async def test_a_relay_that_hangs_up_between_messages_loses_nothing(office: Office) -> None:
    mailing_id = await office.start(people(1))
    async with Sink().listening() as sink, office.working(relay(sink), lines=1):
        await office.until_settled(mailing_id)
        for server in sink.servers:
            hang_up(server)
        again = await office.start(people(1), idempotency_key="again")
        await office.until_settled(again)
        (row,) = await office.rows(again)
    assert (row.state, row.tries, row.doubts) == (ACCEPTED, 0, 0)
    assert sink.connections == 2


async def test_nothing_fails_while_the_relay_is_down_and_all_leaves_when_it_is_back(office: Office) -> None:
    """F12: connection refused."""
    mailing_id = await office.start(people(6))
    async with Sink().listening() as nobody:
        port = nobody.port
    notes: list[str] = []
    transport = SmtpTransport("127.0.0.1", port, tls="none")
    async with office.working(transport, say=notes.append):
        await eventually(lambda: _said(notes, "unreachable: "))
        await asyncio.sleep(0.1)
        assert {row.tries for row in await office.rows(mailing_id)} == {0}
        assert set(await office.states(mailing_id)) <= {QUEUED, DeliveryState.CLAIMED}
        async with Sink().listening(port=port) as sink:
            states = await office.until_settled(mailing_id)
    assert states == {ACCEPTED: 6}
    assert notes[-1] == ""
    assert max(sink.copies.values()) == 1


async def test_a_relay_that_wants_fewer_lines_gets_fewer(office: Office) -> None:
    mailing_id = await office.start(people(20))
    memory = MemoryTransport()
    opened = 0

    class Narrow(MemoryTransport):
        async def open(self):  # type: ignore[no-untyped-def]  # as its parent
            nonlocal opened
            opened += 1
            if opened > 1:
                raise RelayDown(Trouble.REFUSES, "421 too many connections")
            return await memory.open()

    notes: list[str] = []
    assert await office.send_all(Narrow(), mailing_id, say=notes.append) == {ACCEPTED: 20}
    assert notes == []


async def test_a_worker_asked_to_stop_gives_back_what_it_has_not_sent(office: Office) -> None:
    """F20: a stop in the middle leaves no row held, and none uncertain."""
    mailing_id = await office.start(people(60))

    async def breathe(_sink: Sink, _server: SMTP, _address: str) -> None:
        await asyncio.sleep(0.02)

    async with Sink(before_answer=breathe).listening() as sink:
        async with office.working(relay(sink)):
            await eventually(lambda: _received(sink, 10))
        states = await office.states(mailing_id)
    assert set(states) == {ACCEPTED, QUEUED}
    assert states[ACCEPTED] == len(sink.received) < 60


async def test_connections_to_the_database_cut_in_the_middle_lose_nothing(office: Office) -> None:
    """F11. (SQLite has no connections to cut: there another writer keeps the file for a while.)"""
    mailing_id = await office.start(people(60))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    async def breathe(_sink: Sink, _server: SMTP, _address: str) -> None:
        await asyncio.sleep(0.01)

    async with Sink(before_answer=breathe).listening() as sink, office.working(relay(sink)):
        for number in (10, 25, 40):
            await eventually(partial(_received, sink, number))
            if office.database.is_sqlite:
                async with office.database.writing() as session:
                    await session.execute(text("UPDATE mailing SET origin = origin"))
                    await asyncio.sleep(0.2)
            else:
                await _cut(office, cut)
        await eventually(partial(_is_all_accepted, office, mailing_id))
    assert set(sink.copies.values()) == {1}
    assert len(sink.received) == 60


async def test_an_answer_that_never_comes_does_not_hold_a_stop(office: Office) -> None:
    mailing_id = await office.start(people(1))
    never = asyncio.Event()

    async def hang(_sink: Sink, _server: SMTP, _address: str) -> None:
        await never.wait()

    async with Sink(before_answer=hang).listening() as sink:
        rhythm = office.brisk(drain=0.1)
        async with office.working(relay(sink), rhythm=rhythm):
            await eventually(lambda: _received(sink, 1))
        never.set()
    (row,) = await office.rows(mailing_id)
    assert (row.state, row.doubts) == (UNCERTAIN, 1)


async def _cut(office: Office, words: str) -> None:
    connection = await asyncpg.connect(
        office.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    )
    try:
        await connection.execute(words)
    finally:
        await connection.close()


async def _is_all_accepted(office: Office, mailing_id: int) -> bool:
    try:
        return set(await office.states(mailing_id)) == {ACCEPTED}
    except SQLAlchemyError:
        return False  # our own connection was cut too


async def _said(notes: list[str], words: str) -> bool:
    return any(note.startswith(words) for note in notes)


async def test_cancelling_much_while_much_is_sent_holds_nobody_up(office: Office, cast: Cast) -> None:
    """Workers and the one who cancels change the same rows, in no agreed order."""
    memory = MemoryTransport()
    cancelled = 0
    async with office.working(memory, name="w1"), office.working(memory, name="w2"):
        for number in range(4):
            mailing_id = await office.start(people(300), idempotency_key=f"much-{number}")
            await eventually(partial(_has_begun, office, mailing_id))
            async with office.database.writing() as session:
                await service.cancel_mailing(session, office.town_id, mailing_id, cast.actor("Paula"))
            states = await office.until_settled(mailing_id)
            assert set(states) <= {ACCEPTED, CANCELLED}
            cancelled += states[CANCELLED]
    assert cancelled
    assert len({one.content for one in memory.taken}) == len(memory.taken)


async def _has_begun(office: Office, mailing_id: int) -> bool:
    return ACCEPTED in await office.states(mailing_id)


async def _received(sink: Sink, count: int) -> bool:
    return len(sink.received) >= count
