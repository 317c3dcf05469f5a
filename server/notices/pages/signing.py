"""The proof came back signed: who signed it, when, and which text it was."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Publisher
from server.core import clock
from server.core.i18n import sentence
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.notices import queries, service
from server.notices.models import Notice
from server.notices.pages.forms import sent_revision
from server.notices.signatures import PaperSignature
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("notices"))])

SIGNED = saying("notice-signed", sentence("Approved on paper: exactly the text that was signed."))


@router.get("/desk/notices/{notice_id}/signature", name="notice_signature")
async def show_signature(
    request: Request, session: Reading, town: CurrentTown, _staff: Publisher, notice_id: int
) -> Response:
    notice = await queries.get_notice(session, town.id, notice_id)
    return _form(request, notice, first_signature(await get_municipality(session, town.id)))


@router.post("/desk/notices/{notice_id}/signature", name="notice_sign")
async def enter_signature(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, notice_id: int, form: SentForm
) -> Response:
    notice = await queries.get_notice(session, town.id, notice_id)
    revision, content_hash = sent_revision(form), form.text("content_hash")
    with asking_again(lambda errors, _refusal: _form(request, notice, form.values, errors)):
        signature = form.parse(PaperSignature)
        await service.approve_notice(session, town.id, staff, notice_id, revision, content_hash, signature)
    return redirect(request, "notice", notice_id=notice_id, said=SIGNED)


def first_signature(municipality: Municipality) -> dict[str, Any]:
    """What is probably on the sheet."""
    signer = ", ".join(word for word in (municipality.mayor_name, municipality.mayor_title) if word)
    return {"signed_by": signer, "signed_on": clock.today().isoformat(), "mark": ""}


def _form(
    request: Request, notice: Notice, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> HTMLResponse:
    context = {
        "notice": notice,
        "values": {**dict.fromkeys(PaperSignature.model_fields, ""), **values},
        "errors": errors or {},
    }
    return page(request, "notices/signature.html", context, status=422 if errors else 200)
