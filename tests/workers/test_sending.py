"""Mailings go out over real SMTP, and the ledger says exactly what the relay said."""

import asyncio
from datetime import timedelta
from functools import partial

import asyncpg
from aiosmtpd.smtp import SMTP
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from server.core import clock
from server.mailings import queries, service, upkeep
from server.mailings.leaving import cancel_for_recipient
from server.mailings.models import DeliveryState, Lane, MailingState
from server.mailings.schemas import Figures, Recipient
from tests.cast import Cast
from tests.sending import Office, eventually, people, variant
from tests.smtp_sink import Sink, hang_up
from workers.transports.contract import RelayDown, Trouble
from workers.transports.memory import MemoryTransport
from workers.transports.smtp import SmtpTransport

ACCEPTED, DEFERRED, REFUSED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.REFUSED
UNCERTAIN, QUEUED, CANCELLED = DeliveryState.UNCERTAIN, DeliveryState.QUEUED, DeliveryState.CANCELLED


def relay(sink: Sink, **changes: float) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", sink.port, tls="none", **changes)  # type: ignore[arg-type]  # only seconds


async def test_everybody_is_written_to_once_over_few_lines(office: Office) -> None:
    mailing_id = await office.start(people(40))
    async with Sink().listening() as sink:
        states = await office.send_all(relay(sink), mailing_id)
    assert states == {ACCEPTED: 40}
    assert sink.copies == {f"p{number}@example.org": 1 for number in range(1, 41)}
    assert sink.connections <= 4
    assert len({one.message_id for one in sink.received}) == 40
    assert {one.sender for one in sink.received} == {"retours@saint-aubin.example"}
    async with office.database.writing() as session:
        await upkeep.finish_mailings(session)
    assert (await office.mailing(mailing_id)).state is MailingState.FINISHED


async def test_states_are_what_the_relay_said(office: Office) -> None:
    """F15: mixed answers, at RCPT and at DATA."""
    at_rcpt = {"p1": "550 5.1.1 no such user", "p2": "450 4.2.0 greylisted", "p3": "554 5.7.1 blocked"}
    at_data = {"p4": "552 5.2.2 full", "p5": "451 4.3.0 later"}
    mailing_id = await office.start(people(9))
    script = Sink(at_rcpt=lambda a: at_rcpt.get(a[:2]), at_data=lambda a: at_data.get(a[:2]))
    async with script.listening() as sink:
        states = await office.send_all(relay(sink), mailing_id)
        assert states == {ACCEPTED: 4, REFUSED: 3, DEFERRED: 2}
        rows = await office.rows(mailing_id)
        assert [row.reply for row in rows[:5]] == [*at_rcpt.values(), *at_data.values()]
        sink.at_rcpt = sink.at_data = lambda _address: None
        await office.make_due(mailing_id)
        assert await office.send_all(relay(sink), mailing_id) == {ACCEPTED: 6, REFUSED: 3}
    async with office.database.reading() as session:
        for row, is_barred in zip(rows, [True, *[False] * 8], strict=True):
            found = await queries.is_suppressed(session, office.town_id, office.secrets, row.address)
            assert found == is_barred, row.address
    assert max(sink.copies.values()) == 1


async def test_a_line_dropped_after_the_dot_is_uncertain_and_sent_again_with_the_same_name(office: Office) -> None:
    """F05: the relay took the message and hung up before saying so."""
    mailing_id = await office.start(people(3))

    async def drop(_sink: Sink, server: SMTP, address: str) -> None:
        if address.startswith("p2") and script.copies[address] == 1:
            hang_up(server)

    script = Sink(before_answer=drop)
    async with script.listening() as sink:
        states = await office.send_all(relay(sink), mailing_id)
        assert states == {ACCEPTED: 2, UNCERTAIN: 1}
        row = (await office.rows(mailing_id))[1]
        assert row.next_at is not None
        assert timedelta(minutes=14) < row.next_at - clock.now() < timedelta(minutes=15)
        await office.make_due(mailing_id)
        assert await office.send_all(relay(sink), mailing_id) == {ACCEPTED: 3}
        figures = await _figures(office, mailing_id)
    assert figures == Figures(accepted=3, maybe_twice=1)
    twice = [one for one in sink.received if one.recipient.startswith("p2")]
    assert len(twice) == 2
    assert twice[0] == twice[1]


async def test_an_answer_that_comes_too_late_is_uncertain(office: Office) -> None:
    """F04."""
    mailing_id = await office.start(people(2))

    async def dawdle(_sink: Sink, _server: SMTP, address: str) -> None:
        if address.startswith("p1"):
            await asyncio.sleep(0.6)

    async with Sink(before_answer=dawdle).listening() as sink:
        states = await office.send_all(relay(sink, data_timeout=0.2), mailing_id)
    assert states == {ACCEPTED: 1, UNCERTAIN: 1}


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


async def test_who_leaves_during_a_send_is_not_written_to(office: Office) -> None:
    """F22."""
    mailing_id = await office.start(people(40))
    may_answer = asyncio.Event()

    async def wait(_sink: Sink, _server: SMTP, _address: str) -> None:
        await may_answer.wait()

    async with Sink(before_answer=wait).listening() as sink, office.working(relay(sink), lines=2):
        await eventually(lambda: _received(sink, 2))
        on_their_way = {one.recipient for one in sink.received}
        leavers = [row for row in await office.rows(mailing_id) if row.address not in on_their_way][:30]
        for row in leavers:
            async with office.database.writing() as session:
                await cancel_for_recipient(session, office.town_id, row.recipient)
        may_answer.set()
        states = await office.until_settled(mailing_id)
    assert states == {ACCEPTED: 10, CANCELLED: 30}
    assert not {row.address for row in leavers} & set(sink.copies)


