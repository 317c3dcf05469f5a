"""Planning what hangs where: posting plans, other days, an end before the last day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, update

from server.accounts.actors import Actor
from server.boards.evidence import Span
from server.boards.kinds import BoardKind, PostingState, RegisterKind, SheetFormat
from server.boards.models import Board, Posting
from server.boards.plan import is_closed, read_plan
from server.boards.queries.boards import list_boards
from server.boards.queries.postings import PostedSheet, get_sheet, list_of_notice
from server.boards.queries.presets import last_day
from server.boards.scheduling import Claim, Misfit, Schedule
from server.boards.schemas import PostingDays, PostingPlan, Preset
from server.boards.service.register import add_statements, read_anew, statement
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import Message, sentence
from server.municipalities.queries import list_places
from server.notices.models import NoticeKind, Publication
from server.notices.queries import find_in_force


@dataclass(frozen=True)
class Outlook:
    """What a plan would change: days the new sheets would not get, and days they would take from others."""

    schedule: Schedule
    misfits: tuple[Misfit, ...]
    pushed_out: tuple[Misfit, ...]


def preset_for(presets: Sequence[Preset], kind: NoticeKind) -> Preset:
    """The first preset for a kind of notice, else the first of all."""
    return next((one for one in presets if kind in one.notice_kinds), presets[0])


def propose_boards(boards: Iterable[Board], preset: Preset, sector_ids: Collection[int]) -> list[int]:
    """The boards of the preset's kinds, and of the notice's sectors if it names any. Never one of free expression."""
    of_kind = [board for board in boards if board.kind in preset.board_kinds and board.kind is not BoardKind.FREE]
    near = [board for board in of_kind if board.place_id in sector_ids or board.kind is BoardKind.LEGAL]
    return [board.id for board in (near if sector_ids else of_kind)]


async def propose_plan(
    session: ReadSession, municipality_id: int, public: Publication, preset: Preset, first_on: date
) -> dict[str, Any]:
    """A PostingPlan, not yet checked, as the preset says: on boards in service where the notice is not planned already."""
    sheets = await list_of_notice(session, municipality_id, public.notice_id)
    there = {sheet.posting.board_id for sheet in sheets if sheet.is_wanted}
    boards = await list_boards(session, municipality_id)
    in_service = [board for board in boards if board.id not in there and not is_closed(board, first_on)]
    places = [one for one in await list_places(session, municipality_id) if one.id in public.place_ids]
    return {
        "board_ids": propose_boards(in_service, preset, {one.sector_id or one.id for one in places}),
        "first_on": first_on,
        "last_on": last_day(preset, first_on, public.valid_to),
        "format": preset.format.value,
        "is_required": preset.is_required,
        "basis": preset.basis,
    }


async def foresee(session: ReadSession, municipality_id: int, plan: PostingPlan, sheets: int) -> Outlook:
    """What would happen if `plan` were carried out."""
    now = await read_plan(session, municipality_id, clock.today())
    new = [
        Claim(-board_id, board_id, plan.format, sheets, _to_come(plan, now.day), plan.is_required, order=1 << 60)
        for board_id in plan.board_ids
        if plan.last_on >= now.day
    ]
    after = now.with_claims(new)
    return Outlook(
        after,
        tuple(one for one in after.misfits if one.claim.key < 0),
        tuple(one for one in after.misfits if one.claim.key > 0 and one not in now.schedule.misfits),
    )


async def plan_postings(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    notice_id: int,
    plan: PostingPlan,
    sheets: Mapping[SheetFormat, int],
) -> list[Posting]:
    """Plan a published notice on boards; `sheets` says how many sheets it takes in a format. Raises Conflict, Invalid."""
    if await find_in_force(session, municipality_id, notice_id) is None:
        raise Conflict(sentence("Only a published notice goes to the boards: publish it first."), "not_published")
    await _refuse_impossible(session, municipality_id, notice_id, plan)
    postings = [
        Posting(
            municipality_id=municipality_id,
            notice_id=notice_id,
            board_id=board_id,
            format=plan.format,
            sheets=sheets.get(plan.format, 1),
            first_on=plan.first_on,
            last_on=plan.last_on,
            is_required=plan.is_required,
            basis=plan.basis,
            planned_by_id=actor.account_id,
            planned_at=clock.now(),
        )
        for board_id in plan.board_ids
    ]
    session.add_all(postings)
    await session.flush()
    await add_statements(session, [_planned(posting, actor) for posting in postings])
    return postings


async def change_days(
    session: WriteSession, municipality_id: int, actor: Actor, posting_id: int, days: PostingDays
) -> Posting:
    """Other days for a posting. What the law asks for is not cut short without a reason. Raises Conflict, Invalid."""
    sheet = await get_sheet(session, municipality_id, posting_id)
    posting = _still_wanted(sheet)
    if posting.is_required and (days.last_on - days.first_on).days + 1 < posting.days and not days.reason:
        raise Invalid({"reason": sentence("The law asks for these days: say why there are fewer.")})
    for other in await list_of_notice(session, municipality_id, posting.notice_id):
        is_other = other.posting.id != posting_id and other.posting.board_id == posting.board_id
        if is_other and other.is_wanted and _overlaps(other.posting, days.first_on, days.last_on):
            raise Invalid({"first_on": _twice(other.posting)})
    posting.first_on, posting.last_on = days.first_on, days.last_on
    session.add(posting)
    await session.flush()
    await add_statements(session, [_planned(posting, actor, days.reason)])
    return posting


async def end_posting(session: WriteSession, municipality_id: int, actor: Actor, posting_id: int, reason: str) -> None:
    """A sheet is no longer wanted: if it hangs, the next round takes it down. Raises Conflict, Invalid."""
    posting = _still_wanted(await get_sheet(session, municipality_id, posting_id))
    if posting.is_required and not reason.strip():
        raise Invalid({"reason": sentence("The law asks for these days: say why there are fewer.")})
    await _end(session, posting, actor, reason.strip()[:200])


async def end_postings_of_notice(
    session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, reason: str
) -> None:
    """What its posters say is no longer true: they come down on the next round, and none goes up."""
    for sheet in await list_of_notice(session, municipality_id, notice_id):
        if sheet.posting.ended_at is None:
            await _end(session, sheet.posting, actor, reason)


async def prolong_postings_of_notice(
    session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, last_on: date, reason: str
) -> None:
    """It holds longer than was planned: what hangs or is to hang does so until then. Nothing is ever cut short here."""
    last = {one.posting.board_id: one for one in await list_of_notice(session, municipality_id, notice_id)}
    for sheet in last.values():
        posting = sheet.posting
        is_there = posting.state is PostingState.HANGING or posting.last_on >= clock.today()
        if sheet.is_wanted and is_there and posting.last_on < last_on:
            posting.last_on = last_on
            session.add(posting)
            await session.flush()
            await add_statements(session, [_planned(posting, actor, reason)])


async def end_postings_of_board(session: WriteSession, municipality_id: int, actor: Actor, board_id: int) -> None:
    """A board is taken away with what hangs on it, and what was to hang there no longer will."""
    now = await read_plan(session, municipality_id, clock.today())
    for sheet in now.sheets.values():
        if sheet.posting.board_id == board_id:
            reason = str(sentence("the board was removed"))
            if sheet.posting.state is PostingState.HANGING:
                removed = statement(sheet.posting, RegisterKind.REMOVED, actor, clock.now(), remark=reason)
                await add_statements(session, [removed])
            if sheet.posting.ended_at is None:
                await _end(session, sheet.posting, actor, reason)
    await read_anew(
        session, municipality_id, [key for key, one in now.sheets.items() if one.posting.board_id == board_id]
    )


async def _end(session: WriteSession, posting: Posting, actor: Actor, reason: str) -> None:
    now = clock.now()
    ended = await session.execute(
        update(Posting)
        .where(col(Posting.id) == posting.id, col(Posting.ended_at).is_(None))
        .values(ended_at=now, end_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 1:  # type: ignore[attr-defined]  # a cursor result has it
        await add_statements(session, [statement(posting, RegisterKind.ENDED, actor, now, remark=reason)])


def _still_wanted(sheet: PostedSheet) -> Posting:
    if not sheet.is_wanted:
        raise Conflict(sentence("This sheet is no longer wanted there: plan a new one."), "ended")
    return sheet.posting


async def _refuse_impossible(session: ReadSession, municipality_id: int, notice_id: int, plan: PostingPlan) -> None:
    if plan.last_on < clock.today():
        raise Invalid({"last_on": sentence("This last day is over.")})
    known = {board.id: board for board in await list_boards(session, municipality_id)}
    if not set(plan.board_ids) <= set(known):
        raise Invalid({"board_ids": sentence("One of these boards is no longer there: choose again.")})
    for sheet in await list_of_notice(session, municipality_id, notice_id):
        there = sheet.posting
        if there.board_id in plan.board_ids and sheet.is_wanted and _overlaps(there, plan.first_on, plan.last_on):
            raise Invalid({"board_ids": _twice(there, known[there.board_id].name)})


def _overlaps(posting: Posting, first: date, last: date) -> bool:
    return posting.first_on <= last and first <= posting.last_on


def _twice(posting: Posting, board: str = "") -> Message:
    days = {"first": f"{posting.first_on:%d/%m/%Y}", "last": f"{posting.last_on:%d/%m/%Y}"}
    if board:
        return sentence("It is planned on “{board}” already, from {first} to {last}.", board=board, **days)
    return sentence("It is planned there already, from {first} to {last}.", **days)


def _to_come(plan: PostingPlan, today: date) -> Span:
    return Span(max(plan.first_on, today), plan.last_on)


def _planned(posting: Posting, actor: Actor, remark: str = "") -> dict[str, object]:
    days = {"first_on": posting.first_on, "last_on": posting.last_on}
    return statement(posting, RegisterKind.PLANNED, actor, clock.now(), remark=remark, **days)
