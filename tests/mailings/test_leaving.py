"""Who left is not written to any more, whatever state their row is in."""

import asyncio
from datetime import timedelta

import pytest

from server.core import clock
from server.mailings import ledger, queries, service
from server.mailings.leaving import cancel_for_recipient, forget_recipient, suppress_address
from server.mailings.ledger import Claim, DueMailing, Settlement
from server.mailings.models import DeliveryState, Lane, MailingKind, SuppressionReason
from server.mailings.policies import Answer, Lost, Stage, decide
from server.mailings.schemas import Figures
from tests.sending import Office, people, variant

CANCELLED, QUEUED, SENDING = DeliveryState.CANCELLED, DeliveryState.QUEUED, DeliveryState.SENDING


async def take(office: Office, mailing_id: int, room: int = 10, worker: str = "w1") -> list[Claim]:
    now = clock.now()
    async with office.database.pen() as pen:
        shares = [(DueMailing(mailing_id, Lane.ORDINARY.rank), room)]
        (claims,) = await ledger.claim(pen, shares, worker=worker, now=now, lease=now + timedelta(minutes=1))
        return claims


async def mark(office: Office, claims: list[Claim], worker: str = "w1") -> set[int]:
    async with office.database.pen() as pen:
        return await ledger.mark_sending(pen, claims, worker=worker)


async def settle(office: Office, claim: Claim, outcome: Answer | Lost) -> None:
    now = clock.now()
    decision = decide(outcome, tries=claim.tries, doubts=claim.doubts, lane=claim.lane, now=now)
    async with office.database.pen() as pen:
        await ledger.settle(pen, [Settlement(claim, decision)], now=now)


async def leave(office: Office, recipient: int, keep: frozenset[int] = frozenset()) -> int:
    async with office.database.writing() as session:
        return await cancel_for_recipient(session, office.town_id, recipient, keep_scope=keep)


async def test_a_queued_or_claimed_row_is_cancelled_and_never_marked(office: Office) -> None:
    mailing_id = await office.start(people(3))
    claims = await take(office, mailing_id, 2)
    assert await leave(office, claims[0].recipient) == 1
    assert await leave(office, 3) == 1
    assert await mark(office, claims) == {claims[1].id}
    assert await office.states(mailing_id) == {CANCELLED: 2, SENDING: 1}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Answer(250, "taken", Stage.DATA), DeliveryState.ACCEPTED),
        (Answer(451, "later", Stage.DATA), CANCELLED),
        (Lost(False, "reset"), CANCELLED),
        (Lost(True, "reset"), DeliveryState.UNCERTAIN),
        (Answer(550, "5.1.1 no", Stage.RCPT), DeliveryState.REFUSED),
    ],
)
async def test_a_row_on_its_way_is_not_tried_again(
    office: Office, outcome: Answer | Lost, state: DeliveryState
) -> None:
    mailing_id = await office.start(people(1))
    (claim,) = await take(office, mailing_id)
    assert await mark(office, [claim])
    assert await leave(office, 1) == 0
    await settle(office, claim, outcome)
    (row,) = await office.rows(mailing_id)
    assert (row.state, row.next_at) == (state, None)


async def test_a_row_on_its_way_whose_worker_dies_stays_uncertain(office: Office) -> None:
    mailing_id = await office.start(people(1))
    await mark(office, await take(office, mailing_id))
    await leave(office, 1)
    async with office.database.connection() as connection:
        await ledger.sweep(connection, clock.now() + timedelta(minutes=2))
    (row,) = await office.rows(mailing_id)
    assert (row.state, row.next_at) == (DeliveryState.UNCERTAIN, None)


async def test_topics_that_are_kept_keep_their_mailings(office: Office) -> None:
    works = await office.start(people(1), scope=[1, 2], idempotency_key="works")
    school = await office.start(people(1), scope=[3], idempotency_key="school")
    everybody = await office.start(people(1), scope=[], idempotency_key="everybody")
    assert await leave(office, 1, frozenset({2})) == 1
    states = [await office.states(one) for one in (works, school, everybody)]
    assert states == [{QUEUED: 1}, {CANCELLED: 1}, {QUEUED: 1}]
    assert await leave(office, 1) == 2


