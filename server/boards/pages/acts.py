"""Acts: on paper at the town hall and copies asked for, for the staff; online as documents, for everybody."""

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import BoardKeeper
from server.boards import service
from server.boards.queries.proofs import acts_of_notice, find_act, list_acts, list_copies, papers_of_notice
from server.boards.schemas import PaperCopyDraft
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.i18n import sentence
from server.notices.queries import get_notice
from server.web.dependencies import CurrentTown, Files, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.freshness import PUBLIC
from server.web.pagination import AskedSlice, LinkedPage
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter()
desk = [Depends(room("boards"))]

LAID_OUT = saying("act-laid-out", sentence("Noted: it lies on paper at the town hall."))
PUT_AWAY = saying("act-put-away", sentence("Noted: it no longer lies at the town hall."))
COPIED = saying("act-copied", sentence("Noted in the log of copies."))


@router.get("/acts", name="public_acts")
async def show_acts(request: Request, session: Reading, town: CurrentTown, part: AskedSlice) -> Response:
    """The acts of the town, each a document that does not change."""
    acts = await list_acts(session, town.id, part)
    answer = page(request, "public/acts.html", {"acts": LinkedPage(acts, request)})
    answer.headers.update(PUBLIC)
    return answer


@router.get("/acts/{number}.pdf", name="public_act")
async def fetch_act(session: Reading, town: CurrentTown, files: Files, number: str) -> Response:
    act = await find_act(session, town.id, number)
    if act is None:
        raise NotFound
    content = await asyncio.to_thread(files.get, town.id, act.file_key)
    headers = {**PUBLIC, "content-disposition": f'inline; filename="acte-{number}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/desk/boards/acts", name="acts", dependencies=desk)
async def list_the_acts(
    request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper, part: AskedSlice
) -> Response:
    return page(request, "boards/acts.html", {"acts": LinkedPage(await list_acts(session, town.id, part), request)})


@router.get("/desk/boards/acts/{notice_id:int}", name="act", dependencies=desk)
async def show_act(
    request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper, notice_id: int
) -> Response:
    return page(request, "boards/act.html", await _look(session, town.id, notice_id))


@router.post("/desk/boards/acts/{notice_id:int}/paper", name="act_lay_out", dependencies=desk)
async def lay_out(
    request: Request, session: Writing, town: CurrentTown, staff: BoardKeeper, notice_id: int
) -> Response:
    """From today on it lies at the town hall."""
    await service.lay_out(session, town.id, staff, notice_id, clock.today())
    return redirect(request, "act", notice_id=notice_id, said=LAID_OUT)


@router.post("/desk/boards/acts/{notice_id:int}/paper/end", name="act_put_away", dependencies=desk)
async def put_away(
    request: Request, session: Writing, town: CurrentTown, _staff: BoardKeeper, notice_id: int
) -> Response:
    await service.put_away(session, town.id, notice_id)
    return redirect(request, "act", notice_id=notice_id, said=PUT_AWAY)


@router.post("/desk/boards/acts/{notice_id:int}/copies", name="act_copy", dependencies=desk)
async def note_copy(
    request: Request, session: Writing, town: CurrentTown, staff: BoardKeeper, notice_id: int, form: SentForm
) -> Response:
    shown = await _look(session, town.id, notice_id) | {"values": form.values}
    with asking_again(lambda errors, _: page(request, "boards/act.html", shown | {"errors": errors}, status=422)):
        await service.note_copy(session, town.id, staff, notice_id, form.parse(PaperCopyDraft))
    return redirect(request, "act", notice_id=notice_id, said=COPIED)


async def _look(session: ReadSession, municipality_id: int, notice_id: int) -> dict[str, Any]:
    return {
        "notice": await get_notice(session, municipality_id, notice_id),
        "online": await acts_of_notice(session, municipality_id, notice_id),
        "papers": await papers_of_notice(session, municipality_id, notice_id),
        "copies": await list_copies(session, municipality_id, notice_id),
        "values": {"asked_on": clock.today()},
        "errors": {},
    }
