"""The ledger's statements move only rows that are still as their worker believes."""

import asyncio
import re
from datetime import datetime, timedelta

from sqlalchemy import text

from server.core import clock
from server.core.database import Database
from server.mailings import ledger, service, statements
from server.mailings.ledger import DueMailing, Settlement
from server.mailings.models import DeliveryState, Lane
from server.mailings.policies import Answer, Lost, Stage, decide, not_sent
from tests.cast import Cast
from tests.databases import BARE, SqliteStates, sqlite_url
from tests.mailings.test_leaving import mark, settle, take
from tests.sending import Office, people, variant

YES = Answer(250, "taken", Stage.DATA)
MINUTE = timedelta(minutes=1)


async def due(office: Office, now: datetime | None = None) -> list[DueMailing]:
    async with office.database.reading() as session:
        return await ledger.find_due(session, now or clock.now())


async def sweep(office: Office, now: datetime) -> None:
    async with office.database.connection() as connection:
        await ledger.sweep(connection, now)


async def test_the_most_pressing_is_due_first(office: Office) -> None:
    letter = await office.start(people(1), idempotency_key="letter")
    urgent = await office.start(people(1), idempotency_key="urgent", lane=Lane.URGENT)
    await office.start(people(1), idempotency_key="later", scheduled_at=clock.now() + MINUTE)
    assert await due(office) == [DueMailing(urgent, 1), DueMailing(letter, 2)]
    async with office.database.writing() as session:
        await service.send_message(
            session, office.town_id, office.secrets, subject="x", message=variant(), address="a@b.example",
            idempotency_key="single",
        )  # fmt: skip
    assert await due(office) == [DueMailing(0, 0), DueMailing(urgent, 1), DueMailing(letter, 2)]


async def test_a_paused_mailing_is_not_due_and_gives_back_what_was_claimed(office: Office, cast: Cast) -> None:
    mailing_id = await office.start(people(4))
    claims = await take(office, mailing_id, 2)
    async with office.database.writing() as session:
        await service.pause_mailing(session, office.town_id, mailing_id, cast.actor("Paula"))
    assert await due(office) == []
    assert await mark(office, claims) == set()
    assert await office.states(mailing_id) == {DeliveryState.QUEUED: 4}


async def test_workers_at_once_never_hold_the_same_row(office: Office) -> None:
    mailing_id = await office.start(people(60))
    taken = await asyncio.gather(*(take(office, mailing_id, 10, worker=f"w{n}") for n in range(6)))
    ids = [claim.id for claims in taken for claim in claims]
    assert len(ids) == len(set(ids))
    assert len(ids) + len(await take(office, mailing_id, 60)) == 60


async def test_an_older_claim_changes_nothing(office: Office) -> None:
    mailing_id = await office.start(people(1))
    (old,) = await take(office, mailing_id)
    await sweep(office, clock.now() + 2 * MINUTE)
    (new,) = await take(office, mailing_id, worker="w2")
    assert (old.attempt, new.attempt) == (1, 2)
    assert await mark(office, [old]) == set()
    async with office.database.pen() as pen:
        await ledger.give_back(pen, [old])
        await ledger.renew(pen, [old], lease=clock.now() + timedelta(days=1))
    assert await mark(office, [new], worker="w2") == {new.id}
    await settle(office, old, Answer(550, "5.1.1 no", Stage.RCPT))
    await settle(office, new, YES)
    (row,) = await office.rows(mailing_id)
    assert (row.state, row.reply, row.worker, row.lease_until) == (DeliveryState.ACCEPTED, "250 taken", None, None)


async def test_marking_and_settling_twice_changes_nothing_more(office: Office) -> None:
    """Whether a broken commit held is not known: the worker simply writes again."""
    mailing_id = await office.start(people(1))
    claims = await take(office, mailing_id)
    assert await mark(office, claims) == await mark(office, claims) == {claims[0].id}
    for outcome, tries, doubts in ((Lost(True, "reset"), 0, 1), (YES, 0, 1)):
        await settle(office, claims[0], outcome)
        await settle(office, claims[0], outcome)
        (row,) = await office.rows(mailing_id)
        assert (row.tries, row.doubts) == (tries, doubts)