async def test_pause_holds_resume_goes_on(office: Office, cast: Cast) -> None:
    mailing_id = await office.start(people(30))
    memory = MemoryTransport()
    async with office.database.writing() as session:
        await service.pause_mailing(session, office.town_id, mailing_id, cast.actor("Paula"))
    async with office.working(memory):
        await asyncio.sleep(0.15)
        assert memory.taken == []
        async with office.database.writing() as session:
            await service.resume_mailing(session, office.town_id, mailing_id, cast.actor("Paula"))
        assert await office.until_settled(mailing_id) == {ACCEPTED: 30}


async def test_urgent_goes_first_and_a_link_before_it(office: Office) -> None:
    letter = await office.start(people(30), idempotency_key="letter")
    await office.start(people(3, start=100), lane=Lane.URGENT, idempotency_key="urgent")
    async with office.database.writing() as session:
        await service.send_message(
            session, office.town_id, office.secrets, subject="Lien", message=variant(), address="link@example.org",
            idempotency_key="link",
        )  # fmt: skip
    memory = MemoryTransport()
    await office.send_all(memory, letter, lines=1)
    order = [one.recipient for one in memory.taken]
    assert order[0] == "link@example.org"
    assert set(order[1:4]) == {f"p{number}@example.org" for number in (100, 101, 102)}


async def test_one_message_that_cannot_be_written_stops_no_other(office: Office) -> None:
    """F21."""
    recipients = [Recipient(1, "a b@example.org"), Recipient(2, "fine@example.org"), Recipient(3, "x@y@z\r\n.org")]
    mailing_id = await office.start(recipients)
    memory = MemoryTransport()
    assert await office.send_all(memory, mailing_id) == {ACCEPTED: 1, REFUSED: 2}
    assert [one.recipient for one in memory.taken] == ["fine@example.org"]


async def test_an_address_with_accents_leaves_where_smtputf8_is_offered(office: Office) -> None:
    mailing_id = await office.start([Recipient(1, "ñoñó@example.org"), Recipient(2, '"a b"@example.org')])
    async with Sink().listening() as sink:
        states = await office.send_all(relay(sink), mailing_id)
    assert states == {ACCEPTED: 2}
    assert b"\r\nTo: \xc3\xb1o\xc3\xb1\xc3\xb3@example.org\r\n" in b"".join(one.content for one in sink.received)


async def test_an_address_with_accents_is_refused_clearly_elsewhere(office: Office) -> None:
    mailing_id = await office.start([Recipient(1, "ñoñó@example.org"), Recipient(2, "b@example.org")])
    async with Sink(offers_smtputf8=False).listening() as sink:
        states = await office.send_all(relay(sink), mailing_id)
    assert states == {ACCEPTED: 1, REFUSED: 1}
    assert (await office.rows(mailing_id))[0].reply == "553 5.6.7 the relay does not offer SMTPUTF8"


async def test_two_workers_share_the_work_without_a_second_copy(office: Office) -> None:
    """F06 in short."""
    mailing_id = await office.start(people(120))
    memory = MemoryTransport()
    async with office.working(memory, name="w1"), office.working(memory, name="w2"), office.working(memory, name="w3"):
        states = await office.until_settled(mailing_id)
    assert states == {ACCEPTED: 120}
    assert len({one.recipient for one in memory.taken}) == len(memory.taken) == 120


async def test_towns_and_mailings_take_turns(office: Office) -> None:
    big = await office.start(people(200), idempotency_key="big")
    small = await office.start(people(5, start=1000), idempotency_key="small")
    memory = MemoryTransport()
    async with office.working(memory, lines=1):
        await office.until_settled(small)
    small_ones = {f"p{number}@example.org" for number in range(1000, 1005)}
    last = max(place for place, one in enumerate(memory.taken) if one.recipient in small_ones)
    assert last < 20
    assert QUEUED in await office.states(big)


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


async def _figures(office: Office, mailing_id: int) -> Figures:
    async with office.database.reading() as session:
        return await queries.figures(session, office.town_id, mailing_id)


async def _received(sink: Sink, count: int) -> bool:
    return len(sink.received) >= count


async def _said(notes: list[str], words: str) -> bool:
    return any(note.startswith(words) for note in notes)


async def test_cancelling_much_while_much_is_sent_holds_nobody_up(office: Office, cast: Cast) -> None:
    """Workers and the one who cancels change the same rows, in no agreed order."""
    memory = MemoryTransport()
    async with office.working(memory, name="w1"), office.working(memory, name="w2"):
        for number in range(6):
            mailing_id = await office.start(people(200), idempotency_key=f"much-{number}")
            await eventually(partial(_has_begun, office, mailing_id))
            async with office.database.writing() as session:
                await service.cancel_mailing(session, office.town_id, mailing_id, cast.actor("Paula"))
            states = await office.until_settled(mailing_id)
            assert set(states) == {ACCEPTED, CANCELLED}
    assert len({one.content for one in memory.taken}) == len(memory.taken)


async def _has_begun(office: Office, mailing_id: int) -> bool:
    return ACCEPTED in await office.states(mailing_id)
