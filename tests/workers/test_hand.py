"""What a worker takes: the pressing first, every town the same, as much as half a second needs."""

import asyncio
from datetime import timedelta
from itertools import chain, repeat

import pytest

from server.core import clock
from server.mailings import ledger
from server.mailings.ledger import Claim, DueMailing
from server.mailings.models import DeliveryState, Lane
from server.mailings.policies import Answer, Stage
from tests.mailings.test_leaving import settle, take
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink
from workers.appetite import Appetite
from workers.hand import Hand, oldest_first, shares
from workers.lines import lanes_of
from workers.transports.smtp import SmtpTransport
from workers.waiting import WaitingClaims


def claim(number: int, lane: int = 2) -> Claim:
    return Claim(number, 1, 1, 1, number, f"p{number}@x.example", lane, 1, 0, 0)


def test_towns_have_the_same_share_however_many_letters_they_send() -> None:
    due = [DueMailing(number, 2, municipality_id=1) for number in range(1, 10)] + [DueMailing(10, 2, municipality_id=2)]
    portions = {one.id: share for one, share in shares(due, 90, turn=0)}
    assert portions[10] == 45
    assert sum(portions[number] for number in range(1, 10)) == 45
    many = [DueMailing(number, 2, municipality_id=number) for number in range(300)]
    rounds = [one.id for turn in range(4) for one, _ in shares(many, 100, turn)]
    assert len(rounds) == 400
    assert set(rounds[:300]) == set(range(300))


def test_after_a_cut_an_alarm_goes_before_its_all_clear() -> None:
    sign_in, alarm, all_clear = DueMailing(0, 0, 1), DueMailing(7, 1, 1), DueMailing(9, 1, 1)
    elsewhere = DueMailing(8, 1, 2)
    assert oldest_first([sign_in, alarm, elsewhere, all_clear]) == [sign_in, alarm, elsewhere]


def test_a_hand_lasts_about_half_a_second() -> None:
    appetite = Appetite(80)
    for moment in (10.0, 10.1, 10.2, 10.3):
        appetite.ate(moment)
    assert appetite.size == 640
    for moment in (12.0, 14.0, 16.0, 18.0, 20.0):
        appetite.ate(moment)
    assert appetite.size == 80


async def test_lines_that_are_kept_free_take_only_what_is_pressing() -> None:
    assert [lanes_of(count) for count in (1, 2, 3, 5)] == [[2], [2, 2], [1, 2, 2], [0, 1, 2, 2, 2]]
    waiting = WaitingClaims()
    kept, usual = (asyncio.create_task(waiting.get(lowest)) for lowest in (1, 2))
    await asyncio.sleep(0)
    waiting.put([claim(1)])
    assert await usual == claim(1)
    waiting.put([claim(2), claim(3, lane=1)])
    assert await kept == claim(3, lane=1)
    assert waiting.take(1) is None
    assert waiting.end() == [claim(2)]
    assert await waiting.get(2) is None


async def test_nothing_is_forgotten_when_who_waits_gives_up() -> None:
    waiting = WaitingClaims()
    first, second = (asyncio.create_task(waiting.get(2)) for _ in range(2))
    await asyncio.sleep(0)
    waiting.put([claim(1)])
    first.cancel()
    async with asyncio.timeout(60):
        assert await second == claim(1)


async def test_urgent_mail_does_not_wait_behind_answers_that_do_not_come(office: Office) -> None:
    """F31: every usual line waits for a slow relay; a line is kept free."""
    may_answer = asyncio.Event()

    async def wait(_sink: Sink, _server: object, address: str) -> None:
        if not address.startswith("p9"):
            await may_answer.wait()

    letter = await office.start(people(40))
    async with Sink(before_answer=wait).listening() as sink:
        relay = SmtpTransport("127.0.0.1", sink.port, tls="none")
        async with office.working(relay, lines=4, rhythm=office.brisk(lease=timedelta(seconds=30))):
            await eventually(lambda: _received(sink, 2))
            urgent = await office.start(people(3, start=900), lane=Lane.URGENT, idempotency_key="urgent")
            assert await office.until_settled(urgent, seconds=20) == {DeliveryState.ACCEPTED: 3}
            may_answer.set()
            assert await office.until_settled(letter) == {DeliveryState.ACCEPTED: 40}


async def test_what_a_process_held_while_it_slept_too_long_goes_back_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F07: none of it left, so nobody waits for a lease to end, and nobody is in doubt."""
    wakes = chain([False], repeat(True))
    monkeypatch.setattr(Hand, "holds", lambda _hand, _claim: next(wakes))
    mailing_id = await office.start(people(5))
    async with Sink().listening() as sink:
        relay = SmtpTransport("127.0.0.1", sink.port, tls="none")
        async with office.working(relay, lines=1, rhythm=office.brisk(lease=timedelta(seconds=60))):
            assert await office.until_settled(mailing_id, seconds=20) == {DeliveryState.ACCEPTED: 5}
    rows = await office.rows(mailing_id)
    assert [row.doubts for row in rows] == [0] * 5
    assert max(row.attempt for row in rows) == 2, "nothing went back"
    assert len(sink.received) == 5


async def test_what_was_only_announced_when_its_worker_died_is_not_in_doubt(office: Office) -> None:
    mailing_id = await office.start(people(3))
    first, second, third = await take(office, mailing_id)
    async with office.database.pen() as pen:
        await ledger.write_down(pen, (), [(first, None), (second, first), (third, first)], worker="w1", now=clock.now())
    async with office.database.connection() as connection:
        await ledger.sweep(connection, clock.now() + timedelta(minutes=2))
    rows = await office.rows(mailing_id)
    assert [row.state for row in rows] == [DeliveryState.UNCERTAIN, DeliveryState.QUEUED, DeliveryState.QUEUED]
    assert [row.doubts for row in rows] == [1, 0, 0]


async def test_what_may_have_left_after_the_one_before_it_is_in_doubt(office: Office) -> None:
    """Its leader has a result: from then on its content may have been on the line."""
    mailing_id = await office.start(people(2))
    first, second = await take(office, mailing_id)
    async with office.database.pen() as pen:
        await ledger.write_down(pen, (), [(first, None), (second, first)], worker="w1", now=clock.now())
    await settle(office, first, Answer(250, "taken", Stage.DATA))
    async with office.database.connection() as connection:
        await ledger.sweep(connection, clock.now() + timedelta(minutes=2))
    assert await office.states(mailing_id) == {DeliveryState.ACCEPTED: 1, DeliveryState.UNCERTAIN: 1}


async def _received(sink: Sink, count: int) -> bool:
    return len(sink.received) >= count
