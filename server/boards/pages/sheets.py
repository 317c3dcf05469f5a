"""One sheet on one board: its days, what the register says of it, what was seen, its end; and the whole register."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import BoardKeeper, Editor
from server.boards import queries, service
from server.boards.models import Board
from server.boards.queries.postings import PostedSheet, RegisterLine, get_sheet, read_register
from server.boards.schemas import PostingDays, Said
from server.boards.words import FORMATS, SEEN, STATEMENTS, STATES
from server.core import clock
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("boards"))])

DAYS_CHANGED = saying("posting-days", sentence("The days are changed."))
ENDED = saying("posting-ended", sentence("No longer wanted there. If it hangs, the next round takes it down."))
NOTED = saying("posting-noted", sentence("Noted in the register."))


@router.get("/desk/boards/register", name="board_register")
async def show_register(
    request: Request,
    session: Reading,
    town: CurrentTown,
    _staff: BoardKeeper,
    board: Annotated[int | None, Query()] = None,
) -> Response:
    """The register, the last statements first; of one board if asked."""
    context = {
        "register": await read_register(session, town.id, board_id=board),
        "statements": STATEMENTS,
        "boards": await queries.list_boards(session, town.id),
        "board_id": board,
    }
    return page(request, "boards/register.html", context)


@router.get("/desk/boards/sheets/{posting_id:int}", name="posting")
async def show_posting(
    request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper, posting_id: int
) -> Response:
    return _page(request, *await _look(session, town.id, posting_id))


@router.post("/desk/boards/sheets/{posting_id:int}/days", name="posting_days")
async def change_days(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, posting_id: int, form: SentForm
) -> Response:
    shown = await _look(session, town.id, posting_id)
    with asking_again(lambda errors, _refusal: _page(request, *shown, values=form.values, errors=errors)):
        await service.change_days(session, town.id, staff, posting_id, form.parse(PostingDays))
    return redirect(request, "posting", posting_id=posting_id, said=DAYS_CHANGED)


@router.post("/desk/boards/sheets/{posting_id:int}/end", name="posting_end")
async def end_posting(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, posting_id: int, form: SentForm
) -> Response:
    shown = await _look(session, town.id, posting_id)
    with asking_again(lambda errors, _refusal: _page(request, *shown, values=form.values, errors=errors)):
        await service.end_posting(session, town.id, staff, posting_id, form.text("reason"))
    return redirect(request, "posting", posting_id=posting_id, said=ENDED)


@router.post("/desk/boards/sheets/{posting_id:int}/statements", name="posting_note")
async def note_what_was_seen(
    request: Request, session: Writing, town: CurrentTown, staff: BoardKeeper, posting_id: int, form: SentForm
) -> Response:
    shown = await _look(session, town.id, posting_id)
    with asking_again(lambda errors, _refusal: _page(request, *shown, values=form.values, errors=errors)):
        await service.note_what_was_seen(session, town.id, staff, posting_id, form.parse(Said))
    return redirect(request, "posting", posting_id=posting_id, said=NOTED)


async def _look(
    session: ReadSession, municipality_id: int, posting_id: int
) -> tuple[PostedSheet, Board, list[RegisterLine]]:
    sheet = await get_sheet(session, municipality_id, posting_id)
    board = await queries.get_board(session, municipality_id, sheet.posting.board_id, even_removed=True)
    lines = await read_register(session, municipality_id, notice_id=sheet.posting.notice_id, board_id=board.id)
    return sheet, board, [line for line in lines if line.entry.posting_id == posting_id]


def _page(
    request: Request,
    sheet: PostedSheet,
    board: Board,
    register: list[RegisterLine],
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    now = {"first_on": sheet.posting.first_on, "last_on": sheet.posting.last_on, "on": clock.today()}
    context = {
        "sheet": sheet,
        "posting": sheet.posting,
        "board": board,
        "register": register,
        "statements": STATEMENTS,
        "seen": [(kind.value, STATEMENTS[kind]) for kind in SEEN],
        "states": STATES,
        "formats": FORMATS,
        "values": now | dict(values or {}),
        "errors": errors or {},
    }
    return page(request, "boards/sheet.html", context, status=422 if errors else 200)
