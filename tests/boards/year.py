"""Weeks at the boards, played: notices are planned, agents walk, sheets get lost, the counter keys in; and what must be true
is looked at on every round. `tests/boards/test_year.py` plays a season, `bench/boards.py` a year of sixty boards.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from server.boards import service
from server.boards.calendar import days_shown
from server.boards.evidence import Span, read_register
from server.boards.kinds import BoardKind, CertificateKind, LineAction, Outcome, PostingState, RegisterKind, SheetFormat
from server.boards.models import Board, BoardRound, Certificate, Posting, RegisterEntry
from server.boards.plan import read_plan
from server.boards.proof import prove
from server.boards.queries.postings import statements_of
from server.boards.queries.rounds import read_sheet
from server.boards.schemas import PostingPlan, ReturnDraft
from server.boards.service.planning import plan_postings
from server.core import clock
from server.core.clock import PARIS
from server.core.database import Database, WriteSession
from server.core.errors import Invalid
from server.notices.models import Notice, NoticeState, Publication
from tests.cast import Cast

LOST = 0.05
ACT_DAYS = 61
FIRST_MONDAY = date(2026, 11, 23)
HOLIDAYS = {date(2027, 3, 29), date(2027, 5, 17), date(2027, 11, 1)}  # the round is on the Tuesday
NOT_WALKED = {date(2026, 12, 28), date(2027, 8, 16)}
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scale:
    """How much is played. Acts hang on legal boards only, the other notices on the others."""

    boards: int
    legal_boards: int
    notices_a_week: int
    acts_a_week: int
    weeks: int
    certificates: int


@dataclass
class World:
    """What is true at the boards, whatever anybody writes down."""

    chance: random.Random = field(default_factory=lambda: random.Random(20261123))
    hanging: set[int] = field(default_factory=set)
    seen: dict[int, list[tuple[date, bool]]] = field(default_factory=lambda: defaultdict(list))
    """By posting: each day somebody looked, and whether the sheet was there when they left."""
    taken: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))

    def lose_some(self) -> None:
        self.hanging -= {one for one in sorted(self.hanging) if self.chance.random() < LOST}

    def counted(self, posting_id: int, first: date, last: date) -> int:
        """By hand: days on which it was there, or between two days on which it was."""
        days = set()
        before: date | None = None
        for day, was_there in self.seen[posting_id]:
            if was_there:
                days |= {before + at * _A_DAY for at in range((day - before).days)} if before else set()
                days.add(day)
            before = day if was_there else None
        for day in self.taken[posting_id]:
            seen_before = [on for on, was_there in self.seen[posting_id] if was_there and on < day]
            days |= (
                {seen_before[-1] + at * _A_DAY for at in range((day - seen_before[-1]).days)} if seen_before else set()
            )
        return len({day for day in days if first <= day <= last})


async def play(database: Database, cast: Cast, scale: Scale) -> None:
    """Raises AssertionError at the first thing that is not as it must be."""
    world = World()
    with clock.frozen(at(FIRST_MONDAY, 8)):
        async with database.writing() as session:
            boards = await put_up_boards(session, cast, world, scale)
    cut_short: set[int] = set()
    for week in range(scale.weeks):
        monday = FIRST_MONDAY + timedelta(weeks=week)
        day = monday + _A_DAY if monday in HOLIDAYS else monday
        with clock.frozen(at(day, 8)):
            async with database.writing() as session:
                await publish_and_plan(session, cast, world, boards, week, day, scale)
                made = await service.make_round(session, cast.town_id, cast.actor("Paul"), day)
                if monday in NOT_WALKED:
                    await service.drop_round(session, cast.town_id, made.id)
                    continue
                cut_short |= await agrees_before(session, cast, made, day)
        world.lose_some()
        with clock.frozen(at(day, 15)):
            async with database.writing() as session:
                await walk(session, cast, world, made, week)
                await agrees_after(session, cast, world, boards, day)
    with clock.frozen(at(FIRST_MONDAY + timedelta(weeks=scale.weeks), 8)):
        async with database.writing() as session:
            await certificates_count_by_hand(session, cast, world, scale.certificates)
            await every_required_day_was_had_or_is_said(session, cast, cut_short, scale)


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), PARIS)


async def put_up_boards(session: WriteSession, cast: Cast, world: World, scale: Scale) -> list[Board]:
    boards = [
        Board(
            municipality_id=cast.town_id,
            name=f"Panneau {number:02}",
            kind=BoardKind.LEGAL if number < scale.legal_boards else BoardKind.MUNICIPAL,
            position=number,
            room_a4=world.chance.randint(3, 6),
            room_a3=world.chance.randint(0, 2),
            created_at=clock.now(),
        )
        for number in range(scale.boards)
    ]
    session.add_all(boards)
    await session.flush()
    return boards


async def publish_and_plan(
    session: WriteSession, cast: Cast, world: World, boards: list[Board], week: int, day: date, scale: Scale
) -> None:
    """The notices of a week: acts for two months on legal boards, the others for some weeks on some boards."""
    first_number = week * scale.notices_a_week
    numbers = [f"2026-{first_number + rank:04}" for rank in range(scale.notices_a_week)]
    notices = await publish(session, cast, numbers)
    for rank, notice_id in enumerate(notices):
        is_act = rank < scale.acts_a_week
        where = [board for board in boards if (board.kind is BoardKind.LEGAL) is is_act]
        size = SheetFormat.A3 if not is_act and world.chance.random() < 0.2 else SheetFormat.A4
        chosen = world.chance.sample(where, 2 if is_act else 4)
        first = day + timedelta(days=world.chance.choice([0, 0, 0, 3, 7]))
        days = ACT_DAYS if is_act else world.chance.choice([7, 14, 21, 28])
        plan = PostingPlan(
            board_ids=[board.id for board in chosen],
            first_on=first,
            last_on=first + timedelta(days=days - 1),
            format=size,
            is_required=is_act,
        )
        sheets = 2 if is_act and world.chance.random() < 0.3 else 1
        await plan_postings(session, cast.town_id, cast.actor("Bob"), notice_id, plan, {size: sheets})


async def publish(session: WriteSession, cast: Cast, numbers: list[str]) -> list[int]:
    """Notices that residents read: straight into the tables."""
    by, now = cast.account_ids["Paula"], clock.now()
    common: list[dict[str, Any]] = [
        {"municipality_id": cast.town_id, "number": number, "uid": f"uid-{number}", "title": f"Avis {number}"}
        for number in numbers
    ]
    moments: dict[str, Any] = {"created_at": now, "updated_at": now, "published_at": now}
    notices = [Notice(**one, **moments, state=NoticeState.PUBLISHED, created_by_id=by) for one in common]
    session.add_all(notices)
    await session.flush()
    text: dict[str, Any] = {
        "revision": 1,
        "content": {},
        "content_hash": "0" * 64,
        "kind": "official_act",
        "language": "fr",
        "summary": "",
    }
    posted: dict[str, Any] = {"first_published_at": now, "published_at": now, "published_by_id": by}
    session.add_all(
        Publication(**one, **text, **posted, notice_id=notice.id) for one, notice in zip(common, notices, strict=True)
    )
    return [notice.id for notice in notices]


async def agrees_before(session: WriteSession, cast: Cast, made: BoardRound, day: date) -> set[int]:
    """The sheet asks for what the calendar shows; whatever is required and taken down too early is a misfit, said."""
    plan = await read_plan(session, cast.town_id, day)
    stops = await read_sheet(session, cast.town_id, made.id)
    lines = {one.line.posting_id: one.line.action for stop in stops for one in stop.lines}
    assert lines == plan.to_do()
    on_the_calendar = {key for key, days in plan.schedule.grants.items() if days.first <= day <= days.last}
    assert {key for key, action in lines.items() if action is not LineAction.REMOVE} == on_the_calendar
    told = {one.claim.key for one in plan.schedule.misfits}
    early = {
        key
        for key, action in lines.items()
        if action is LineAction.REMOVE
        and plan.sheets[key].posting.is_required
        and _falls_short(plan.sheets[key].posting, day)
    }
    assert early <= told, "nothing required is taken down before its time without being said"
    return told


def _falls_short(posting: Posting, day: date) -> bool:
    since = (day - posting.seen_on).days - 1 if posting.seen_on else 0
    return posting.days_hung + since < posting.days


async def walk(session: WriteSession, cast: Cast, world: World, made: BoardRound, week: int) -> None:
    """One of two agents does what the sheet says and ticks what is true; the counter keys it in."""
    outcomes: dict[int, Outcome] = {}
    day = made.on_day
    for stop in await read_sheet(session, cast.town_id, made.id):
        for one in stop.lines:
            key, was_there = one.line.posting_id, one.line.posting_id in world.hanging
            if one.line.action is LineAction.POST:
                world.hanging.add(key)
                world.seen[key].append((day, True))
            elif not was_there:
                outcomes[one.line.number] = Outcome.MISSING
                world.seen[key].append((day, False))
            elif one.line.action is LineAction.KEEP:
                world.seen[key].append((day, True))
            else:
                world.hanging.discard(key)
                world.taken[key].append(day)
                world.seen[key].append((day, False))
    draft = ReturnDraft(walked_on=day, initials="P. D." if week % 2 else "M. L.", lines=outcomes)
    await service.key_return(session, cast.town_id, cast.actor("Denise"), made.id, draft)


async def agrees_after(session: WriteSession, cast: Cast, world: World, boards: list[Board], day: date) -> None:
    """What hangs by the register is what hangs; the calendar shows it; and no board holds more than it can."""
    mine = select(Posting).where(col(Posting.municipality_id) == cast.town_id)
    postings = {one.id: one for one in await session.scalars(mine.execution_options(populate_existing=True))}
    by_register = {key for key, one in postings.items() if one.state is PostingState.HANGING}
    assert by_register == world.hanging
    plan = await read_plan(session, cast.town_id, day)
    said = await statements_of(session, cast.town_id, by_register)
    for key in by_register:
        shown = days_shown(plan, read_register(said[key]), key)
        assert any(span.first <= day <= span.last for span in shown)
    taken: dict[tuple[int, SheetFormat], int] = defaultdict(int)
    for key in world.hanging:
        taken[postings[key].board_id, postings[key].format] += postings[key].sheets
    for board in boards:
        assert taken[board.id, SheetFormat.A4] <= board.room_a4
        assert taken[board.id, SheetFormat.A3] <= board.room_a3


async def certificates_count_by_hand(session: WriteSession, cast: Cast, world: World, count: int) -> None:
    """Each posting that ever hung, certified for all its days and for some of them."""
    found = list(await session.scalars(select(Posting).where(col(Posting.hung_on).is_not(None))))
    for posting in world.chance.sample(found, count):
        assert posting.hung_on is not None
        assert posting.seen_on is not None
        for first, last in ((posting.hung_on, posting.seen_on), (posting.hung_on + _A_DAY, posting.seen_on - _A_DAY)):
            by_hand = world.counted(posting.id, first, last)
            asked = Certificate(
                kind=CertificateKind.DISPLAY,
                notice_id=posting.notice_id,
                board_ids=[posting.board_id],
                first_on=first,
                last_on=last,
            )
            if by_hand:
                proof = await prove(session, cast.town_id, asked)
                gaps = sum(gap.days for _board, gap in proof.gaps())
                assert proof.days == by_hand
                assert gaps == Span(first, last).days - by_hand, "gaps are printed as gaps"
            elif first <= last:
                with pytest.raises(Invalid):
                    await prove(session, cast.town_id, asked)


async def every_required_day_was_had_or_is_said(
    session: WriteSession, cast: Cast, told: set[int], scale: Scale
) -> None:
    """Acts whose two months are long over had their days, or somebody was told on a round's morning."""
    weeks_over = scale.weeks - 12
    over = FIRST_MONDAY + timedelta(weeks=weeks_over)
    required = list(
        await session.scalars(select(Posting).where(col(Posting.is_required), col(Posting.first_on) < over))
    )
    assert len(required) > weeks_over * scale.acts_a_week, "each act is planned on two boards"
    short = {one.id for one in required if one.days_hung < one.days and one.state is not PostingState.HANGING}
    plan = await read_plan(session, cast.town_id, clock.today())
    assert short <= told | set(plan.claims)
    kinds = set(await session.scalars(select(RegisterEntry.kind).distinct()))
    assert kinds >= {RegisterKind.POSTED, RegisterKind.FOUND, RegisterKind.MISSING, RegisterKind.REMOVED}
