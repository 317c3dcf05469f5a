"""Rounds: their sheets, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, func, select

from server.accounts.models import Account
from server.boards.kinds import LineAction, PostingState
from server.boards.models import Board, BoardRound, RoundLine, RoundReturn, RoundStop
from server.boards.queries.postings import PostedSheet, sheets_by_id
from server.core.database import ReadSession
from server.core.errors import NotFound


@dataclass(frozen=True)
class SheetLine:
    """One line of a round sheet."""

    line: RoundLine
    sheet: PostedSheet

    @property
    def is_replacement(self) -> bool:
        """The sheet that hangs there comes down for the one put up."""
        return self.line.action is LineAction.POST and self.sheet.posting.state is PostingState.HANGING


@dataclass(frozen=True)
class SheetStop:
    """A board on a round sheet, with what is to be done there in the order of doing."""

    board: Board
    lines: Sequence[SheetLine]


@dataclass(frozen=True)
class KeyedReturn:
    keyed: RoundReturn
    by: str


async def get_round(session: ReadSession, municipality_id: int, round_id: int) -> BoardRound:
    query = select(BoardRound).where(col(BoardRound.municipality_id) == municipality_id, col(BoardRound.id) == round_id)
    found = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def find_round_numbered(session: ReadSession, municipality_id: int, number: str) -> BoardRound | None:
    query = select(BoardRound).where(
        col(BoardRound.municipality_id) == municipality_id, col(BoardRound.number) == number
    )
    return (await session.scalars(query)).one_or_none()


async def list_rounds(session: ReadSession, municipality_id: int, limit: int = 50) -> list[BoardRound]:
    """The rounds, the latest day first."""
    query = select(BoardRound).where(col(BoardRound.municipality_id) == municipality_id)
    query = query.order_by(col(BoardRound.on_day).desc(), col(BoardRound.id).desc()).limit(limit)
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def list_open_rounds(
    session: ReadSession, municipality_id: int, *, until: date | None = None
) -> list[BoardRound]:
    """Rounds whose sheet has not come back and that were not given up, the earliest first."""
    query = select(BoardRound).where(
        col(BoardRound.municipality_id) == municipality_id,
        col(BoardRound.returns) == 0,
        col(BoardRound.dropped_at).is_(None),
    )
    if until is not None:
        query = query.where(col(BoardRound.on_day) < until)
    return list(await session.scalars(query.order_by(col(BoardRound.on_day), col(BoardRound.id))))


async def last_walked(session: ReadSession, municipality_id: int) -> date | None:
    """The day of the last round that came back."""
    query = select(func.max(BoardRound.walked_on)).where(col(BoardRound.municipality_id) == municipality_id)
    found: date | None = await session.scalar(query)
    return found


async def list_lines(session: ReadSession, municipality_id: int, round_id: int) -> list[RoundLine]:
    query = select(RoundLine).where(
        col(RoundLine.municipality_id) == municipality_id, col(RoundLine.round_id) == round_id
    )
    return list(await session.scalars(query.order_by(col(RoundLine.number))))


async def read_sheet(session: ReadSession, municipality_id: int, round_id: int) -> list[SheetStop]:
    """The round sheet, board by board in the order of the way."""
    lines = await list_lines(session, municipality_id, round_id)
    sheets = await sheets_by_id(session, municipality_id, {line.posting_id for line in lines})
    query = (
        select(Board)
        .join(RoundStop, col(RoundStop.board_id) == col(Board.id))
        .where(col(RoundStop.municipality_id) == municipality_id, col(RoundStop.round_id) == round_id)
        .order_by(col(RoundStop.position))
    )
    by_board: dict[int, list[SheetLine]] = {}
    for line in lines:
        by_board.setdefault(line.board_id, []).append(SheetLine(line, sheets[line.posting_id]))
    return [SheetStop(board, by_board.get(board.id, [])) for board in await session.scalars(query)]


async def list_returns(session: ReadSession, municipality_id: int, round_id: int) -> list[KeyedReturn]:
    """Every time the sheet was keyed in, the last time first."""
    query = (
        select(RoundReturn, Account.name)
        .join(Account, col(Account.id) == col(RoundReturn.keyed_by_id))
        .where(col(RoundReturn.municipality_id) == municipality_id, col(RoundReturn.round_id) == round_id)
        .order_by(col(RoundReturn.id).desc())
    )
    rows = await session.execute(query.execution_options(populate_existing=True))
    return [KeyedReturn(*row) for row in rows]


async def find_counted_return(session: ReadSession, municipality_id: int, round_id: int) -> RoundReturn | None:
    """The return of a round that counts."""
    query = select(RoundReturn).where(
        col(RoundReturn.municipality_id) == municipality_id,
        col(RoundReturn.round_id) == round_id,
        col(RoundReturn.counts),
    )
    return (await session.scalars(query)).one_or_none()
