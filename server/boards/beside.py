"""On a notice's page: on which boards it hangs, since when, and which sectors have none."""

from collections.abc import Mapping
from typing import Any

from server.boards.kinds import PostingState
from server.boards.queries.boards import list_boards
from server.boards.queries.postings import list_of_notice
from server.boards.words import STATES
from server.core.database import ReadSession
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.notices.beside import beside_notices


async def look_at_boards(session: ReadSession, municipality_id: int, notice_id: int) -> Mapping[str, Any]:
    sheets = await list_of_notice(session, municipality_id, notice_id)
    boards = {board.id: board for board in await list_boards(session, municipality_id)}
    shown = [one for one in sheets if one.is_wanted or one.posting.state is PostingState.HANGING]
    hanging = {one.posting.board_id for one in shown if one.posting.state is PostingState.HANGING}
    reached = {boards[one].place_id for one in hanging if one in boards}
    sectors = await list_places(session, municipality_id, PlaceKind.SECTOR)
    return {
        "notice_id": notice_id,
        "sheets": [(boards.get(one.posting.board_id), one) for one in shown],
        "states": STATES,
        "without": [one.name for one in sectors if one.id not in reached] if shown else [],
        "has_boards": bool(boards),
    }


beside_notices("boards/beside_notice.html", look_at_boards)
