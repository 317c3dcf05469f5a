"""Paper asked for on the web, to be looked at by somebody who knows the town."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Counter
from server.core.i18n import sentence
from server.residents import paper, queries
from server.residents.alike import Typed, find_same
from server.residents.words import CHANNELS
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("residents"))])

ACCEPTED = saying("paper-accepted", sentence("The person is on the list. Correct the address here if it needs it."))
DISMISSED = saying("paper-dismissed", sentence("The request is discarded. Nothing is kept of it."))


@router.get("/desk/residents/to-check", name="residents_to_check")
async def show_to_check(request: Request, session: Reading, town: CurrentTown, _staff: Counter) -> Response:
    topics = {topic.id: topic.name for topic in await queries.list_topics(session, town.id)}
    waiting = []
    for asked in await queries.list_to_check(session, town.id):
        wish = paper.wish_of(asked)
        typed = Typed(wish.name, wish.address_street, wish.address_locality, phone=wish.phone)
        namesake = await find_same(session, town.id, typed)
        names = [topics[one] for one in wish.topic_ids if one in topics]
        waiting.append({"request": asked, "wish": wish, "topics": names, "namesake": namesake})
    return page(request, "residents/to_check.html", {"waiting": waiting, "channels": CHANNELS})


@router.post("/desk/residents/to-check/{request_id:int}/acceptance", name="paper_accept")
async def accept(request: Request, session: Writing, town: CurrentTown, staff: Counter, request_id: int) -> Response:
    resident = await paper.accept_paper_request(session, town.id, staff, request_id)
    return redirect(request, "resident", resident_id=resident.id, said=ACCEPTED)


@router.post("/desk/residents/to-check/{request_id:int}/dismissal", name="paper_dismiss")
async def dismiss(request: Request, session: Writing, town: CurrentTown, staff: Counter, request_id: int) -> Response:
    await paper.dismiss_paper_request(session, town.id, staff, request_id)
    return redirect(request, "residents_to_check", said=DISMISSED)
