"""The boards in the order of the round, one board with its calendar, and the form of a board."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import BoardKeeper, Editor
from server.boards import queries, service
from server.boards.calendar import read_calendar
from server.boards.pages.common import missed_days, sector_names
from server.boards.plan import is_closed, read_plan
from server.boards.queries.postings import list_hanging, read_register
from server.boards.schemas import BoardDraft
from server.boards.words import FORMATS, KINDS, STATEMENTS, STATES
from server.core import clock
from server.core.errors import NotFound
from server.core.files import FileStore
from server.core.i18n import sentence
from server.notices.imaging import MAX_BYTES, prepare_photo
from server.web.dependencies import CurrentTown, Files, Reading, Writing, database_of
from server.web.forms import Form, SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("boards"))])

SAVED = saying("board-saved", sentence("The board is saved."))
REMOVED = saying("board-removed", sentence("The board is removed. Its past stays in the records."))


@router.get("/desk/boards", name="boards")
async def show_boards(request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper) -> Response:
    boards = await queries.list_boards(session, town.id)
    hanging: dict[int, int] = {}
    for sheet in await list_hanging(session, town.id):
        hanging[sheet.posting.board_id] = hanging.get(sheet.posting.board_id, 0) + sheet.posting.sheets
    plan = await read_plan(session, town.id, clock.today())
    context = {
        "boards": boards,
        "sectors": await sector_names(session, town.id),
        "kinds": KINDS,
        "hanging": hanging,
        "closed": {board.id for board in boards if is_closed(board, plan.day)},
        "missed": missed_days(plan.schedule.misfits, boards, dict(plan.sheets)),
    }
    return page(request, "boards/list.html", context)


@router.get("/desk/boards/new", name="board_new")
async def show_new_board(request: Request, session: Reading, town: CurrentTown, _staff: Editor) -> Response:
    draft = BoardDraft.model_construct(name="")
    return _form_page(request, draft.model_dump(), await sector_names(session, town.id))


@router.post("/desk/boards", name="board_add")
async def add_board(request: Request, town: CurrentTown, files: Files, _staff: Editor, form: SentForm) -> Response:
    return await _save(request, town, files, form)


@router.get("/desk/boards/{board_id:int}", name="board")
async def show_board(
    request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper, board_id: int
) -> Response:
    board = await queries.get_board(session, town.id, board_id)
    plan = await read_plan(session, town.id, clock.today())
    misfits = [one for one in plan.schedule.misfits if one.claim.board_id == board_id]
    context = {
        "board": board,
        "kinds": KINDS,
        "formats": FORMATS,
        "states": STATES,
        "statements": STATEMENTS,
        "sectors": await sector_names(session, town.id),
        "is_closed": is_closed(board, plan.day),
        "calendar": await read_calendar(session, town.id, board, plan),
        "missed": missed_days(misfits, [board], dict(plan.sheets)),
        "register": await read_register(session, town.id, board_id=board_id, limit=50),
    }
    return page(request, "boards/show.html", context)


@router.get("/desk/boards/{board_id:int}/edit", name="board_edit")
async def edit_board(request: Request, session: Reading, town: CurrentTown, _staff: Editor, board_id: int) -> Response:
    board = await queries.get_board(session, town.id, board_id)
    return _form_page(request, board.model_dump(), await sector_names(session, town.id), board_id=board_id)


@router.post("/desk/boards/{board_id:int}", name="board_change")
async def change_board(
    request: Request, town: CurrentTown, files: Files, _staff: Editor, board_id: int, form: SentForm
) -> Response:
    return await _save(request, town, files, form, board_id)


@router.get("/desk/boards/{board_id:int}/photo", name="board_photo")
async def show_photo(session: Reading, town: CurrentTown, files: Files, _staff: BoardKeeper, board_id: int) -> Response:
    board = await queries.get_board(session, town.id, board_id)
    if board.photo_key is None:
        raise NotFound
    content = await asyncio.to_thread(files.get, town.id, board.photo_key)
    headers = {"cache-control": "private, no-cache", "etag": f'"{board.photo_key[:32]}"'}
    return Response(content, media_type=board.photo_type, headers=headers)


@router.get("/desk/boards/{board_id:int}/removal", name="board_removal")
async def confirm_removal(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, board_id: int
) -> Response:
    board = await queries.get_board(session, town.id, board_id)
    plan = await read_plan(session, town.id, clock.today())
    there = [key for key, sheet in plan.sheets.items() if sheet.posting.board_id == board_id]
    hanging = len(plan.hanging & set(there))
    return page(request, "boards/removal.html", {"board": board, "hanging": hanging, "planned": len(there) - hanging})


@router.post("/desk/boards/{board_id:int}/removal", name="board_remove")
async def remove_board(request: Request, session: Writing, town: CurrentTown, staff: Editor, board_id: int) -> Response:
    await service.remove_board(session, town.id, staff, board_id)
    return redirect(request, "boards", said=REMOVED)


async def _save(request: Request, town: Town, files: FileStore, form: Form, board_id: int | None = None) -> Response:
    """A new board, or another description of one. A photograph is decoded and kept before anybody has to wait for it."""
    database = database_of(request)
    async with database.reading() as session:
        before = (await queries.get_board(session, town.id, board_id)).photo_key if board_id else None
        sectors = await sector_names(session, town.id)
    values = {**form.values, "photo_key": before}
    with asking_again(lambda errors, _refusal: _form_page(request, values, sectors, errors, board_id)):
        draft, photo = form.parse(BoardDraft), await _sent_photo(files, town, form)
        async with database.writing() as writing:
            if board_id:
                await service.change_board(writing, town.id, board_id, draft, photo)
            else:
                await service.add_board(writing, town.id, draft, photo)
    return redirect(request, "boards", said=SAVED)


async def _sent_photo(files: FileStore, town: Town, form: Form) -> service.Photo | None:
    if upload := form.file("picture"):
        return await service.store_photo(files, town.id, await prepare_photo(await upload.read(MAX_BYTES + 1)))
    return service.NO_PHOTO if form.text("without_photo") else None


def _form_page(
    request: Request,
    values: Mapping[str, Any],
    sectors: Mapping[int, str],
    errors: Mapping[str, str] | None = None,
    board_id: int | None = None,
) -> HTMLResponse:
    context = {"values": values, "sectors": sectors, "kinds": KINDS, "errors": errors or {}, "board_id": board_id}
    return page(request, "boards/edit.html", context, status=422 if errors else 200)
