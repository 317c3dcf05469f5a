"""The letters as residents read them on the town's pages: by year, and one by one, exactly as they left."""

from collections.abc import Sequence
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.core.clock import PARIS
from server.issues import queries
from server.issues.models import Issue
from server.issues.web import letter_for_the_web
from server.web.dependencies import CurrentTown, Reading
from server.web.freshness import PUBLIC
from server.web.templates import page

router = APIRouter()


@router.get("/letters", name="public_letters")
async def show_letters(request: Request, session: Reading, town: CurrentTown) -> Response:
    letters = await queries.list_sent(session, town.id)
    response = page(request, "public/letters.html", {"years": _by_year(letters)})
    response.headers.update(PUBLIC)
    return response


@router.get("/letters/{number}", name="public_letter")
async def show_letter(request: Request, session: Reading, town: CurrentTown, number: int) -> Response:
    issue = await queries.get_sent(session, town.id, number)
    response = page(request, "public/letter.html", await letter_for_the_web(session, request, issue))
    response.headers.update(PUBLIC)
    return response


def _by_year(letters: Sequence[Issue]) -> list[tuple[int, list[Issue]]]:
    def year(issue: Issue) -> int:
        return issue.sent_at.astimezone(PARIS).year if issue.sent_at else 0

    return [(one, list(group)) for one, group in groupby(letters, key=year)]
