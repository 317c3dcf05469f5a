"""The poster of an urgent notice follows its messages: another sheet in place of the one that hangs, then none."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.boards.plan import read_plan
from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.notices.models import Notice
from server.urgent.models import MessageType
from tests.boards.hanging import board, hang, key_in, make_round, to_do
from tests.cast import Cast
from tests.urgent.alarms import follow, send, written

pytestmark = pytest.mark.usefixtures("monday")


async def test_an_update_replaces_what_hangs_for_as_long_as_it_holds_and_the_all_clear_takes_it_down(
    database: Database, secrets: Secrets, cast: Cast
) -> None:
    until, later = (clock.now() + timedelta(days=days) for days in (1, 3))
    first = await send(database, secrets, cast, await written(database, cast, until_at=until))
    async with database.writing() as session:
        notice = (await session.scalars(select(Notice))).one()
        sheets = [
            await hang(session, cast, notice, await board(session, cast, name), clock.today(), clock.day_of(until))
            for name in ("Mairie", "École")
        ]
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
