"""Printing forms to be filled in by hand, each with its number."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Counter
from server.core.database import ReadSession
from server.core.files import FileStore
from server.press.errors import PressError
from server.press.form import preview_form
from server.residents import printed_forms
from server.residents.schemas import SeriesDraft
from server.web.dependencies import CurrentTown, Files, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.pictures import held
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("residents"))])


@router.get("/desk/residents/forms/print", name="forms_print")
async def show_printing(
    request: Request, session: Reading, town: CurrentTown, files: Files, _staff: Counter
) -> Response:
    return page(request, "residents/forms_print.html", await _context(session, files, town.id))


@router.post("/desk/residents/forms/print", name="forms_print_now")
async def print_now(
    request: Request, session: Writing, town: CurrentTown, files: Files, staff: Counter, form: SentForm
) -> Response:
    context = await _context(session, files, town.id) | {
        "values": {**dict.fromkeys(SeriesDraft.model_fields, ""), **form.values}
    }
    with asking_again(
        lambda errors, _: page(request, "residents/forms_print.html", context | {"errors": errors}, status=422)
    ):
        draft = form.parse(SeriesDraft)
        job = await printed_forms.print_series(session, town.id, staff, draft)
    return redirect(request, "print", print_id=job.id)


async def _context(session: ReadSession, files: FileStore, municipality_id: int) -> dict[str, Any]:
    form = await printed_forms.form_of(session, files, municipality_id, "a5")
    try:
        pages, refusal = await preview_form(form, printed_forms.form_number(0), 60.0), ""
    except PressError as error:
        pages, refusal = [], str(error.message)
    return {
        "values": {"count": "", "format": "a5"},
        "errors": {},
        "series": await printed_forms.list_series(session, municipality_id),
        "number_of": printed_forms.form_number,
        "sheets": [held(one) for one in pages],
        "refusal": refusal,
    }
