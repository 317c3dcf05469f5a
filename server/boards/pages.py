"""The Boards room: what stands where, in the order of the round."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Editor, Poster
from server.boards import queries, service
from server.boards.models import BoardKind
from server.boards.schemas import BoardDraft
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("boards"))])

KINDS = {
    BoardKind.LEGAL: sentence("Official acts"),
    BoardKind.MUNICIPAL: sentence("Municipal information"),
    BoardKind.FREE: sentence("Free expression"),
    BoardKind.PARTNER: sentence("At a partner’s"),
}
SAVED = saying("board-saved", sentence("The board is saved."))
REMOVED = saying("board-removed", sentence("The board is removed. Its past stays in the records."))


@router.get("/desk/boards", name="boards")
async def show_boards(request: Request, session: Reading, town: CurrentTown, _staff: Poster) -> Response:
    boards = await queries.list_boards(session, town.id)
    return page(
        request, "boards/list.html", {"boards": boards, "sectors": await _sectors(session, town.id), "kinds": KINDS}
    )


@router.get("/desk/boards/new", name="board_new")
async def show_new_board(request: Request, session: Reading, town: CurrentTown, _staff: Editor) -> Response:
    draft = BoardDraft.model_construct(name="")
    return _form_page(request, draft.model_dump(), await _sectors(session, town.id))


@router.post("/desk/boards", name="board_add")
async def add_board(request: Request, session: Writing, town: CurrentTown, _staff: Editor, form: SentForm) -> Response:
    sectors = await _sectors(session, town.id)
    with asking_again(lambda errors, _refusal: _form_page(request, form.values, sectors, errors)):
        await service.add_board(session, town.id, form.parse(BoardDraft))
    return redirect(request, "boards", said=SAVED)


@router.get("/desk/boards/{board_id}", name="board")
async def show_board(request: Request, session: Reading, town: CurrentTown, _staff: Editor, board_id: int) -> Response:
    board = await queries.get_board(session, town.id, board_id)
    return _form_page(request, board.model_dump(), await _sectors(session, town.id), board_id=board_id)


@router.post("/desk/boards/{board_id}", name="board_change")
async def change_board(
    request: Request, session: Writing, town: CurrentTown, _staff: Editor, board_id: int, form: SentForm
) -> Response:
    sectors = await _sectors(session, town.id)
    with asking_again(lambda errors, _refusal: _form_page(request, form.values, sectors, errors, board_id)):
        await service.change_board(session, town.id, board_id, form.parse(BoardDraft))
    return redirect(request, "boards", said=SAVED)


@router.get("/desk/boards/{board_id}/removal", name="board_removal")
async def confirm_removal(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, board_id: int
) -> Response:
    board = await queries.get_board(session, town.id, board_id)
    return page(request, "boards/removal.html", {"board": board})


@router.post("/desk/boards/{board_id}/removal", name="board_remove")
async def remove_board(
    request: Request, session: Writing, town: CurrentTown, _staff: Editor, board_id: int
) -> Response:
    await service.remove_board(session, town.id, board_id)
    return redirect(request, "boards", said=REMOVED)


async def _sectors(session: ReadSession, municipality_id: int) -> dict[int, str]:
    return {sector.id: sector.name for sector in await list_places(session, municipality_id, PlaceKind.SECTOR)}


def _form_page(
    request: Request,
    values: Mapping[str, Any],
    sectors: Mapping[int, str],
    errors: Mapping[str, str] | None = None,
    board_id: int | None = None,
) -> HTMLResponse:
    context = {"values": values, "sectors": sectors, "kinds": KINDS, "errors": errors or {}, "board_id": board_id}
    return page(request, "boards/edit.html", context, status=422 if errors else 200)
