"""Putting boards up, describing them, taking them away."""

import asyncio
from dataclasses import dataclass

from server.accounts.actors import Actor
from server.boards.models import Board
from server.boards.queries.boards import find_by_name, get_board
from server.boards.schemas import BoardDraft
from server.boards.service.planning import end_postings_of_board
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.files import FileStore
from server.core.i18n import sentence
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.notices.imaging import Encoded


@dataclass(frozen=True)
class Photo:
    """A board's photograph, its bytes in the file store."""

    photo_key: str | None
    photo_type: str | None


NO_PHOTO = Photo(None, None)


async def store_photo(files: FileStore, municipality_id: int, picture: Encoded) -> Photo:
    """Keep the bytes durably: done before the transaction, because the disk is slow."""
    return Photo(await asyncio.to_thread(files.put, municipality_id, picture.content), picture.media_type)


async def add_board(
    session: WriteSession, municipality_id: int, draft: BoardDraft, photo: Photo | None = None
) -> Board:
    """Raises Invalid if the name is taken or the sector is not one of the town's."""
    await _check(session, municipality_id, draft, board_id=None)
    board = Board(municipality_id=municipality_id, created_at=clock.now(), **draft.model_dump())
    _photograph(board, photo)
    session.add(board)
    await session.flush()
    return board


async def change_board(
    session: WriteSession, municipality_id: int, board_id: int, draft: BoardDraft, photo: Photo | None = None
) -> Board:
    """Without a new photograph the old one stays; NO_PHOTO takes it away. Raises NotFound, or Invalid as `add_board` does."""
    board = await get_board(session, municipality_id, board_id)
    await _check(session, municipality_id, draft, board_id)
    board.sqlmodel_update(draft.model_dump())
    _photograph(board, photo)
    session.add(board)
    return board


async def remove_board(session: WriteSession, municipality_id: int, actor: Actor, board_id: int) -> None:
    """The board stands no more, and nothing is planned on it any longer. Its past stays."""
    board = await get_board(session, municipality_id, board_id)
    await end_postings_of_board(session, municipality_id, actor, board_id)
    board.removed_at = clock.now()
    session.add(board)


def _photograph(board: Board, photo: Photo | None) -> None:
    if photo is not None:
        board.photo_key, board.photo_type = photo.photo_key, photo.photo_type


async def _check(session: ReadSession, municipality_id: int, draft: BoardDraft, board_id: int | None) -> None:
    namesake = await find_by_name(session, municipality_id, draft.name)
    if namesake is not None and namesake.id != board_id:
        raise Invalid({"name": sentence("Another board has this name: choose a different one.")})
    if draft.place_id is not None:
        sectors = await list_places(session, municipality_id, PlaceKind.SECTOR)
        if draft.place_id not in {sector.id for sector in sectors}:
            raise Invalid({"place_id": sentence("Choose one of the answers of the list.")})
