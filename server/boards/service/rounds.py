"""Making rounds: what each sheet asks for is written down once and stays."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import col, select, update

from server.accounts.actors import Actor
from server.boards.kinds import BoardKind, LineAction
from server.boards.models import BoardRound, RoundLine, RoundStop
from server.boards.plan import Plan, is_closed, read_plan
from server.boards.queries.rounds import get_round, list_lines, list_open_rounds
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.municipalities.models import Municipality

_ORDER = list(LineAction)
_VISITED_ANYWAY = {BoardKind.LEGAL, BoardKind.MUNICIPAL}
"""Boards the round goes by even if nothing is to be done there. Others only when something of ours hangs."""


async def make_round(session: WriteSession, municipality_id: int, actor: Actor, on_day: date) -> BoardRound:
    """The round of a day, today or weeks ahead. Raises Invalid if there is one for that day, or no board."""
    if on_day < clock.today():
        raise Invalid({"on_day": sentence("This day is over.")})
    if any(one.on_day == on_day for one in await list_open_rounds(session, municipality_id)):
        raise Invalid({"on_day": sentence("There is a round for this day already: open it, or make it again.")})
    plan = await read_plan(session, municipality_id, on_day)
    stops = _stops(plan)
    if not stops:
        raise Invalid({"on_day": sentence("There is no board in service on that day.")})
    made = BoardRound(
        municipality_id=municipality_id,
        number=await _next_number(session, municipality_id, on_day),
        on_day=on_day,
        made_by_id=actor.account_id,
        made_at=clock.now(),
    )
    session.add(made)
    await session.flush()
    await session.execute(insert(RoundStop), [_stop(made, board_id, at) for at, board_id in enumerate(stops)])
    if lines := _lines(made, plan, stops):
        await session.execute(insert(RoundLine), lines)
    return made


async def remake_round(session: WriteSession, municipality_id: int, actor: Actor, round_id: int) -> BoardRound:
    """A new sheet in place of one that has not come back. Raises Conflict if it has, or was given up."""
    before = await drop_round(session, municipality_id, round_id)
    made = await make_round(session, municipality_id, actor, max(before.on_day, clock.today()))
    before.replaced_by_id = made.id
    session.add(before)
    return made


async def drop_round(session: WriteSession, municipality_id: int, round_id: int) -> BoardRound:
    """The round was not walked and will not be. Raises Conflict if its sheet has come back, or it was given up."""
    made = await get_round(session, municipality_id, round_id)
    dropped = await session.execute(
        update(BoardRound)
        .where(col(BoardRound.id) == made.id, col(BoardRound.returns) == 0, col(BoardRound.dropped_at).is_(None))
        .values(dropped_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if dropped.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result has it
        raise Conflict(sentence("This sheet was keyed in or replaced meanwhile."), "round_over")
    await session.refresh(made)
    return made


async def is_outdated(session: ReadSession, municipality_id: int, made: BoardRound) -> bool:
    """Whether the sheet would ask for something else if it were made now."""
    if made.returns or made.dropped_at or made.on_day < clock.today():
        return False
    plan = await read_plan(session, municipality_id, made.on_day)
    lines = await list_lines(session, municipality_id, made.id)
    stops = set(_stops(plan))
    wanted = {key: what for key, what in plan.to_do().items() if plan.sheets[key].posting.board_id in stops}
    is_reworded = any(
        line.action is LineAction.POST
        and line.posting_id in wanted
        and plan.sheets[line.posting_id].is_older(line.revision)
        for line in lines
    )
    return is_reworded or {line.posting_id: line.action for line in lines} != wanted


def _stops(plan: Plan) -> list[int]:
    """Boards in service, in the order of the way."""
    busy = {plan.sheets[key].posting.board_id for key in plan.to_do()}
    return [
        board.id
        for board in plan.boards
        if not is_closed(board, plan.day) and (board.kind in _VISITED_ANYWAY or board.id in busy)
    ]


def _stop(made: BoardRound, board_id: int, position: int) -> Mapping[str, Any]:
    return {
        "municipality_id": made.municipality_id,
        "round_id": made.id,
        "board_id": board_id,
        "position": position,
    }


def _lines(made: BoardRound, plan: Plan, stops: list[int]) -> list[Mapping[str, Any]]:
    """At each board: remove, keep, post; numbered through the whole sheet."""
    place = {board_id: at for at, board_id in enumerate(stops)}
    to_do = [(plan.sheets[key], action) for key, action in plan.to_do().items()]
    ordered = sorted(
        ((sheet, action) for sheet, action in to_do if sheet.posting.board_id in place),
        key=lambda one: (place[one[0].posting.board_id], _ORDER.index(one[1]), one[0].number, one[0].posting.id),
    )
    return [
        {
            "municipality_id": made.municipality_id,
            "round_id": made.id,
            "board_id": sheet.posting.board_id,
            "posting_id": sheet.posting.id,
            "number": number,
            "action": action,
            "revision": sheet.revision,
        }
        for number, (sheet, action) in enumerate(ordered, 1)
    ]


async def _next_number(session: WriteSession, municipality_id: int, on_day: date) -> str:
    """The town's next round of the year ("2026-07"); who makes rounds at once waits here."""
    held = select(Municipality.id).where(col(Municipality.id) == municipality_id).with_for_update(key_share=True)
    await session.execute(held)
    made = select(func.count()).where(
        col(BoardRound.municipality_id) == municipality_id, col(BoardRound.number).like(f"{on_day.year}-%")
    )
    return f"{on_day.year}-{int(await session.scalar(made) or 0) + 1:02}"
