"""From a plan to a sheet of paper and back: rounds, returns, the register, and everything that may go wrong between."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.boards import service
from server.boards.kinds import PostingState, RegisterKind
from server.boards.models import Posting
from server.boards.plan import read_plan
from server.boards.queries.postings import get_sheet, read_register
from server.boards.queries.rounds import get_round, list_returns, read_sheet
from server.boards.schemas import PostingDays, Said
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid
from server.notices.service import withdraw_notice
from tests.boards.hanging import board, hang, key_in, make_round, notice, publish_again, to_do
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("monday")

MONDAY = date(2026, 11, 23)
WEEK = timedelta(days=7)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


async def state_of(session: WriteSession, cast: Cast, posting: Posting) -> tuple[PostingState, int]:
    now = (await get_sheet(session, cast.town_id, posting.id)).posting
    return now.state, now.days_hung


async def test_a_sheet_is_put_up_left_and_taken_down(session: WriteSession, cast: Cast) -> None:
    posting = await hang(session, cast, await notice(session, cast), await board(session, cast), MONDAY, MONDAY + WEEK)
    said = []
    for week in range(3):
        with clock.frozen(at(MONDAY + week * WEEK)):
            made = await make_round(session, cast)
            said.append(await to_do(session, cast, made))
            await key_in(session, cast, made)
    assert said == [[("post", posting.id)], [("keep", posting.id)], [("remove", posting.id)]]
    assert await state_of(session, cast, posting) == (PostingState.DOWN, 14)
    told = [line.entry.kind for line in await read_register(session, cast.town_id)]
    assert told == [RegisterKind.REMOVED, RegisterKind.FOUND, RegisterKind.POSTED, RegisterKind.PLANNED]


async def test_weeks_ahead_a_sheet_reckons_with_the_rounds_before_it(session: WriteSession, cast: Cast) -> None:
    posting = await hang(session, cast, await notice(session, cast), await board(session, cast), MONDAY, MONDAY + WEEK)
    rounds = [await make_round(session, cast, MONDAY + week * WEEK) for week in range(3)]
    assert [await to_do(session, cast, made) for made in rounds] == [
        [("post", posting.id)],
        [("keep", posting.id)],
        [("remove", posting.id)],
    ]


async def test_a_changed_text_goes_up_in_place_of_the_one_that_hangs(session: WriteSession, cast: Cast) -> None:
    """The round made before says so, the next one replaces the sheet once, and the days go on."""
    what = await notice(session, cast)
    posting = await hang(session, cast, what, await board(session, cast), MONDAY, MONDAY + 4 * WEEK)
    await key_in(session, cast, await make_round(session, cast))
    said = []
    for week in (1, 2, 3):
        with clock.frozen(at(MONDAY + week * WEEK)):
            made = await make_round(session, cast)
            if week == 1:
                assert not await service.is_outdated(session, cast.town_id, made)
                await publish_again(session, cast, what, body="L’eau sera coupée mercredi, et non mardi.")
                assert await service.is_outdated(session, cast.town_id, made)
                assert (await get_sheet(session, cast.town_id, posting.id)).is_outdated
                made = await service.remake_round(session, cast.town_id, cast.actor("Paul"), made.id)
            (stop,) = await read_sheet(session, cast.town_id, made.id)
            said += [(one.line.action.value, one.is_replacement) for one in stop.lines]
            if week == 2:
                await publish_again(session, cast, what, body="Finalement l’eau ne sera pas coupée.")
            await key_in(session, cast, made)
    assert said == [("post", True), ("keep", False), ("post", True)]
    assert await state_of(session, cast, posting) == (PostingState.HANGING, 22)
    assert not (await get_sheet(session, cast.town_id, posting.id)).is_outdated


async def test_what_is_torn_or_missing_is_put_up_again_and_the_law_gets_its_days(
    session: WriteSession, cast: Cast
) -> None:
    where = await board(session, cast)
    act, other = await notice(session, cast), await notice(session, cast, "Marché")
    required = await hang(session, cast, act, where, MONDAY, MONDAY + WEEK, is_required=True)
    ordinary = await hang(session, cast, other, where, MONDAY, MONDAY + WEEK)
    await key_in(session, cast, await make_round(session, cast))
    with clock.frozen(at(MONDAY + WEEK)):
        keyed = await key_in(session, cast, await make_round(session, cast), lines={1: "missing", 2: "torn"})
        assert keyed.lost == 2
        assert await state_of(session, cast, required) == (PostingState.LOST, 1)
    with clock.frozen(at(MONDAY + 2 * WEEK)):
        plan = await read_plan(session, cast.town_id, clock.today())
        assert plan.schedule.grants[required.id].days == 7, "eight days were asked for, one is proved"
        assert ordinary.id not in plan.claims, "its days are over"
        assert await to_do(session, cast, await make_round(session, cast)) == [("post", required.id)]


async def test_a_withdrawn_notice_comes_down_at_once(session: WriteSession, cast: Cast) -> None:
    where, what = await board(session, cast), await notice(session, cast)
    posting = await hang(session, cast, what, where, MONDAY, MONDAY + 9 * WEEK, is_required=True)
    await key_in(session, cast, await make_round(session, cast))
    ahead = await make_round(session, cast, MONDAY + WEEK)
    await withdraw_notice(session, cast.town_id, cast.actor("Paula"), what.id, "erreur")
    plan = await read_plan(session, cast.town_id, MONDAY)
    assert plan.to_do() == {posting.id: "remove"}
    assert await service.is_outdated(session, cast.town_id, ahead), "the sheet made for next week says otherwise"
    again = await service.remake_round(session, cast.town_id, cast.actor("Paul"), ahead.id)
    assert await to_do(session, cast, again) == [("remove", posting.id)]
    with pytest.raises(Conflict):
        await service.remake_round(session, cast.town_id, cast.actor("Paul"), ahead.id)


async def test_two_people_key_one_sheet_in_and_both_are_kept(session: WriteSession, cast: Cast) -> None:
    posting = await hang(session, cast, await notice(session, cast), await board(session, cast), MONDAY, MONDAY + WEEK)
    made = await make_round(session, cast)
    first = await key_in(session, cast, made)
    second = await key_in(session, cast, made, "Bob", lines={1: "not_done"})
    assert (first.is_aside, second.is_aside) == (False, True)
    assert await state_of(session, cast, posting) == (PostingState.HANGING, 1)
    await key_in(session, cast, made, "Bob", lines={1: "not_done"}, seen=1)
    assert await state_of(session, cast, posting) == (PostingState.PLANNED, 0), "corrected on purpose"
    returns = await list_returns(session, cast.town_id, made.id)
    assert [(one.by, one.keyed.counts) for one in returns] == [("Bob", True), ("Bob", False), ("Denise", False)]
    register = await read_register(session, cast.town_id)
    assert [(line.entry.kind.value, line.counts) for line in register] == [("posted", False), ("planned", True)]


async def test_a_sheet_of_last_month_counts_for_its_own_day_only(session: WriteSession, cast: Cast) -> None:
    posting = await hang(
        session, cast, await notice(session, cast), await board(session, cast), MONDAY, MONDAY + 9 * WEEK
    )
    await key_in(session, cast, await make_round(session, cast))
    with clock.frozen(at(MONDAY + WEEK)):
        forgotten = await make_round(session, cast)
    with clock.frozen(at(MONDAY + 4 * WEEK)):
        await key_in(session, cast, await make_round(session, cast))
        (warning,) = await service.warnings_of(
            session, cast.town_id, await get_round(session, cast.town_id, forgotten.id)
        )
        assert "2026-03" in str(warning)
        await key_in(session, cast, forgotten, lines={1: "missing"})
    assert await state_of(session, cast, posting) == (PostingState.HANGING, 2), (
        "gone a week later, seen again at the end"
    )


async def test_a_board_nobody_reached_says_nothing(session: WriteSession, cast: Cast) -> None:
    near, far = await board(session, cast, "Mairie"), await board(session, cast, "Gare")
    what = await notice(session, cast)
    seen = await hang(session, cast, what, near, MONDAY, MONDAY + WEEK)
    not_seen = await hang(session, cast, what, far, MONDAY, MONDAY + WEEK)
    stops = {far.id: {"is_visited": False, "remark": "barrière fermée"}, near.id: {"time": "9 h 40", "initials": "M."}}
    await key_in(session, cast, await make_round(session, cast), stops=stops)
    assert (await state_of(session, cast, seen))[0] is PostingState.HANGING
    assert (await state_of(session, cast, not_seen))[0] is PostingState.PLANNED
    (posted,) = [
        line.entry for line in await read_register(session, cast.town_id, board_id=near.id) if line.entry.return_id
    ]
    assert (posted.said_by, posted.at.isoformat()) == ("M.", "2026-11-23T08:30:00+00:00"), "never later than now"


async def test_what_cannot_be_is_refused_in_a_sentence(session: WriteSession, cast: Cast) -> None:
    where, what = await board(session, cast), await notice(session, cast)
    posting = await hang(session, cast, what, where, MONDAY, MONDAY + WEEK, is_required=True)
    bob, paul, town = cast.actor("Bob"), cast.actor("Paul"), cast.town_id
    days = {"first_on": MONDAY, "last_on": MONDAY + timedelta(days=1)}
    made = await make_round(session, cast)
    for field, attempt in [
        ("board_ids", hang(session, cast, what, where, MONDAY + WEEK, MONDAY + 2 * WEEK)),
        ("last_on", hang(session, cast, what, where, MONDAY - WEEK, MONDAY - timedelta(days=1))),
        ("reason", service.change_days(session, town, bob, posting.id, PostingDays(**days))),
        ("reason", service.end_posting(session, town, bob, posting.id, " ")),
        ("on_day", make_round(session, cast)),
        ("on_day", make_round(session, cast, MONDAY - WEEK)),
        ("walked_on", key_in(session, cast, made, walked_on=MONDAY + WEEK)),
        ("walked_on", key_in(session, cast, made, walked_on=MONDAY - WEEK)),
        ("line-9", key_in(session, cast, made, lines={9: "torn"})),
        ("line-1", key_in(session, cast, made, lines={1: "torn"})),
    ]:
        with pytest.raises(Invalid) as refused:
            await attempt
        assert list(refused.value.fields) == [field]
    draft = await notice(session, cast, "Retirée")
    await withdraw_notice(session, town, cast.actor("Paula"), draft.id)
    with pytest.raises(Conflict):
        await hang(session, cast, draft, where, MONDAY, MONDAY)
    said = Said(kind=RegisterKind.FOUND, on=MONDAY + WEEK, said_by="P.")
    with pytest.raises(Invalid):
        await service.note_what_was_seen(session, town, paul, posting.id, said)


async def test_a_board_that_is_removed_takes_its_sheets_with_it(session: WriteSession, cast: Cast) -> None:
    where = await board(session, cast)
    hanging = await hang(session, cast, await notice(session, cast), where, MONDAY, MONDAY + WEEK)
    await key_in(session, cast, await make_round(session, cast))
    planned = await hang(session, cast, await notice(session, cast, "Marché"), where, MONDAY + WEEK, MONDAY + 2 * WEEK)
    await service.remove_board(session, cast.town_id, cast.actor("Bob"), where.id)
    assert (await state_of(session, cast, hanging))[0] is PostingState.DOWN
    assert not (await get_sheet(session, cast.town_id, planned.id)).is_wanted
    assert (await read_plan(session, cast.town_id, MONDAY)).to_do() == {}


async def test_put_up_at_once_is_noted_without_a_round(session: WriteSession, cast: Cast) -> None:
    posting = await hang(session, cast, await notice(session, cast), await board(session, cast), MONDAY, MONDAY + WEEK)
    said = Said.model_validate({"kind": "posted", "on": "23/11/2026", "time": "9h10", "said_by": "P. D."})
    await service.note_what_was_seen(session, cast.town_id, cast.actor("Paul"), posting.id, said)
    assert (await state_of(session, cast, posting))[0] is PostingState.HANGING
    assert await to_do(session, cast, await make_round(session, cast)) == [("keep", posting.id)]
