"""The posters of an urgent notice: planned on the boards of its area as it leaves, for as long as it holds; then none."""

from collections import defaultdict
from datetime import timedelta

from server.accounts.actors import Actor
from server.boards.kinds import SheetFormat
from server.boards.models import Board
from server.boards.queries.postings import list_of_notice
from server.boards.schemas import LONGEST, MOST_BOARDS, PostingPlan
from server.boards.service import end_postings_of_notice, plan_postings, prolong_postings_of_notice
from server.core import clock
from server.core.database import WriteSession
from server.core.i18n import sentence
from server.urgent.area import boards_in
from server.urgent.models import MessageType, UrgentNotice

_HANGS = timedelta(days=13)  # without an hour of its own, a poster is looked at anew after two weeks


async def settle_posters(session: WriteSession, urgent: UrgentNotice, actor: Actor) -> None:
    """What a message that leaves means for the boards. An exercise hangs nowhere."""
    if urgent.message_type is MessageType.CANCEL:
        await take_down(session, urgent, actor)
    elif urgent.notice_id is not None:
        await _hang(session, urgent, urgent.notice_id, actor)


async def take_down(session: WriteSession, urgent: UrgentNotice, actor: Actor) -> None:
    """It is over: its posters are for the next round to take down."""
    if urgent.notice_id is not None:
        reason = str(sentence("the urgent notice is over"))
        await end_postings_of_notice(session, urgent.municipality_id, actor, urgent.notice_id, reason)


async def _hang(session: WriteSession, urgent: UrgentNotice, notice_id: int, actor: Actor) -> None:
    """What hangs does so as long as it holds now, and is put up anew with these words; the other boards come to it."""
    town_id, today = urgent.municipality_id, clock.today()
    last_on = max(today, clock.day_of(urgent.until_at)) if urgent.until_at else today + _HANGS
    last_on = min(last_on, today + timedelta(days=LONGEST))
    await prolong_postings_of_notice(
        session, town_id, actor, notice_id, last_on, str(sentence("the urgent notice goes on"))
    )
    # Also where somebody took it away on purpose; where it only ran out, it is wanted again.
    there = {
        sheet.posting.board_id
        for sheet in await list_of_notice(session, town_id, notice_id)
        if not sheet.is_wanted or sheet.posting.last_on >= today
    }
    wanted: dict[SheetFormat, list[int]] = defaultdict(list)
    for board in await boards_in(session, town_id, urgent.place_ids):
        if board.id not in there:
            wanted[_format_of(board)].append(board.id)
    for size, board_ids in wanted.items():
        for start in range(0, len(board_ids), MOST_BOARDS):
            some = board_ids[start : start + MOST_BOARDS]
            plan = PostingPlan(board_ids=some, first_on=today, last_on=last_on, format=size)
            await plan_postings(session, town_id, actor, notice_id, plan, {size: 1})


def _format_of(board: Board) -> SheetFormat:
    """The smallest it holds: the paper kit has the posters in A4."""
    rooms = {SheetFormat.A4: board.room_a4, SheetFormat.A3: board.room_a3, SheetFormat.A2: board.room_a2}
    return next((size for size, room in rooms.items() if room), SheetFormat.A4)
