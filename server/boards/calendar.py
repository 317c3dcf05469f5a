"""The calendar of a board: week by week, what hung by the register, what hangs, and what will by the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.boards.evidence import Display, Span, read_register
from server.boards.kinds import SheetFormat
from server.boards.models import Board
from server.boards.plan import Plan, spaces_of
from server.boards.queries.postings import PostedSheet, list_of_board, statements_of
from server.core.database import ReadSession

_A_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class CalendarRow:
    """A sheet, and in each week whether it "hung", "hangs", is "planned", is "missing" though it should, or none of it."""

    sheet: PostedSheet
    weeks: Sequence[str]
    granted: Span | None


@dataclass(frozen=True)
class Taken:
    """How many sheets of a format hang at most in each week, of how many that fit."""

    format: SheetFormat
    room: int
    most: Sequence[int]


@dataclass(frozen=True)
class Calendar:
    weeks: Sequence[Span]
    rows: Sequence[CalendarRow]
    taken: Sequence[Taken]


def days_shown(plan: Plan, display: Display, key: int) -> tuple[Span, ...]:
    """On which days a sheet hangs: until the plan's day as the register proves, from then on as granted."""
    past = [part for span in display.spans if (part := span.within(Span(date.min, plan.day - _A_DAY))) is not None]
    granted = plan.schedule.grants.get(key)
    if display.is_hanging and past:
        # seen at the last round, and nobody has said since that it is gone
        past[-1] = Span(past[-1].first, plan.day - _A_DAY)
    return (*past, *([granted] if granted else []))


async def read_calendar(
    session: ReadSession, municipality_id: int, board: Board, plan: Plan, *, before: int = 2, after: int = 8
) -> Calendar:
    """Some weeks before the plan's day, and some after."""
    monday = plan.day - timedelta(days=plan.day.weekday())
    weeks = [Span(monday + at * _WEEK, monday + at * _WEEK + 6 * _A_DAY) for at in range(-before, after)]
    sheets = await list_of_board(session, municipality_id, board.id)
    recent = [one for one in sheets if one.posting.id in plan.sheets or _was_there(one, weeks[0].first)]
    said = await statements_of(session, municipality_id, [one.posting.id for one in recent])
    shown = {one.posting.id: days_shown(plan, read_register(said[one.posting.id]), one.posting.id) for one in recent}
    rows = [
        CalendarRow(
            one,
            [_mark(one, shown[one.posting.id], week, plan) for week in weeks],
            plan.schedule.grants.get(one.posting.id),
        )
        for one in recent
    ]
    (space,) = spaces_of([board])
    taken = [
        Taken(size, room, [_most(recent, shown, size, week) for week in weeks])
        for size, room in space.room.items()
        if room
    ]
    return Calendar(weeks, rows, taken)


def _was_there(sheet: PostedSheet, since: date) -> bool:
    return sheet.posting.seen_on is not None and sheet.posting.seen_on >= since


def _mark(sheet: PostedSheet, shown: Sequence[Span], week: Span, plan: Plan) -> str:
    if any(span.within(week) for span in shown):
        is_past, is_to_come = week.last < plan.day, week.first > plan.day
        return "hung" if is_past else "planned" if is_to_come else "hangs"
    asked = Span(sheet.posting.first_on, sheet.posting.last_on).within(week)
    is_missing = asked and sheet.is_wanted and asked.last >= plan.day
    return "missing" if is_missing else ""


def _most(sheets: Sequence[PostedSheet], shown: dict[int, tuple[Span, ...]], size: SheetFormat, week: Span) -> int:
    days = [week.first + at * _A_DAY for at in range(week.days)]
    return max(
        sum(
            one.posting.sheets
            for one in sheets
            if one.posting.format is size and any(span.first <= day <= span.last for span in shown[one.posting.id])
        )
        for day in days
    )
