"""What is being printed: a list, one job that moves, its files."""

import asyncio
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.actors import Actor
from server.accounts.dependencies import Staff
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.i18n import sentence
from server.prints import queries, service
from server.prints.models import PrintJob, PrintState
from server.prints.products import product_of
from server.web.dependencies import CurrentTown, Files, Reading, Writing
from server.web.pagination import AskedSlice, LinkedPage
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("desk"))])

STATES = {
    PrintState.WAITING: ("todo", sentence("waits for its turn")),
    PrintState.MAKING: ("wait", sentence("is being made")),
    PrintState.DONE: ("done", sentence("ready to print")),
    PrintState.FAILED: ("bad", sentence("cannot be made")),
}
_MOVING = (PrintState.WAITING, PrintState.MAKING)


@router.get("/desk/prints", name="prints")
async def show_prints(
    request: Request, session: Reading, town: CurrentTown, staff: Staff, asked: AskedSlice
) -> Response:
    found = await queries.list_prints(session, town.id, staff, asked)
    is_moving = any(job.state in _MOVING for job in found.items)
    context = {"prints": LinkedPage(found, request), "states": STATES, "is_moving": is_moving, "product": product_of}
    return page(request, "prints/list.html", context)


@router.get("/desk/prints/{print_id}", name="print")
async def show_print(request: Request, session: Reading, town: CurrentTown, staff: Staff, print_id: int) -> Response:
    return page(request, "prints/show.html", await _context(session, town.id, staff, print_id))


@router.get("/desk/prints/{print_id}/progress", name="print_progress")
async def show_progress(request: Request, session: Reading, town: CurrentTown, staff: Staff, print_id: int) -> Response:
    """The moving part alone; the script puts it in place of the older one."""
    return page(request, "prints/progress.html", await _context(session, town.id, staff, print_id))


@router.get("/desk/prints/{print_id}/files/{file_id}", name="print_file")
async def fetch_file(
    session: Reading, town: CurrentTown, staff: Staff, files: Files, print_id: int, file_id: int
) -> Response:
    file = await queries.get_print_file(session, town.id, staff, print_id, file_id)
    try:
        content = await asyncio.to_thread(files.get, town.id, file.file_key)
    except FileNotFoundError:
        raise NotFound from None
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f"inline; filename*=UTF-8''{quote(file.name)}",
    }
    return Response(content, media_type=file.media_type, headers=headers)


@router.post("/desk/prints/{print_id}/again", name="print_again")
async def ask_again(request: Request, session: Writing, town: CurrentTown, staff: Staff, print_id: int) -> Response:
    await service.ask_again(session, town.id, staff, print_id)
    return redirect(request, "print", print_id=print_id)


async def _context(session: ReadSession, municipality_id: int, staff: Actor, print_id: int) -> dict[str, Any]:
    job: PrintJob = await queries.get_print(session, municipality_id, staff, print_id)
    return {
        "job": job,
        "state": STATES[job.state],
        "product": product_of(job.product),
        "files": await queries.files_of_print(session, job),
        "is_moving": job.state in _MOVING,
        "kept_until": job.finished_at + service.KEPT if job.finished_at else None,
    }