async def test_other_people_and_single_messages_are_not_touched(office: Office) -> None:
    mailing_id = await office.start(people(2))
    async with office.database.writing() as session:
        single = await service.send_message(
            session, office.town_id, office.secrets, subject="Vous avez quitté la lettre", message=variant(),
            address="p1@example.org", idempotency_key="left-1",
        )  # fmt: skip
    await leave(office, 1)
    assert await office.states(mailing_id) == {CANCELLED: 1, QUEUED: 1}
    assert await office.states(single.id) == {QUEUED: 1}


async def test_an_erased_person_leaves_no_trace_and_the_figures_add_up(office: Office) -> None:
    mailing_id = await office.start(people(3))
    claims = await take(office, mailing_id, 2)
    await mark(office, claims)
    await settle(office, claims[0], Answer(550, "5.1.1 <p1@example.org> unknown", Stage.RCPT))
    async with office.database.writing() as session:
        for recipient in (claims[0].recipient, claims[1].recipient, 3):
            await forget_recipient(session, office.town_id, recipient)
    await settle(office, claims[1], Answer(451, "4.2.0 <p2@example.org> later", Stage.RCPT))
    rows = await office.rows(mailing_id)
    assert {(row.address, row.provider, row.reply) for row in rows} == {("", "", "")}
    assert all(row.recipient < 0 and row.next_at is None for row in rows)
    async with office.database.reading() as session:
        figures = await queries.figures(session, office.town_id, mailing_id)
    assert figures == Figures(refused=1, cancelled=2)


async def test_nobody_can_be_forgotten_under_the_number_of_single_messages(office: Office) -> None:
    async with office.database.writing() as session:
        with pytest.raises(ValueError, match="on the lists"):
            await forget_recipient(session, office.town_id, 0)


async def test_a_barred_address_is_cancelled_wherever_it_waits(office: Office) -> None:
    mailing_id = await office.start(people(2))
    async with office.database.writing() as session:
        reason = SuppressionReason.NEVER_AGAIN
        await suppress_address(session, office.town_id, office.secrets, "P1@example.org", reason)
    assert await office.states(mailing_id) == {CANCELLED: 1, QUEUED: 1}


async def test_the_stronger_reason_stays(office: Office) -> None:
    for reason, kept in (
        (SuppressionReason.REFUSED, SuppressionReason.REFUSED),
        (SuppressionReason.NEVER_AGAIN, SuppressionReason.NEVER_AGAIN),
        (SuppressionReason.ERASED, SuppressionReason.NEVER_AGAIN),
    ):
        async with office.database.writing() as session:
            await suppress_address(session, office.town_id, office.secrets, "z@example.org", reason)
            found = await queries.find_suppression(session, office.town_id, office.secrets, "z@example.org")
        assert found is kept


async def test_who_leaves_while_a_mailing_is_being_written_is_cancelled_in_it(office: Office) -> None:
    """The one who chose recipients before and commits after must not win."""
    chosen, may_write = asyncio.Event(), asyncio.Event()

    async def write_a_mailing() -> int:
        async with office.database.writing() as session:
            await service.hold_recipients(session, office.town_id)
            chosen.set()
            await may_write.wait()
            mailing = await service.start_mailing(
                session, office.town_id, office.secrets, kind=MailingKind.ISSUE, lane=Lane.ORDINARY, subject="x",
                messages=[variant()], recipients=people(2), idempotency_key="race",
            )  # fmt: skip
            return mailing.id

    async def go() -> int:
        await chosen.wait()
        asyncio.get_running_loop().call_later(0.1, may_write.set)
        return await leave(office, 1)

    mailing_id, cancelled = await asyncio.gather(write_a_mailing(), go())
    assert cancelled == 1
    assert await office.states(mailing_id) == {CANCELLED: 1, QUEUED: 1}
