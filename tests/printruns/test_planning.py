"""Who gets it on paper: one copy a household, carried within the town, stamped outside, the rest listed with its reason."""

from datetime import timedelta

import pytest

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Invalid, NotFound
from server.printruns import queries
from server.printruns.models import Trouble
from server.printruns.planning import plan_run, reserve_of
from server.printruns.schemas import Missing, RunDraft
from server.residents.models import Channel, Edition
from tests.cast import Cast
from tests.printruns.people import lay_out, reader


def actor(cast: Cast) -> Actor:
    return Actor(cast.account_ids["Bob"], "Bob", frozenset({Role.EDITOR}))


def draft(cast: Cast, **more: object) -> RunDraft:
    return RunDraft.model_validate({"title": "Letter 7", "topic_ids": cast.topic_ids[:1], **more})


async def test_copies_are_numbered_in_the_order_in_which_they_are_carried(session: WriteSession, cast: Cast) -> None:
    await lay_out(session, cast)
    await reader(session, cast, "Paris", "5 rue Neuve", Channel.POST, postcode="75002", post_town="Paris")
    await reader(session, cast, "High", "2 rue Haute", Channel.POST)
    await reader(session, cast, "Even", "2 r. du Lavoir", edition=Edition.LARGE_PRINT)
    await reader(session, cast, "Odd", "3 RUE DU LAVOIR")
    await reader(session, cast, "Counter", "", Channel.COUNTER)
    await reader(session, cast, "Nowhere", "", Channel.HAND)
    await reader(session, cast, "Wrong", "1 rue Neuve", Channel.POST, postcode="7500", post_town="Paris")
    away = await reader(session, cast, "Away", "1 rue du Lavoir")
    today = clock.today()
    away.paused_from, away.paused_until = today - timedelta(days=1), today + timedelta(days=1)
    gone = await reader(session, cast, "Gone", "1 rue du Lavoir")
    gone.left_at = clock.now()
    await reader(session, cast, "Other topic", "1 rue du Lavoir", topic=1)
    await session.flush()
    run = await plan_run(session, cast.town_id, actor(cast), draft(cast, by_hand_inside=True))
    copies = await queries.list_copies(session, cast.town_id, run.id)
    names = [(copy.number, one.name, copy.channel.value) for copy, one in copies if one and copy.trouble is None]
    assert [name for _, name, _ in names] == ["Odd", "Even", "High", "Paris", "Counter"]
    assert [channel for _, _, channel in names] == ["hand", "hand", "hand", "post", "counter"]
    assert {(one.name, copy.trouble) for copy, one in copies if one and copy.trouble} == {
        ("Nowhere", Trouble.ADDRESS),
        ("Wrong", Trouble.ADDRESS),
    }
    batches = await queries.list_batches(session, cast.town_id, [run.id])
    sums = {(one.channel.value, one.sector_id): (one.copies, one.reserve, one.large_print) for one in batches}
    assert sums == {
        ("hand", cast.sector_ids[0]): (2, 1, 1),
        ("hand", cast.sector_ids[1]): (1, 1, 0),
        ("post", None): (1, 1, 0),
        ("counter", None): (1, 1, 0),
    }
    assert await queries.count_by_postcode(session, cast.town_id, run.id) == [("75002", "Paris", 1)]
    with pytest.raises(NotFound):
        await queries.get_run(session, cast.neighbour_id, run.id)


async def test_stamped_is_stamped_if_nobody_walks(session: WriteSession, cast: Cast) -> None:
    await lay_out(session, cast)
    await reader(session, cast, "High", "2 rue Haute", Channel.POST)
    run = await plan_run(session, cast.town_id, actor(cast), draft(cast))
    (batch,) = await queries.list_batches(session, cast.town_id, [run.id])
    assert (batch.channel, batch.copies) == (Channel.POST, 1)


async def test_every_letterbox_but_those_that_refuse(session: WriteSession, cast: Cast) -> None:
    await lay_out(session, cast)
    await reader(session, cast, "High", "2 rue Haute", edition=Edition.LARGE_PRINT)
    run = await plan_run(session, cast.town_id, actor(cast), draft(cast, to_every_box=True))
    batches = await queries.list_batches(session, cast.town_id, [run.id])
    # Three doors; one, twelve, and one that refuses – and the large print on top.
    assert {one.sector_id: one.copies for one in batches} == dict(zip(cast.sector_ids, (3, 14), strict=False))


async def test_a_run_for_nobody_or_with_somebody_elses_topic_is_refused(session: WriteSession, cast: Cast) -> None:
    for wrong in ({"topic_ids": cast.topic_ids[:1]}, {"topic_ids": [999]}, {"place_ids": [999]}):
        with pytest.raises(Invalid):
            await plan_run(session, cast.town_id, actor(cast), draft(cast, **wrong))
    with pytest.raises(NotFound):
        await plan_run(session, cast.town_id, actor(cast), draft(cast, issue_id=999))


def test_one_in_twenty_is_printed_on_top() -> None:
    assert [reserve_of(copies) for copies in (0, 1, 20, 21, 1000)] == [0, 1, 1, 2, 50]


def test_numbers_are_read_as_people_write_them() -> None:
    assert Missing.model_validate({"missing": "12, 15-18 ;20 à 21"}).missing == (12, 15, 16, 17, 18, 20, 21)
    for typed in ("", "a", "5-3", "1-99999999", "-3"):
        with pytest.raises(ValueError, match="missing"):
            Missing.model_validate({"missing": typed})
