"""What waits for a hand at the boards: sheets to take down and to put up, rounds, boards nobody went by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.boards.kinds import BoardKind, LineAction, PostingState
from server.boards.plan import Plan, is_closed, read_plan
from server.boards.queries.postings import PostedSheet
from server.boards.queries.proofs import count_asked
from server.boards.queries.rounds import list_open_rounds
from server.core import clock
from server.core.database import ReadSession

UNVISITED = timedelta(weeks=3)
_ON_THE_ROUND = {BoardKind.LEGAL, BoardKind.MUNICIPAL}


@dataclass(frozen=True)
class WaitingSheet:
    """A sheet that the next round takes down or puts up."""

    sheet: PostedSheet
    board: str
    action: LineAction
    days_late: int


@dataclass(frozen=True)
class Waiting:
    """Counts for the to-do page."""

    to_remove: int
    to_post: int
    lost: int
    sheets_to_key_in: int
    has_round: bool
    unvisited: int
    certificates: int
    misfits: int
    urgent: int
    """Posters of an urgent notice: they do not wait for the round."""


def waiting_sheets(plan: Plan) -> list[WaitingSheet]:
    """What is to be taken down first, the latest ones on top; then what is to be put up."""
    names = {board.id: board.name for board in plan.boards}
    found = [
        WaitingSheet(
            plan.sheets[key], names.get(plan.sheets[key].posting.board_id, ""), action, _late(plan, key, action)
        )
        for key, action in plan.to_do().items()
        if action is not LineAction.KEEP
    ]
    return sorted(found, key=lambda one: (one.action is LineAction.POST, -one.days_late, one.board))


async def count_waiting(session: ReadSession, municipality_id: int) -> Waiting:
    today = clock.today()
    plan = await read_plan(session, municipality_id, today)
    rounds = await list_open_rounds(session, municipality_id)
    sheets = waiting_sheets(plan)
    urgent = sum(one.sheet.is_urgent and one.action is LineAction.POST for one in sheets)
    return Waiting(
        to_remove=_count(sheets, LineAction.REMOVE),
        to_post=_count(sheets, LineAction.POST) - urgent,
        lost=sum(one.sheet.posting.state is PostingState.LOST for one in sheets),
        sheets_to_key_in=sum(one.on_day < today for one in rounds),
        has_round=any(one.on_day >= today for one in rounds),
        unvisited=_unvisited(plan),
        certificates=await count_asked(session, municipality_id),
        misfits=len(plan.schedule.misfits),
        urgent=urgent,
    )


def _late(plan: Plan, key: int, action: LineAction) -> int:
    posting = plan.sheets[key].posting
    if plan.sheets[key].is_outdated:
        return 0
    due = posting.last_on + timedelta(days=1) if action is LineAction.REMOVE else posting.first_on
    if action is LineAction.REMOVE and posting.ended_at:
        due = min(due, clock.day_of(posting.ended_at))
    return max(0, (plan.day - due).days)


def _count(sheets: Sequence[WaitingSheet], action: LineAction) -> int:
    return sum(one.action is action for one in sheets)


def _unvisited(plan: Plan) -> int:
    """Boards on the round where nobody was for three weeks."""
    since = plan.day - UNVISITED
    return sum(
        (board.visited_on or clock.day_of(board.created_at)) < since
        for board in plan.boards
        if board.kind in _ON_THE_ROUND and not is_closed(board, plan.day)
    )
