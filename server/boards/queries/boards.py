"""Questions about boards."""

from sqlmodel import col, select

from server.boards.free_expression import Point
from server.boards.models import Board
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.streets.models import AddressPoint


async def list_boards(session: ReadSession, municipality_id: int) -> list[Board]:
    """The boards that stand, in the order of the round."""
    query = (
        select(Board)
        .where(col(Board.municipality_id) == municipality_id, col(Board.removed_at).is_(None))
        .order_by(col(Board.position), col(Board.name))
    )
    return list(await session.scalars(query))


async def get_board(session: ReadSession, municipality_id: int, board_id: int, *, even_removed: bool = False) -> Board:
    query = select(Board).where(col(Board.municipality_id) == municipality_id, col(Board.id) == board_id)
    if not even_removed:
        query = query.where(col(Board.removed_at).is_(None))
    board = (await session.scalars(query)).one_or_none()
    if board is None:
        raise NotFound
    return board


async def find_by_name(session: ReadSession, municipality_id: int, name: str) -> Board | None:
    """The board called `name`, standing or removed: a name is used once."""
    query = select(Board).where(col(Board.municipality_id) == municipality_id, col(Board.name) == name)
    return (await session.scalars(query)).one_or_none()


async def list_doors(session: ReadSession, municipality_id: int) -> list[Point]:
    """The doors of the address file whose place on the map is known."""
    query = select(AddressPoint.lat, AddressPoint.lon).where(col(AddressPoint.municipality_id) == municipality_id)
    return [Point(lat, lon) for lat, lon in await session.execute(query) if lat is not None and lon is not None]
