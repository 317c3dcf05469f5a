"""Bringing boards in from a file."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Editor
from server.boards.importing import MOST_BYTES, BadLines, import_boards
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.web.dependencies import CurrentTown, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("boards"))])

BROUGHT_IN = saying("boards-brought-in", sentence("The boards are in."))


@router.get("/desk/boards/import", name="boards_import")
async def show_import(request: Request, town: CurrentTown, _staff: Editor) -> Response:
    return _page(request)


@router.post("/desk/boards/import", name="boards_bring_in")
async def bring_in(request: Request, session: Writing, town: CurrentTown, _staff: Editor, form: SentForm) -> Response:
    file = form.file("file")
    content = await file.read(MOST_BYTES + 1) if file else b""
    with asking_again(
        lambda errors, refusal: _page(request, errors, refusal.lines if isinstance(refusal, BadLines) else [])
    ):
        if not content:
            raise Invalid({"file": sentence("Choose a file.")})
        await import_boards(session, town.id, content)
    return redirect(request, "boards", said=BROUGHT_IN)


def _page(
    request: Request, errors: Mapping[str, str] | None = None, bad: Sequence[tuple[int, Message]] = ()
) -> HTMLResponse:
    return page(request, "boards/import.html", {"errors": errors or {}, "bad": bad}, status=422 if errors else 200)
