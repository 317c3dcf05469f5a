"""The list taken out as a table: who takes it types the password again."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.accounts.signing_in import ask_password
from server.core.database import ReadSession
from server.core.tables import BYTE_ORDER_MARK
from server.residents import queries
from server.residents.exporting import export_list
from server.residents.pages.book import AskedFilter
from server.residents.queries import ResidentFilter
from server.web.dependencies import CurrentTown, Reading, database_of
from server.web.forms import SentForm, asking_again
from server.web.pagination import Slice
from server.web.templates import page, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("residents"))])


@router.get("/desk/residents/export", name="residents_export")
async def show_export(
    request: Request, session: Reading, town: CurrentTown, _staff: Administrator, wanted: AskedFilter
) -> Response:
    return page(request, "residents/export.html", await _shown(request, session, town, wanted) | {"errors": {}})


@router.post("/desk/residents/export", name="residents_take_out")
async def take_out(
    request: Request, session: Reading, town: CurrentTown, staff: Administrator, wanted: AskedFilter, form: SentForm
) -> Response:
    database, shown = database_of(request), await _shown(request, session, town, wanted)
    with asking_again(lambda errors, _: page(request, "residents/export.html", shown | {"errors": errors}, status=422)):
        await ask_password(database, town.id, staff, form.text("password"))
    async with database.writing() as writing:
        content = await export_list(writing, town.id, staff, wanted)
    headers = {"content-disposition": 'attachment; filename="residents.csv"', "cache-control": "no-store"}
    return Response(BYTE_ORDER_MARK + content, media_type="text/csv; charset=utf-8", headers=headers)


async def _shown(request: Request, session: ReadSession, town: Town, wanted: ResidentFilter) -> dict[str, Any]:
    """How many it is about; the form goes back to the same filters."""
    found = await queries.list_residents(session, town.id, wanted, Slice(1, 1))
    return {"count": found.total, "query": request.url.query}
