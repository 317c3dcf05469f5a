"""A batch goes step by step; what is missing is printed alone; a letter that came back suspends its address."""

import pytest

from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid, NotFound
from server.printruns import queries, stepping
from server.printruns.models import BatchState, PrintRun, Trouble
from server.printruns.planning import plan_run
from server.printruns.round_sheets import sheets_of
from server.residents.models import Channel, Resident
from tests.cast import Cast
from tests.printruns.people import lay_out, reader
from tests.printruns.test_planning import actor, draft


async def planned(session: WriteSession, cast: Cast) -> tuple[PrintRun, Resident]:
    await lay_out(session, cast)
    await reader(session, cast, "First", "1 rue du Lavoir")
    await reader(session, cast, "Second", "3 rue du Lavoir")
    paris = await reader(session, cast, "Third", "5 rue Neuve", Channel.POST, postcode="75002", post_town="Paris")
    return await plan_run(session, cast.town_id, actor(cast), draft(cast)), paris


async def test_a_batch_is_printed_handed_over_and_delivered(session: WriteSession, cast: Cast) -> None:
    run, _ = await planned(session, cast)
    batch = (await queries.list_batches(session, cast.town_id, [run.id]))[0]
    for state, who in ((BatchState.PRINTED, ""), (BatchState.HANDED_OVER, "Paul"), (BatchState.DELIVERED, "")):
        await stepping.advance_batch(session, cast.town_id, actor(cast), run.id, batch.id, state, who=who)
        with pytest.raises(Conflict):
            await stepping.advance_batch(session, cast.town_id, actor(cast), run.id, batch.id, state)
    steps = await queries.list_steps(session, cast.town_id, run.id)
    assert [(step.state, step.detail, name) for step, name in reversed(steps)] == [
        ("printed", {}, "Bob"),
        ("handed_over", {"who": "Paul"}, "Bob"),
        ("delivered", {}, "Bob"),
    ]
    with pytest.raises(NotFound):
        await stepping.advance_batch(session, cast.neighbour_id, actor(cast), run.id, batch.id, BatchState.PRINTED)


async def test_exactly_the_missing_are_printed_again(session: WriteSession, cast: Cast) -> None:
    run, _ = await planned(session, cast)
    with pytest.raises(Invalid):
        await stepping.note_missing(session, cast.town_id, actor(cast), run.id, [2, 9])
    await stepping.note_missing(session, cast.town_id, actor(cast), run.id, [2])
    await session.flush()
    (sheet,) = await sheets_of(session, cast.town_id, run.id, language="fr", only_missing=True)
    assert [line.name for side in sheet.sides for line in side.lines] == ["Second"]
    assert await stepping.note_reprinted(session, cast.town_id, actor(cast), run.id) == 1
    with pytest.raises(Conflict):
        await stepping.note_reprinted(session, cast.town_id, actor(cast), run.id)


async def test_a_letter_that_came_back_suspends_its_address_until_there_is_another(
    session: WriteSession, cast: Cast
) -> None:
    run, paris = await planned(session, cast)
    for _time in range(2):
        await stepping.note_returns(session, cast.town_id, actor(cast), run.id, [3])
        await session.flush()
    ((hold, held),) = await queries.list_holds(session, cast.town_id)
    assert held.id == paris.id
    again = await plan_run(session, cast.town_id, actor(cast), draft(cast))
    troubled = await queries.list_copies(session, cast.town_id, again.id, with_trouble=True)
    assert [copy.trouble for copy, _ in troubled] == [Trouble.RETURNED]
    paris.address_street = "6 rue Neuve"
    await session.flush()
    assert await queries.list_holds(session, cast.town_id) == []
    third = await plan_run(session, cast.town_id, actor(cast), draft(cast))
    assert await queries.list_copies(session, cast.town_id, third.id, with_trouble=True) == []
    await stepping.lift_hold(session, cast.town_id, hold.id)
    with pytest.raises(Conflict):
        await stepping.lift_hold(session, cast.town_id, hold.id)
    with pytest.raises(NotFound):
        await stepping.lift_hold(session, cast.neighbour_id, hold.id)


async def test_who_is_erased_leaves_a_number_behind(session: WriteSession, cast: Cast) -> None:
    run, paris = await planned(session, cast)
    run_id = run.id
    await stepping.note_returns(session, cast.town_id, actor(cast), run_id, [3])
    await session.flush()
    await session.delete(paris)
    await session.flush()
    session.expire_all()
    copies = await queries.list_copies(session, cast.town_id, run_id)
    assert [(copy.number, one is None) for copy, one in copies] == [(1, False), (2, False), (3, True)]
    assert await queries.list_holds(session, cast.town_id) == []
