"""The poster of an urgent notice follows its messages: another sheet in place of the one that hangs, then none."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.boards.kinds import BoardKind
from server.boards.models import Posting
from server.boards.plan import Plan, read_plan
from server.boards.schemas import LONGEST
from server.boards.service import end_posting
from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.urgent import posters
from server.urgent.models import MessageType
from tests.boards.hanging import board, hang, key_in, make_round, notice, to_do
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.urgent.alarms import follow, send, written

pytestmark = pytest.mark.usefixtures("monday")


async def test_an_update_replaces_what_hangs_for_as_long_as_it_holds_and_the_all_clear_takes_it_down(
    database: Database, secrets: Secrets, cast: Cast
) -> None:
    until, later = (clock.now() + timedelta(days=days) for days in (1, 3))
    async with database.writing() as session:
        for name in ("Mairie", "École"):
            await board(session, cast, name)
    first = await send(database, secrets, cast, await written(database, cast, until_at=until))
    async with database.writing() as session:
        sheets = list(await session.scalars(select(Posting).order_by(col(Posting.board_id))))
        await key_in(session, cast, await make_round(session, cast))
    async with database.reading() as session:
        assert set((await read_plan(session, cast.town_id, clock.today())).to_do().values()) == {"keep"}
    update = await follow(database, cast, first, MessageType.UPDATE, what="L’eau revient jeudi.", until_at=later)
    update = await send(database, secrets, cast, update)
    async with database.writing() as session:
        made = await make_round(session, cast)
        assert await to_do(session, cast, made) == [("post", sheet.id) for sheet in sheets]
        await key_in(session, cast, made)
    async with database.reading() as session:
        plan = await read_plan(session, cast.town_id, clock.day_of(later))
        assert set(plan.to_do().values()) == {"keep"}, "it hangs until the hour the update names"
    await send(database, secrets, cast, await follow(database, cast, update, MessageType.CANCEL))
    async with database.reading() as session:
        plan = await read_plan(session, cast.town_id, clock.today())
        assert set(plan.to_do().values()) == {"remove"}


async def test_one_that_holds_for_longer_than_a_sheet_may_hang_leaves_all_the_same(
    database: Database, secrets: Secrets, cast: Cast
) -> None:
    async with database.writing() as session:
        await board(session, cast, "Mairie")
    until = clock.now() + timedelta(days=5 * 365)
    first = await send(database, secrets, cast, await written(database, cast, until_at=until))
    await send(database, secrets, cast, await follow(database, cast, first, MessageType.UPDATE, until_at=until))
    async with database.reading() as session:
        assert [one.days for one in await session.scalars(select(Posting))] == [LONGEST + 1]


async def test_an_update_leaves_alone_the_board_from_which_somebody_took_it(
    database: Database, secrets: Secrets, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posters, "MOST_BOARDS", 1)  # a town of many boards is planned a part at a time
    async with database.writing() as session:
        for name in ("Mairie", "École", "Stade"):
            await board(session, cast, name)
    first = await send(database, secrets, cast, await written(database, cast))
    async with database.writing() as session:
        sheets = list(await session.scalars(select(Posting).order_by(col(Posting.board_id))))
        assert len(sheets) == 3
        await end_posting(session, cast.town_id, cast.actor("Alice"), sheets[0].id, "la porte est repeinte")
    await send(database, secrets, cast, await follow(database, cast, first, MessageType.UPDATE, what="Encore."))
    async with database.reading() as session:
        assert len(list(await session.scalars(select(Posting)))) == 3


async def test_it_is_planned_on_the_boards_of_its_area_as_it_leaves_before_what_can_wait(
    browser_of: BrowserOf, database: Database, secrets: Secrets, cast: Cast
) -> None:
    async with database.writing() as session:
        centre, other = cast.sector_ids[:2]
        near = await board(session, cast, "Mairie", place_id=centre, room_a4=0)
        tiny = await board(session, cast, "Kiosque", place_id=centre, room_a4=1)
        await board(session, cast, "Mur libre", kind=BoardKind.FREE, place_id=centre)
        await board(session, cast, "En panne", place_id=centre, closed_reason="vitre cassée")
        far = await board(session, cast, "Stade", place_id=other)
        fair = await notice(session, cast, "Fête")
        await hang(session, cast, fair, tiny, clock.today(), clock.today() + timedelta(days=30))
        await key_in(session, cast, await make_round(session, cast))
    await send(database, secrets, cast, await written(database, cast, is_exercise=True, exercise_to="a@example.org"))
    assert await _planned(database, cast) == {(tiny.id, "a4")}, "an exercise hangs nowhere"
    first = await send(database, secrets, cast, await written(database, cast, place_ids=[centre]))
    assert await _planned(database, cast) == {(tiny.id, "a4"), (near.id, "a3")}
    async with database.reading() as session:
        plan = await read_plan(session, cast.town_id, clock.today())
    doing = {(plan.sheets[key].posting.board_id, plan.sheets[key].title): one for key, one in plan.to_do().items()}
    assert doing[tiny.id, "Fête"] == "remove", "the only place goes to what cannot wait"
    assert doing[tiny.id, first_title(plan, tiny.id)] == "post"
    shown = (await (await browser_of("Paula")).get(f"/desk/urgent/{first.id}")).text
    assert all(name in shown for name in ("Mairie", "Kiosque"))
    assert "Stade" not in shown
    assert "2 posters of an urgent notice to put up now" in (await (await browser_of("Paul")).get("/desk")).text
    wider = await follow(database, cast, first, MessageType.UPDATE, place_ids=[centre, other])
    await send(database, secrets, cast, wider)
    assert await _planned(database, cast) == {(tiny.id, "a4"), (near.id, "a3"), (far.id, "a4")}


def first_title(plan: Plan, board_id: int) -> str:
    return next(one.title for one in plan.sheets.values() if one.is_urgent and one.posting.board_id == board_id)


async def _planned(database: Database, cast: Cast) -> set[tuple[int, str]]:
    async with database.reading() as session:
        return {(one.board_id, one.format.value) for one in await session.scalars(select(Posting))}