async def test_what_a_dead_worker_held_returns_and_what_it_was_sending_is_uncertain(office: Office) -> None:
    mailing_id = await office.start(people(2))
    claims = await take(office, mailing_id)
    await mark(office, claims[:1])
    now = clock.now()
    await sweep(office, now)
    assert await office.states(mailing_id) == {DeliveryState.SENDING: 1, DeliveryState.CLAIMED: 1}
    await sweep(office, now + 2 * MINUTE)
    sent, held = await office.rows(mailing_id)
    assert (sent.state, sent.doubts) == (DeliveryState.UNCERTAIN, 1)
    assert sent.next_at == now + 2 * MINUTE + timedelta(minutes=15)
    assert (held.state, held.doubts) == (DeliveryState.QUEUED, 0)


async def test_an_urgent_doubt_is_sent_again_at_once_and_the_third_is_left_alone(office: Office) -> None:
    mailing_id = await office.start(people(1), lane=Lane.URGENT)
    now = clock.now()
    for doubts in (1, 2, 3):
        await mark(office, await take(office, mailing_id))
        await sweep(office, now + 2 * MINUTE)
        (row,) = await office.rows(mailing_id)
        assert (row.state, row.doubts, row.next_at is None) == (DeliveryState.UNCERTAIN, doubts, doubts == 3)
        await office.make_due(mailing_id)
    assert await take(office, mailing_id) == []


async def test_a_late_yes_is_recorded_whoever_has_the_row(office: Office) -> None:
    """A frozen worker wakes up with its answer when another one is about to send: no second copy."""
    mailing_id = await office.start(people(1))
    (old,) = await take(office, mailing_id)
    await mark(office, [old])
    await sweep(office, clock.now() + 2 * MINUTE)
    await office.make_due(mailing_id)
    (new,) = await take(office, mailing_id, worker="w2")
    await settle(office, old, YES)
    assert await mark(office, [new], worker="w2") == set()
    assert await office.states(mailing_id) == {DeliveryState.ACCEPTED: 1}


async def test_not_sent_after_all_is_no_try(office: Office) -> None:
    mailing_id = await office.start(people(1))
    (claim,) = await take(office, mailing_id)
    await mark(office, [claim])
    async with office.database.pen() as pen:
        await ledger.settle(pen, [Settlement(claim, not_sent(clock.now()))], now=clock.now())
    (row,) = await office.rows(mailing_id)
    assert (row.state, row.tries, row.doubts) == (DeliveryState.QUEUED, 0, 0)
    assert await take(office, mailing_id)


async def test_a_reply_of_any_bytes_can_be_kept(office: Office) -> None:
    mailing_id = await office.start(people(1))
    (claim,) = await take(office, mailing_id)
    await mark(office, [claim])
    now = clock.now()
    decision = decide(Answer(451, "é\u2028\ud800" + "x" * 600, Stage.DATA), tries=0, doubts=0, lane=2, now=now)
    async with office.database.pen() as pen:
        await ledger.settle(pen, [Settlement(claim, decision)], now=now)
    (row,) = await office.rows(mailing_id)
    assert (row.state, row.tries, len(row.reply)) == (DeliveryState.DEFERRED, 1, 500)
    assert row.next_at == now + timedelta(minutes=15)


async def test_rows_are_found_by_their_index(sqlite_states: SqliteStates) -> None:
    """A million rows must not be walked for each claim. (SQLite says beforehand how it will look for them.)"""
    database = Database(sqlite_url(sqlite_states.file(BARE)))
    async with database.reading() as session:
        for words, index in (
            (statements.CLAIM, "ix_delivery_due"),
            (statements.CLAIM_FIRST, "ix_delivery_first"),
            (statements.SHOW, "ix_delivery_due"),
            (statements.SHOW_FIRST, "ix_delivery_first"),
            (statements.MARK, "INTEGER PRIMARY KEY"),
            (statements.SETTLE, "INTEGER PRIMARY KEY"),
            (statements.MARKED, "INTEGER PRIMARY KEY"),
            (statements.SWEEP_CLAIMED, "ix_delivery_held"),
            (statements.SWEEP_BEHIND, "ix_delivery_held"),
            (statements.SWEEP_SENDING, "ix_delivery_held"),
            (statements.FINISH, "ix_delivery_held"),
            (statements.DUE, "ix_delivery_due"),
        ):
            plain = statements.in_words_of(words, is_sqlite=True)
            given = dict.fromkeys(re.findall(r":(\w+)", plain), "1")
            steps = [step[3] for step in await session.execute(text(f"EXPLAIN QUERY PLAN {plain}"), given)]
            assert [step for step in steps if index in step]
            assert "SCAN delivery" not in steps
    await database.close()
