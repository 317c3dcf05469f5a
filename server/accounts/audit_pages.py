"""The audit trail, as administrators read it."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts import audit
from server.accounts.dependencies import Administrator
from server.accounts.words import said_in_words
from server.web.dependencies import CurrentTown, Reading
from server.web.pagination import AskedSlice, LinkedPage
from server.web.templates import page, room

router = APIRouter(dependencies=[Depends(room("settings"))])


@router.get("/desk/settings/audit", name="audit")
async def show_audit(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, part: AskedSlice
) -> Response:
    entries = await audit.list_entries(session, town.id, part)
    context = {
        "entries": LinkedPage(entries, request),
        "name_of": audit.name_of,
        "kind_of": audit.kind_of,
        "said": said_in_words,
    }
    return page(request, "accounts/audit.html", context)
