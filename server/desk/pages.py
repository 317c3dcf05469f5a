"""The to-do page: where staff arrive after signing in."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Staff
from server.accounts.messages import find_message
from server.desk import service
from server.web.dependencies import CurrentTown, Reading
from server.web.templates import page, room

router = APIRouter(dependencies=[Depends(room("desk"))])


@router.get("/desk", name="desk")
async def show_tasks(request: Request, session: Reading, town: CurrentTown, staff: Staff) -> Response:
    tasks = await service.list_tasks(session, town.id, staff)
    return page(request, "desk/tasks.html", {"tasks": tasks, "message": await find_message(session)})
