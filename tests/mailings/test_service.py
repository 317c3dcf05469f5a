"""Mailings and their ledgers: started once, paused, resumed, cancelled; the figures always add up."""

import asyncio
from datetime import timedelta

import pytest

from server.core import clock
from server.core.errors import Conflict, NotFound
from server.mailings import queries, service, upkeep
from server.mailings.leaving import lift_suppression, suppress_address
from server.mailings.models import (
    Delivery,
    DeliveryState,
    Lane,
    MailingKind,
    MailingMessage,
    MailingState,
    SuppressionReason,
)
from server.mailings.schemas import Figures, Recipient
from server.mailings.splice import ComposedMessage
from server.web.pagination import Slice
from tests.cast import Cast
from tests.sending import Office, composed, people, variant


async def test_a_mailing_and_its_ledger_are_one(office: Office) -> None:
    recipients = [Recipient(1, "A@Orange.fr"), Recipient(2, "ñ@example.org", 1), Recipient(1, "twice@example.org")]
    mailing_id = await office.start(recipients, messages=[variant(), variant(subject="The letter")], scope=[3, 1])
    mailing = await office.mailing(mailing_id)
    rows = await office.rows(mailing_id)
    assert (mailing.state, mailing.scope, mailing.kind) == (MailingState.SENDING, [1, 3], MailingKind.ISSUE)
    assert [(row.recipient, row.address, row.provider, row.lane) for row in rows] == [
        (1, "A@Orange.fr", "orange", 2),
        (2, "ñ@example.org", "example.org", 2),
    ]
    assert rows[0].message_id != rows[1].message_id
    assert all(row.state is DeliveryState.QUEUED and row.next_at == mailing.scheduled_at for row in rows)


async def test_the_message_is_kept_as_composed(office: Office) -> None:
    rows = await office.rows(await office.start(people(1)))
    async with office.database.reading() as session:
        message = await session.get(MailingMessage, rows[0].message_id)
    assert message is not None
    assert ComposedMessage.unpack(message.body) == composed()


async def test_the_same_key_is_the_same_mailing_even_at_once(office: Office) -> None:
    ids = await asyncio.gather(*(office.start(people(5), idempotency_key="once") for _ in range(8)))
    assert len(set(ids)) == 1
    assert len(await office.rows(ids[0])) == 5


async def test_suppressed_addresses_get_no_row(office: Office) -> None:
    async with office.database.writing() as session:
        reason = SuppressionReason.REFUSED
        await suppress_address(session, office.town_id, office.secrets, " P2@Example.org ", reason)
    mailing_id = await office.start(people(3))
    assert [row.recipient for row in await office.rows(mailing_id)] == [1, 3]
    async with office.database.writing() as session:
        assert await queries.is_suppressed(session, office.town_id, office.secrets, "p2@example.org")
        assert await queries.suppressed_hashes(session, office.town_id) == {
            queries.address_hash(office.secrets, "p2@example.org")
        }
        await lift_suppression(session, office.town_id, office.secrets, "p2@example.org")
        assert not await queries.is_suppressed(session, office.town_id, office.secrets, "p2@example.org")


@pytest.mark.parametrize(
    ("reason", "to_staff", "rows"),
    [
        (SuppressionReason.NEVER_AGAIN, False, 0),
        (SuppressionReason.NEVER_AGAIN, True, 1),
        (SuppressionReason.REFUSED, False, 1),
    ],
)
async def test_single_messages_respect_never_again(
    office: Office, reason: SuppressionReason, to_staff: bool, rows: int
) -> None:
    async with office.database.writing() as session:
        await suppress_address(session, office.town_id, office.secrets, "zoe@example.org", reason)
        mailing = await service.send_message(
            session,
            office.town_id,
            office.secrets,
            subject="Confirmez",
            message=variant(list_id="", leave_url=""),
            address="zoe@example.org",
            idempotency_key="confirm-1",
            to_staff=to_staff,
        )
    found = await office.rows(mailing.id)
    assert len(found) == rows
    assert [(row.recipient, row.lane) for row in found] == [(0, Lane.TRANSACTIONAL.rank)] * rows


