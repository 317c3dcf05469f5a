"""Who would receive something, in rows and in figures: never somebody who left, never twice the same person."""

from sqlmodel import select

from server.core.database import Database
from server.core.secrets import Secrets
from server.residents import queries
from server.residents.leaving import leave_by_link
from server.residents.models import Channel, ConsentWay, Edition, ResidentPlace, Subscription
from server.residents.subscribing import set_wants
from tests.cast import Cast
from tests.residents.visiting import joined


async def _village(database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        anne = await joined(session, cast, "anne@orange.example", topics=(0, 1))
        anne.language, anne.edition = "en", Edition.LARGE_PRINT
        both = await joined(session, cast, "both@orange.example", channels=[Channel.EMAIL, Channel.POST])
        await joined(session, cast, "", name="Hand", channels=[Channel.HAND], topics=(0, 2))
        await joined(session, cast, "", name="Counter", channels=[Channel.COUNTER], topics=(2,))
        gone = await joined(session, cast, "gone@orange.example", topics=(0, 1, 2))
        await leave_by_link(session, cast.town_id, gone.id, ConsentWay.WEB)
        await joined(session, cast, "far@orange.example", town_id=cast.neighbour_id)
        session.add(ResidentPlace(resident_id=both.id, place_id=cast.sector_ids[0], municipality_id=cast.town_id))


async def test_rows_for_a_mailing(database: Database, cast: Cast) -> None:
    await _village(database, cast)
    async with database.reading() as session:
        rows = await queries.email_audience(session, cast.town_id, cast.topic_ids)
        letter = await queries.email_audience(session, cast.town_id, cast.topic_ids[:1])
        works = await queries.email_audience(session, cast.town_id, cast.topic_ids[1:2])
        nobody = await queries.email_audience(session, cast.town_id, [])
    assert [row.address for row in rows] == ["anne@orange.example", "both@orange.example"]
    assert [row.address for row in letter] == [row.address for row in rows]
    assert [(row.address, row.language, row.edition) for row in works] == [
        ("anne@orange.example", "en", Edition.LARGE_PRINT)
    ]
    assert nobody == []


async def test_places_narrow_the_audience_but_for_those_who_chose_none(database: Database, cast: Cast) -> None:
    await _village(database, cast)
    async with database.reading() as session:
        here = await queries.email_audience(session, cast.town_id, cast.topic_ids, cast.sector_ids[:1])
        elsewhere = await queries.email_audience(session, cast.town_id, cast.topic_ids, cast.sector_ids[1:2])
    assert [row.address for row in here] == ["anne@orange.example", "both@orange.example"]
    assert [row.address for row in elsewhere] == ["anne@orange.example"]


async def test_figures_by_channel(database: Database, cast: Cast) -> None:
    await _village(database, cast)
    async with database.reading() as session:
        everything = await queries.count_audience(session, cast.town_id, cast.topic_ids)
        letter = await queries.paper_counts(session, cast.town_id, cast.topic_ids[:1])
        reach = await queries.reach(session, cast.town_id)
        by_topic = await queries.count_by_topic(session, cast.town_id)
    assert everything == {"email": 2, "post": 1, "hand": 1, "counter": 1}
    assert letter == {"post": 1, "hand": 1, "counter": 0}
    assert (reach.people, reach.by_channel[Channel.EMAIL]) == (4, 2)
    assert by_topic == dict(zip(cast.topic_ids, (3, 1, 2), strict=True))


async def test_a_want_begins_once_however_often_it_is_said(database: Database, cast: Cast, secrets: Secrets) -> None:
    async with database.writing() as session:
        anne = await joined(session, cast, "anne@orange.example")
        wants = (await queries.current_wants(session, cast.town_id, [anne.id]))[anne.id]
        assert await set_wants(session, anne, [*wants, *wants]) is False
        assert await set_wants(session, anne, []) is True
        assert anne.left_at is not None
        assert await set_wants(session, anne, wants) is True
        assert anne.left_at is None
        rows = list(await session.scalars(select(Subscription)))
    assert [row.ended_at is None for row in rows] == [False, True]
