"""Letters in envelopes: those of a run, and the one that somebody at the counter or on the telephone asks for."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Counter, PaperStaff
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.issues.queries import list_sent
from server.printruns import counter_letters, letters
from server.printruns.audience import block_of
from server.printruns.schemas import CounterLetter, LettersDraft
from server.residents.models import Resident
from server.residents.queries import get_resident
from server.residents.retention import list_silent, note_still_wanted
from server.residents.words import EDITIONS
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter()
STILL_WANTED = saying("still-wanted", sentence("They still want it: that is written down."))
_MOST = 12


@router.post(
    "/desk/print-runs/{run_id:int}/letters", name="print_run_letters", dependencies=[Depends(room("mailings"))]
)
async def ask_for_letters(
    request: Request, session: Writing, town: CurrentTown, staff: PaperStaff, run_id: int, form: SentForm
) -> Response:
    job = await letters.ask_letters(session, town.id, staff, run_id, form.parse(LettersDraft))
    return redirect(request, "print", print_id=job.id)


@router.get(
    "/desk/residents/{resident_id:int}/letter", name="resident_letter", dependencies=[Depends(room("residents"))]
)
async def show_letter(
    request: Request, session: Reading, town: CurrentTown, _staff: Counter, resident_id: int
) -> Response:
    resident = await get_resident(session, town.id, resident_id)
    return await _letter_page(request, session, resident, {})


@router.post(
    "/desk/residents/{resident_id:int}/letter", name="resident_letter_print", dependencies=[Depends(room("residents"))]
)
async def print_letter(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, resident_id: int, form: SentForm
) -> Response:
    resident = await get_resident(session, town.id, resident_id)
    shown = await _context(session, resident)
    with asking_again(lambda errors, _: _page(request, shown, form.values, errors)):
        job = await counter_letters.ask_letter(session, town.id, staff, resident_id, form.parse(CounterLetter))
    return redirect(request, "print", print_id=job.id)


@router.get("/desk/residents/silent", name="residents_silent", dependencies=[Depends(room("residents"))])
async def show_silent(request: Request, session: Reading, town: CurrentTown, _staff: Counter) -> Response:
    silent = [(one, block_of(one).spoken[1:]) for one in await list_silent(session, town.id)]
    return page(request, "printruns/silent.html", {"silent": silent})


@router.post("/desk/residents/silent/coupons", name="silent_coupons", dependencies=[Depends(room("residents"))])
async def print_coupons(request: Request, session: Writing, town: CurrentTown, staff: Counter) -> Response:
    job = await counter_letters.ask_coupons(session, town.id, staff)
    return redirect(request, "print", print_id=job.id)


@router.post(
    "/desk/residents/{resident_id:int}/still-wanted", name="still_wanted", dependencies=[Depends(room("residents"))]
)
async def note_answer(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, resident_id: int
) -> Response:
    await note_still_wanted(session, town.id, staff, resident_id)
    return redirect(request, "residents_silent", said=STILL_WANTED)


async def _letter_page(
    request: Request, session: ReadSession, resident: Resident, values: Mapping[str, Any]
) -> HTMLResponse:
    return _page(request, await _context(session, resident), values)


async def _context(session: ReadSession, resident: Resident) -> dict[str, Any]:
    block = block_of(resident)
    return {
        "resident": resident,
        "lines": block.spoken,
        "faults": [fault.message for fault in block.faults],
        "issues": [(one.id, one.title) for one in (await list_sent(session, resident.municipality_id))[:_MOST]],
        "editions": [(edition.value, str(words)) for edition, words in EDITIONS.items()],
    }


def _page(
    request: Request,
    context: Mapping[str, Any],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    issues = context["issues"]
    usual = {"issue_id": issues[0][0] if issues else 0, "edition": context["resident"].edition.value}
    shown = {**context, "values": {**usual, **values}, "errors": errors or {}}
    return page(request, "printruns/letter.html", shown, status=422 if errors else 200)