async def test_a_single_message_forgets_its_text_and_address_when_it_has_left(office: Office) -> None:
    async with office.database.writing() as session:
        mailing = await service.send_message(
            session,
            office.town_id,
            office.secrets,
            subject="Lien de connexion",
            message=variant(),
            address="bob@example.org",
            idempotency_key="link-1",
        )
    await set_rows(office, mailing.id, state=DeliveryState.ACCEPTED, next_at=None)
    async with office.database.writing() as session:
        await upkeep.finish_mailings(session)
    (row,) = await office.rows(mailing.id)
    assert row.address == ""
    async with office.database.reading() as session:
        message = await session.get(MailingMessage, row.message_id)
        assert message is not None
        assert message.body == b""
        assert await queries.figures(session, office.town_id, mailing.id) == Figures(accepted=1)
    with clock.frozen(clock.now() + timedelta(days=31)):
        async with office.database.writing() as session:
            await upkeep.forget_single_messages(session)
    assert await office.rows(mailing.id) == []


async def test_pause_resume_cancel(office: Office, cast: Cast) -> None:
    paula = cast.actor("Paula")
    mailing_id = await office.start(people(3))
    async with office.database.writing() as session:
        await service.pause_mailing(session, office.town_id, mailing_id, paula)
    async with office.database.writing() as session:
        with pytest.raises(Conflict):
            await service.pause_mailing(session, office.town_id, mailing_id, paula)
    async with office.database.writing() as session:
        await service.resume_mailing(session, office.town_id, mailing_id, paula)
        await service.cancel_mailing(session, office.town_id, mailing_id, paula)
    assert await office.states(mailing_id) == {DeliveryState.CANCELLED: 3}
    assert (await office.mailing(mailing_id)).state is MailingState.CANCELLED
    async with office.database.writing() as session:
        with pytest.raises(Conflict):
            await service.resume_mailing(session, office.town_id, mailing_id, paula)


async def test_another_town_sees_and_moves_nothing(office: Office, cast: Cast) -> None:
    mailing_id = await office.start(people(2))
    async with office.database.writing() as session:
        for refused in (
            queries.get_mailing(session, cast.neighbour_id, mailing_id),
            queries.figures(session, cast.neighbour_id, mailing_id),
            service.pause_mailing(session, cast.neighbour_id, mailing_id, cast.actor("Charlie")),
            service.cancel_mailing(session, cast.neighbour_id, mailing_id, cast.actor("Charlie")),
        ):
            with pytest.raises(NotFound):
                await refused
        assert (await queries.list_mailings(session, cast.neighbour_id, Slice())).total == 0
        assert await queries.progress_by_provider(session, cast.neighbour_id, mailing_id) == []
        assert (await queries.refused_deliveries(session, cast.neighbour_id, mailing_id, Slice())).total == 0


async def test_a_scheduled_mailing_leaves_once_when_its_hour_comes(office: Office) -> None:
    later = clock.now() + timedelta(hours=2)
    mailing_id = await office.start(people(2), scheduled_at=later)
    for moment, state in ((clock.now(), MailingState.SCHEDULED), (later, MailingState.SENDING)):
        with clock.frozen(moment):
            async with office.database.writing() as session:
                await upkeep.release_scheduled(session)
                await upkeep.release_scheduled(session)
                await upkeep.finish_mailings(session)
        assert (await office.mailing(mailing_id)).state is state


