"""Free expression: the surface the town owes, and doors farther than a kilometre from such a board. As information."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import BoardKeeper
from server.boards import law
from server.boards.free_expression import SHEET_SURFACES, Point, look_at
from server.boards.kinds import BoardKind
from server.boards.models import Board
from server.boards.plan import spaces_of
from server.boards.queries.boards import list_boards, list_doors
from server.municipalities.queries import get_municipality
from server.web.dependencies import CurrentTown, Reading
from server.web.templates import page, room

router = APIRouter(dependencies=[Depends(room("boards"))])


@router.get("/desk/boards/free", name="boards_free")
async def show_free_expression(request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper) -> Response:
    boards = [board for board in await list_boards(session, town.id) if board.kind is BoardKind.FREE]
    municipality = await get_municipality(session, town.id)
    rule = law.read("free_expression")
    placed = [
        Point(board.latitude, board.longitude)
        for board in boards
        if board.latitude is not None and board.longitude is not None
    ]
    doors = await list_doors(session, town.id)
    found = look_at(municipality.population, [_surface(board) for board in boards], placed, doors, rule)
    context = {"found": found, "rule": rule, "population": municipality.population, "boards": boards}
    return page(request, "boards/free.html", context)


def _surface(board: Board) -> float:
    """As measured; else what the sheets it holds take."""
    if board.surface is not None:
        return board.surface
    (space,) = spaces_of([board])
    return sum(SHEET_SURFACES[size] * count for size, count in space.room.items())
