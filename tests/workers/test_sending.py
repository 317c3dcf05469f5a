"""Mailings go out over real SMTP, and the ledger says exactly what the relay said."""

import asyncio
from datetime import timedelta

from aiosmtpd.smtp import SMTP

from server.core import clock
from server.mailings import queries, service, upkeep
from server.mailings.leaving import cancel_for_recipient
from server.mailings.models import DeliveryState, Lane, MailingState
from server.mailings.schemas import Figures, Recipient
from tests.cast import Cast
from tests.sending import Office, eventually, people, variant
from tests.smtp_sink import Sink, hang_up
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
            await asyncio.sleep(1.5)

    async with Sink(before_answer=dawdle).listening() as sink:
        states = await office.send_all(relay(sink, data_timeout=1.0), mailing_id)
    assert states == {ACCEPTED: 1, UNCERTAIN: 1}


async def test_who_leaves_during_a_send_is_not_written_to(office: Office) -> None:
    """F22."""
    mailing_id = await office.start(people(40))
    may_answer = asyncio.Event()

    async def wait(_sink: Sink, _server: SMTP, _address: str) -> None:
        await may_answer.wait()

    async with Sink(before_answer=wait).listening() as sink, office.working(relay(sink), lines=2):
        await eventually(lambda: _received(sink, 2))
        # One is being answered on each line, and one is announced behind it.
        leavers = [row for row in await office.rows(mailing_id) if row.state is not DeliveryState.SENDING][:30]
        assert len(leavers) == 30
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


async def test_what_is_sent_while_a_worker_rests_leaves_before_it_would_look_again(office: Office) -> None:
    relay = MemoryTransport()
    async with office.working(relay, rhythm=office.brisk(glance=3_600.0)):
        for run in (people(1), people(1, start=2)):
            states = await office.until_settled(await office.start(run))
            assert states == {DeliveryState.ACCEPTED: 1}


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


async def _figures(office: Office, mailing_id: int) -> Figures:
    async with office.database.reading() as session:
        return await queries.figures(session, office.town_id, mailing_id)


async def _received(sink: Sink, count: int) -> bool:
    return len(sink.received) >= count