async def test_figures_add_up_and_say_who_was_refused_and_why(office: Office) -> None:
    recipients = [Recipient(1, "a@orange.fr"), Recipient(2, "b@wanadoo.fr"), *people(4, start=3)]
    mailing_id = await office.start(recipients)
    soon = clock.now() + timedelta(minutes=15)
    await set_rows(office, mailing_id, 1, state=DeliveryState.ACCEPTED, next_at=None)
    await set_rows(office, mailing_id, 2, state=DeliveryState.DEFERRED, reply="421 slow down", next_at=soon)
    await set_rows(office, mailing_id, 3, state=DeliveryState.REFUSED, reply="550 5.1.1 no such user", next_at=None)
    await set_rows(office, mailing_id, 4, state=DeliveryState.UNCERTAIN, doubts=1)
    await set_rows(office, mailing_id, 5, state=DeliveryState.CANCELLED, next_at=None)
    async with office.database.reading() as session:
        figures = await queries.figures(session, office.town_id, mailing_id)
        progress = await queries.progress_by_provider(session, office.town_id, mailing_id)
        refused = await queries.refused_deliveries(session, office.town_id, mailing_id, Slice())
        listed = await queries.list_mailings(session, office.town_id, Slice())
    assert figures == Figures(to_send=1, accepted=1, deferred=1, refused=1, uncertain=1, cancelled=1, maybe_twice=1)
    assert figures.total == 6
    assert [(one.name, one.figures.total, one.said, one.resumes_at) for one in progress] == [
        ("example.org", 4, "", None),
        ("Orange, Wanadoo", 2, "421 slow down", soon),
    ]
    assert [(one.recipient, str(one.why)[:12]) for one in refused.items] == [(3, "This mailbox")]
    assert [(one.mailing.id, one.figures) for one in listed.items] == [(mailing_id, figures)]


async def test_a_mailing_is_finished_only_when_nothing_is_left_to_do(office: Office) -> None:
    mailing_id = await office.start(people(3))
    await set_rows(office, mailing_id, 1, state=DeliveryState.ACCEPTED, next_at=None)
    await set_rows(office, mailing_id, 2, state=DeliveryState.UNCERTAIN, doubts=3, next_at=None)
    now = clock.now()
    for state, next_at, lease_until, is_finished in (
        (DeliveryState.DEFERRED, now, None, False),
        (DeliveryState.UNCERTAIN, now, None, False),
        (DeliveryState.SENDING, None, now, False),
        (DeliveryState.REFUSED, None, None, True),
    ):
        await set_rows(office, mailing_id, 3, state=state, next_at=next_at, lease_until=lease_until)
        async with office.database.writing() as session:
            await upkeep.finish_mailings(session)
        assert ((await office.mailing(mailing_id)).state is MailingState.FINISHED) == is_finished


async def test_old_figures_are_summed_for_good_and_stay_the_same(office: Office) -> None:
    mailing_id = await office.start(people(2))
    await set_rows(office, mailing_id, 1, state=DeliveryState.ACCEPTED, next_at=None)
    await set_rows(office, mailing_id, 2, state=DeliveryState.REFUSED, next_at=None)
    async with office.database.writing() as session:
        await upkeep.finish_mailings(session)
        await upkeep.freeze_figures(session)
    assert (await office.mailing(mailing_id)).final is None
    with clock.frozen(clock.now() + timedelta(days=2)):
        async with office.database.writing() as session:
            await upkeep.freeze_figures(session)
    assert (await office.mailing(mailing_id)).final is not None
    with clock.frozen(clock.now() + timedelta(days=366)):
        async with office.database.writing() as session:
            await upkeep.forget_ledgers(session)
    assert await office.rows(mailing_id) == []
    async with office.database.reading() as session:
        assert await queries.figures(session, office.town_id, mailing_id) == Figures(accepted=1, refused=1)


async def set_rows(office: Office, mailing_id: int, recipient: int | None = None, **values: object) -> None:
    async with office.database.writing() as session:
        for row in await office.rows(mailing_id):
            if recipient in (None, row.recipient):
                found = await session.get(Delivery, row.id)
                assert found is not None
                found.sqlmodel_update(values)
                session.add(found)
