"""The boards of the demonstration: each Monday what is new is planned, the round is walked, its sheet keyed in."""

from datetime import date, datetime, time, timedelta

from server.boards import service
from server.boards.kinds import Outcome, SheetFormat
from server.boards.posters import count_sheets
from server.boards.queries import list_boards
from server.boards.queries.postings import list_live, list_of_notice
from server.boards.queries.presets import list_presets
from server.boards.queries.rounds import read_sheet
from server.boards.schemas import CertificateWish, PostingPlan, ReturnDraft, StopAnswer
from server.core import clock
from server.core.clock import PARIS
from server.core.database import WriteSession
from server.demo.stage import Stage
from server.notices.models import NoticeKind, Publication
from server.notices.queries import current_notices

_INITIALS = "T. G."
_BETWEEN_BOARDS = timedelta(minutes=9)
_SMALL = 3  # sheets of A4: what closes a road or empties bins hangs there, the rest does not
_FOR_SMALL = {NoticeKind.WORKS, NoticeKind.ENVIRONMENT}


def mondays_of_rounds(today: date, weeks: int) -> list[date]:
    """The last Mondays before today, the earliest first."""
    last = today - timedelta(days=today.weekday() or 7)
    return [last - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]


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


async def certify(stage: Stage) -> None:
    """For the act that has hung the longest the mayor signed a certificate; another is asked for."""
    async with stage.database.writing() as session:
        live = await list_live(session, stage.town_id, clock.today())
        acts = [one.posting for one in live if one.posting.is_required and one.posting.hung_on]
        asked = []
        for posting in sorted(acts, key=lambda one: -one.days_hung)[:2]:
            wish = CertificateWish(
                board_ids=[posting.board_id],
                first_on=posting.hung_on or clock.today(),
                last_on=posting.seen_on or clock.today(),
            )
            actor = stage.poster
            asked.append(await service.ask_certificate(session, stage.town_id, actor, posting.notice_id, wish))
    if asked:
        await service.issue_certificate(
            stage.database, stage.files, stage.town_id, stage.publisher, asked[0].id, f"{stage.url}/acts"
        )


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
    ids = [one for one in ids if public.kind in _FOR_SMALL or rooms[one].room_a4 > _SMALL]
    large = [one for one in ids if getattr(rooms[one], f"room_{plan['format']}")]
    for size, where in ((plan["format"], large), (SheetFormat.A4, [one for one in ids if one not in large])):
        if where:
            asked = PostingPlan.model_validate({**plan, "format": size, "board_ids": where})
            sheets = 1
            if public.kind is NoticeKind.OFFICIAL_ACT:  # the others are cut to one sheet
                sheets = await count_sheets(session, stage.files, stage.town_id, public.notice_id, asked.format)
            await service.plan_postings(
                session, stage.town_id, stage.editor, public.notice_id, asked, {asked.format: sheets}
            )


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS)
