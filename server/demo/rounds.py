"""The boards of the demonstration: each Monday what is new is planned, the round is walked, its sheet keyed in."""

from datetime import date, datetime, time, timedelta

from server.boards import service
from server.boards.kinds import Outcome, SheetFormat
from server.boards.queries import list_boards
from server.boards.queries.postings import list_of_notice
from server.boards.queries.presets import list_presets
from server.boards.queries.rounds import read_sheet
from server.boards.schemas import PostingPlan, ReturnDraft, StopAnswer
from server.core import clock
from server.core.clock import PARIS
from server.core.database import WriteSession
from server.demo.stage import Stage
from server.notices.models import Publication
from server.notices.queries import current_notices

_INITIALS = "T. G."
_BETWEEN_BOARDS = timedelta(minutes=9)


def mondays_of_rounds(today: date, weeks: int) -> list[date]:
    """The Mondays before this week's, the earliest first."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in range(weeks, 0, -1)]


async def walk_round(stage: Stage, day: date, *, torn: bool = False) -> None:
    """One Monday: planned in the morning, walked before noon, keyed in after lunch."""
    async with stage.database.writing() as session:
        with clock.frozen(_at(day, time(8, 20))):
            await plan_what_is_new(session, stage)
            made = await service.make_round(session, stage.town_id, stage.poster, day)
        with clock.frozen(_at(day, time(14, 5))):
            stops = await read_sheet(session, stage.town_id, made.id)
            left = _at(day, time(9, 10))
            hours = {stop.board.id: (left + at * _BETWEEN_BOARDS).time() for at, stop in enumerate(stops)}
            kept = [one.line.number for stop in stops for one in stop.lines if one.line.action == "keep"]
            draft = ReturnDraft(
                walked_on=day,
                initials=_INITIALS,
                stops={board_id: StopAnswer(time=hour) for board_id, hour in hours.items()},
                lines={kept[-1]: Outcome.TORN} if torn and kept else {},
            )
            await service.key_return(session, stage.town_id, stage.counter, made.id, draft)


async def prepare_round(stage: Stage, today: date) -> None:
    """The round that is to be walked next, its sheet ready to print."""
    next_monday = today + timedelta(days=-today.weekday() % 7)
    async with stage.database.writing() as session:
        await plan_what_is_new(session, stage)
        await service.make_round(session, stage.town_id, stage.poster, next_monday)


async def plan_what_is_new(session: WriteSession, stage: Stage) -> None:
    """Each notice that is public and on no board yet, as the preset of its kind says."""
    presets = await list_presets(session, stage.town_id)
    for public in await current_notices(session, stage.town_id):
        sheets = await list_of_notice(session, stage.town_id, public.notice_id)
        preset = service.preset_for(presets, public.kind)
        plan = await service.propose_plan(session, stage.town_id, public, preset, clock.today())
        if not sheets and plan["board_ids"]:
            await _plan(session, stage, public, plan)


async def _plan(session: WriteSession, stage: Stage, public: Publication, plan: dict[str, object]) -> None:
    rooms = {board.id: board for board in await list_boards(session, stage.town_id)}
    ids = [int(str(one)) for one in plan["board_ids"]]  # type: ignore[attr-defined]  # a list of ids
    large = [one for one in ids if getattr(rooms[one], f"room_{plan['format']}")]
    for size, where in ((plan["format"], large), (SheetFormat.A4, [one for one in ids if one not in large])):
        if where:
            asked = PostingPlan.model_validate({**plan, "format": size, "board_ids": where})
            await service.plan_postings(session, stage.town_id, stage.editor, public.notice_id, asked, {})


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS)
