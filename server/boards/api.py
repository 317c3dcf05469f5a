"""Boards for programs."""

from typing import Annotated

from fastapi import APIRouter, Depends

from server.accounts.actors import Actor
from server.accounts.dependencies import scoped
from server.boards import queries
from server.boards.schemas import BoardView
from server.web.dependencies import CurrentTown, Reading

router = APIRouter(tags=["boards"])


@router.get("/boards")
async def list_boards(
    session: Reading, town: CurrentTown, _actor: Annotated[Actor, Depends(scoped("boards:read"))]
) -> list[BoardView]:
    """The town's boards, in the order of the round."""
    return [BoardView.model_validate(board) for board in await queries.list_boards(session, town.id)]
