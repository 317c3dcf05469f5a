"""A notice goes to the boards: which, how long, and what fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Editor
from server.boards import queries, service
from server.boards.kinds import BoardKind
from server.boards.models import Board
from server.boards.pages.common import MissedDays, missed_days, sector_names
from server.boards.plan import is_closed, read_plan
from server.boards.posters import count_sheets
from server.boards.queries.postings import PostedSheet, list_of_notice
from server.boards.queries.presets import list_presets
from server.boards.rhythm import Rhythm, read_rhythm
from server.boards.schemas import PostingPlan, Preset
from server.boards.words import FORMATS, KINDS, STATES
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.core.templating import format_day
from server.notices.answers import day_as_typed
from server.notices.models import Notice, Publication
from server.notices.queries import find_in_force, get_notice
from server.web.dependencies import CurrentTown, Files, Reading, database_of
from server.web.forms import RefusedForm, SentForm
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("boards"))])

_A_DAY = timedelta(days=1)
PLANNED = saying("postings-planned", sentence("Planned. The next round puts it up."))


@dataclass(frozen=True)
class _Room:
    """What the form needs to know of the town."""

    notice: Notice
    public: Publication | None
    boards: Sequence[Board]
    presets: Sequence[Preset]
    sheets: Sequence[PostedSheet]
    sectors: Mapping[int, str]
    rhythm: Rhythm


@router.get("/desk/boards/notices/{notice_id:int}", name="posting_new")
async def show_new_postings(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, notice_id: int, preset: str = ""
) -> Response:
    """The form, filled as the preset says: the one asked for, or the first for this kind of notice."""
    around = await _look_around(session, town.id, notice_id)
    chosen = next((one for one in around.presets if one.code == preset), None) or service.preset_for(
        around.presets, (around.public or around.notice).kind
    )
    values = await _proposed(session, town.id, around, chosen)
    return _form_page(request, around, values | {"preset": chosen.code})


@router.post("/desk/boards/notices/{notice_id:int}", name="posting_plan")
async def plan_postings(
    request: Request, reading: Reading, town: CurrentTown, files: Files, staff: Editor, notice_id: int, form: SentForm
) -> Response:
    """Planned at once if all of it fits; otherwise what does not is told first, and may be accepted."""
    around = await _look_around(reading, town.id, notice_id)
    values = {**form.values, "board_ids": form.texts("board_ids")}
    try:
        plan = form.parse(PostingPlan)
        sheets = await count_sheets(reading, files, town.id, notice_id, plan.format)
        if form.text("accepted") != "yes" and (missed := await _missed(reading, town.id, around, plan, sheets)):
            raise RefusedForm(_form_page(request, around, values, missed=missed))
        async with database_of(request).writing() as session:  # opened only now: measuring must not hold up writers
            await service.plan_postings(session, town.id, staff, notice_id, plan, {plan.format: sheets})
    except Invalid as refusal:
        errors = {name: str(message) for name, message in refusal.fields.items()}
        raise RefusedForm(_form_page(request, around, values, errors)) from refusal
    return redirect(request, "posting_new", notice_id=notice_id, said=PLANNED)


async def _look_around(session: ReadSession, municipality_id: int, notice_id: int) -> _Room:
    return _Room(
        await get_notice(session, municipality_id, notice_id),
        await find_in_force(session, municipality_id, notice_id),
        await queries.list_boards(session, municipality_id),
        await list_presets(session, municipality_id),
        await list_of_notice(session, municipality_id, notice_id),
        await sector_names(session, municipality_id),
        await read_rhythm(session, municipality_id),
    )


async def _proposed(session: ReadSession, municipality_id: int, around: _Room, preset: Preset) -> dict[str, Any]:
    """From the next round on, or from the first day of the notice if that comes later; by law at once."""
    if around.public is None:
        return {}
    today = clock.today()
    first = max(today, around.public.valid_from or today)
    next_round = next((day for day in around.rhythm.days if day >= first), first)
    first_on = first if preset.is_required else next_round
    return await service.propose_plan(session, municipality_id, around.public, preset, first_on)


async def _missed(
    session: ReadSession, municipality_id: int, around: _Room, plan: PostingPlan, sheets: int
) -> list[MissedDays]:
    outlook = await service.foresee(session, municipality_id, plan, sheets)
    now = await read_plan(session, municipality_id, clock.today())
    misfits = (*outlook.misfits, *outlook.pushed_out)
    return missed_days(misfits, around.boards, dict(now.sheets), around.notice.title)


def _form_page(
    request: Request,
    around: _Room,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    missed: Sequence[MissedDays] = (),
) -> HTMLResponse:
    today = clock.today()
    context = {
        "notice": around.notice,
        "is_public": around.public is not None,
        "boards": [
            (board.id, board.name, _about(board, around.sectors))
            for board in around.boards
            if not is_closed(board, today)
        ],
        "presets": around.presets,
        "preset": next((one for one in around.presets if one.code == values.get("preset")), None),
        "sheets": around.sheets,
        "names": {board.id: board.name for board in around.boards},
        "formats": [(size.value, name) for size, name in FORMATS.items()],
        "states": STATES,
        "values": values,
        "errors": errors or {},
        "missed": missed,
        "between": _between_rounds(around.rhythm, values.get("first_on"), values.get("last_on")),
        "next_round": around.rhythm.on_or_after,
        "today": today,
    }
    return page(request, "boards/planning.html", context, status=422 if errors or missed else 200)


def _between_rounds(rhythm: Rhythm, first: object, last: object) -> list[Message]:
    """What days on which no round comes by mean for a sheet."""
    first_on, last_on = _day(first), _day(last)
    said = []
    if first_on and last_on and (rhythm.on_or_after(first_on) or last_on) > last_on:
        return [sentence("No round comes by on any of these days: it goes up and comes down by hand, and is noted.")]
    if first_on and (up := rhythm.on_or_after(first_on)) and up > first_on:
        words = sentence(
            "No round comes by on {first}: the one of {day} puts it up, unless somebody does so before and notes it.",
            first=format_day(first_on, "d MMMM"),
            day=format_day(up, "EEEE d MMMM"),
        )
        said.append(words)
    if last_on and (down := rhythm.on_or_after(last_on + _A_DAY)) and down > last_on + _A_DAY:
        words = sentence(
            "After {last} the round of {day} takes it down.",
            last=format_day(last_on, "d MMMM"),
            day=format_day(down, "EEEE d MMMM"),
        )
        said.append(words)
    return said


def _day(given: object) -> date | None:
    """A day as it was proposed, or as somebody typed it."""
    try:
        return date.fromisoformat(str(day_as_typed(given)))
    except ValueError:
        return None


def _about(board: Board, sectors: Mapping[int, str]) -> str:
    """What a board is for, where it stands and what it holds."""
    room = ", ".join(
        f"{count} {name}"
        for count, name in ((board.room_a4, "A4"), (board.room_a3, "A3"), (board.room_a2, "A2"))
        if count
    )
    words = [str(KINDS[board.kind]), sectors.get(board.place_id or 0, ""), room]
    if board.kind is BoardKind.FREE:
        words.append(str(sentence("not the town’s")))
    return " · ".join(word for word in words if word)
