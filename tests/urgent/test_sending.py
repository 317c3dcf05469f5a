"""An urgent notice leaves once, by every channel, and only as somebody read and confirmed it."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.accounts.models import AuditEntry
from server.boards.models import Posting
from server.core import clock
from server.core.database import Database
from server.core.errors import Conflict, Invalid
from server.core.secrets import Secrets
from server.mailings import upkeep
from server.mailings.ledger import find_due
from server.mailings.models import Delivery, DeliveryState, Lane, Mailing, MailingMessage
from server.mailings.queries import is_leaving
from server.municipalities.models import Place, PlaceKind
from server.notices.models import Notice, NoticeState, Publication
from server.residents.leaving import leave_by_link, stop_writing
from server.residents.models import Channel, ConsentWay, Resident, ResidentPlace
from server.residents.schemas import Said, Want
from server.residents.subscribing import set_wants
from server.urgent import queries, sending, service
from server.urgent.models import Confirmation, MessageType, UrgentNotice, UrgentState
from server.urgent.schemas import UrgentDraft
from tests.boards.hanging import board
from tests.cast import Cast
from tests.issues.composing import subscribe
from tests.urgent.alarms import follow, send, typed, written

pytestmark = pytest.mark.usefixtures("monday")
READERS = ("anne@example.org", "basile@example.org", "chloe@example.org")


@pytest.fixture
async def readers(database: Database, cast: Cast) -> list[int]:
    async with database.writing() as session:
        return [one.id for one in await subscribe(session, cast, *READERS)]


async def _addresses(database: Database, mailing_id: int | None) -> set[str]:
    async with database.reading() as session:
        query = select(Delivery.address).where(col(Delivery.mailing_id) == mailing_id)
        return set(await session.scalars(query))


@pytest.mark.usefixtures("readers")
async def test_it_leaves_in_the_urgent_lane_and_stands_on_the_towns_page(
    database: Database, secrets: Secrets, cast: Cast
) -> None:
    urgent = await send(database, secrets, cast, await written(database, cast))
    assert urgent.confirmation is Confirmation.SECOND_PERSON
    assert await _addresses(database, urgent.mailing_id) == set(READERS)
    async with database.reading() as session:
        mailing = (await session.scalars(select(Mailing))).one()
        public = (await session.scalars(select(Publication).where(col(Publication.ended_at).is_(None)))).one()
        in_force = await queries.in_force(session, cast.town_id)
    assert (mailing.lane, mailing.subject) == (Lane.URGENT, "Urgent — Coupure d’eau rue du Lavoir")
    assert (public.is_urgent, public.title) == (True, "Coupure d’eau rue du Lavoir")
    assert [one.id for one in in_force] == [urgent.id]


@pytest.mark.usefixtures("readers")
async def test_it_leaves_once(database: Database, secrets: Secrets, cast: Cast) -> None:
    urgent = await written(database, cast)
    await send(database, secrets, cast, urgent)
    with pytest.raises(Conflict):
        await send(database, secrets, cast, urgent)
    async with database.reading() as session:
        assert len(list(await session.scalars(select(Mailing)))) == 1


@pytest.mark.usefixtures("readers")
async def test_other_words_are_to_be_read_again(database: Database, secrets: Secrets, cast: Cast) -> None:
    urgent = await written(database, cast)
    async with database.reading() as session:
        prepared = await sending.prepare_urgent(session, cast.town_id, urgent.id, "https://tambour.test")
    read = sending.content_hash_of(urgent)
    async with database.writing() as session:
        draft = UrgentDraft.model_validate(typed(cast, what="Non : c’est le gaz."))
        await service.rewrite_urgent(session, cast.town_id, cast.actor("Bob"), urgent.id, draft)
    with pytest.raises(Conflict):
        async with database.writing() as session:
            await sending.send_urgent(
                session,
                cast.town_id,
                secrets,
                prepared,
                cast.actor("Paula"),
                sending.Confirmed(Confirmation.SECOND_PERSON),
                read,
            )


async def test_nobody_is_their_own_second_person(database: Database, secrets: Secrets, cast: Cast) -> None:
    urgent = await written(database, cast, by="Paula")
    with pytest.raises(Invalid):
        await send(database, secrets, cast, urgent, by="Paula")


async def test_an_override_is_recorded_with_its_reason(database: Database, secrets: Secrets, cast: Cast) -> None:
    urgent = await written(database, cast, by="Paula")
    alone = sending.Confirmed(Confirmation.OVERRIDE, "Seule à la mairie, l’eau monte.")
    urgent = await send(database, secrets, cast, urgent, by="Paula", confirmed=alone)
    assert urgent.override_reason == "Seule à la mairie, l’eau monte."
    async with database.reading() as session:
        actions = list(await session.scalars(select(AuditEntry.action)))
    assert sending.OVERRIDDEN in actions


async def test_a_street_concerns_its_sector_and_who_named_no_place(
    database: Database, secrets: Secrets, cast: Cast, readers: list[int]
) -> None:
    near, far, _nowhere = readers
    async with database.writing() as session:
        street = Place(
            municipality_id=cast.town_id, kind=PlaceKind.STREET, name="Rue du Lavoir", sector_id=cast.sector_ids[0]
        )
        session.add(street)
        await session.flush()
        for person, sector in ((near, 0), (far, 1)):
            session.add(
                ResidentPlace(municipality_id=cast.town_id, resident_id=person, place_id=cast.sector_ids[sector])
            )
        street_id = street.id
    urgent = await send(database, secrets, cast, await written(database, cast, place_ids=[street_id]))
    assert await _addresses(database, urgent.mailing_id) == {"anne@example.org", "chloe@example.org"}


@pytest.mark.parametrize("ends", ["by a link", "at the counter", "by their preferences"])
async def test_who_has_left_since_hears_no_more_of_it(
    database: Database, secrets: Secrets, cast: Cast, readers: list[int], ends: str
) -> None:
    first = await send(database, secrets, cast, await written(database, cast))
    async with database.writing() as session:
        if ends == "by a link":
            await leave_by_link(session, cast.town_id, readers[1], ConsentWay.ONE_CLICK)
        elif ends == "at the counter":
            await stop_writing(session, cast.town_id, cast.actor("Denise"), readers[1], Said())
        else:
            basile = await session.get_one(Resident, readers[1])
            await set_wants(session, basile, [Want(topic_id=cast.topic_ids[1], channel=Channel.EMAIL)])
    for message_type in (MessageType.UPDATE, MessageType.CANCEL):
        urgent = await send(database, secrets, cast, await follow(database, cast, first, message_type))
        assert await _addresses(database, urgent.mailing_id) == {"anne@example.org", "chloe@example.org"}


async def test_follow_ups_go_to_the_same_people_in_one_thread(
    database: Database, secrets: Secrets, cast: Cast, readers: list[int]
) -> None:
    first = await send(database, secrets, cast, await written(database, cast))
    async with database.writing() as session:
        await subscribe(session, cast, "late@example.org")
    update = await follow(database, cast, first, MessageType.UPDATE, what="L’eau revient vers 18 h.")
    update = await send(database, secrets, cast, update)
    end = await send(database, secrets, cast, await follow(database, cast, update, MessageType.CANCEL))
    assert await _addresses(database, update.mailing_id) == set(READERS)
    async with database.reading() as session:
        bodies = [message.body for message in await session.scalars(select(MailingMessage))]
        assert await queries.in_force(session, cast.town_id) == []
        public = (await session.scalars(select(Publication).where(col(Publication.ended_at).is_(None)))).one()
        notices = list(await session.scalars(select(Notice)))
    assert all(f"References: <{first.uid}@saint-aubin.example>".encode() in body for body in bodies)
    assert (public.title, public.is_urgent) == ("All clear — Coupure d’eau rue du Lavoir", False)
    assert len(notices) == 1
    assert end.first_id == first.id


async def test_an_exercise_reaches_the_chosen_and_nobody_else(
    database: Database, secrets: Secrets, cast: Cast, readers: list[int]
) -> None:
    chosen = "maire@saint-aubin.example\npompiers@example.org"
    urgent = await written(database, cast, is_exercise=True, exercise_to=chosen, topic_ids=[])
    urgent = await send(database, secrets, cast, urgent)
    async with database.reading() as session:
        addresses = set(await session.scalars(select(Delivery.address)))
        subjects = set(await session.scalars(select(Mailing.subject)))
        assert list(await session.scalars(select(Notice))) == []
        assert await queries.in_force(session, cast.town_id) == []
    assert addresses == set(chosen.split())
    assert all("EXERCISE" in subject for subject in subjects)


async def test_over_by_its_own_hour(database: Database, secrets: Secrets, cast: Cast) -> None:
    until = clock.now() + timedelta(hours=2)
    urgent = await send(database, secrets, cast, await written(database, cast, until_at=until))
    with clock.frozen(until + timedelta(seconds=1)):
        async with database.reading() as session:
            assert await queries.in_force(session, cast.town_id) == []
        async with database.writing() as session:
            await service.end_due(session)
    async with database.reading() as session:
        notice = (await session.scalars(select(Notice))).one()
        assert (await session.scalars(select(UrgentNotice))).one().replaced_at == until + timedelta(seconds=1)
    assert (urgent.state, notice.state) == (UrgentState.SENT, NoticeState.EXPIRED)


@pytest.mark.usefixtures("readers")
async def test_what_is_over_leaves_no_more_and_its_posters_come_down(
    database: Database, secrets: Secrets, cast: Cast
) -> None:
    """The line was cut all that time: what is no longer true never leaves, and the record says so."""
    until = clock.now() + timedelta(hours=2)
    async with database.writing() as session:
        await board(session, cast)
    urgent = await send(database, secrets, cast, await written(database, cast, until_at=until))
    with clock.frozen(until):
        async with database.reading() as session:
            assert await find_due(session, clock.now()) == [], "not even before the clock has run"
        async with database.writing() as session:
            await service.end_due(session)
            await upkeep.end_worthless(session)
    async with database.reading() as session:
        assert set(await session.scalars(select(Delivery.state))) == {DeliveryState.CANCELLED}
        assert (await session.scalars(select(Mailing.stopped_for))).one() == upkeep.TOO_LATE
        assert upkeep.ENDED in set(await session.scalars(select(AuditEntry.action)))
        assert not await is_leaving(session, cast.town_id, sending.origin_of(urgent))
        assert (await session.scalars(select(Posting.ended_at))).one() == until


async def test_given_up_nothing_leaves(database: Database, secrets: Secrets, cast: Cast) -> None:
    urgent = await written(database, cast)
    async with database.writing() as session:
        await service.discard_urgent(session, cast.town_id, cast.actor("Bob"), urgent.id)
    with pytest.raises(Conflict):
        await send(database, secrets, cast, urgent)
