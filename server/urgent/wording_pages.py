"""The prepared texts: what the form is filled with, changed in calm for the day that is not."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Editor, Publisher
from server.core.i18n import sentence
from server.urgent import queries, service
from server.urgent.models import UrgentKind
from server.urgent.schemas import WordingDraft
from server.urgent.words import KINDS
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("urgent"))])

WORDED = saying("urgent-worded", sentence("The prepared text is saved."))


@router.get("/desk/urgent/texts/{kind}", name="urgent_wording")
async def show_wording(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, kind: UrgentKind
) -> Response:
    words = await queries.wording(session, town.id, kind, town.language)
    return _wording_page(request, kind, words.model_dump())


@router.post("/desk/urgent/texts/{kind}", name="urgent_wording_change")
async def change_wording(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, kind: UrgentKind, form: SentForm
) -> Response:
    typed = {name: form.text(name) for name in WordingDraft.model_fields}
    with asking_again(lambda errors, _refusal: _wording_page(request, kind, typed, errors)):
        await service.change_wording(session, town.id, staff, kind, town.language, form.parse(WordingDraft))
    return redirect(request, "urgent_wording", kind=kind, said=WORDED)


def _wording_page(
    request: Request, kind: UrgentKind, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> HTMLResponse:
    context = {"kind": kind, "kinds": KINDS, "values": values, "errors": errors or {}}
    return page(request, "urgent/wording.html", context, status=422 if errors else 200)
