"""The first page residents see, and the two statements every public page leads to."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.core.clock import today
from server.core.database import ReadSession
from server.issues.queries import find_last_sent
from server.notices import queries as notices
from server.notices.pages.public import line_of
from server.notices.wording import when_words
from server.residents import queries as residents
from server.residents.privacy import KEEPINGS
from server.web.dependencies import CurrentTown, Reading
from server.web.freshness import PUBLIC
from server.web.templates import page

router = APIRouter()

_SHOWN = 12
_COMING = 8
_AHEAD = timedelta(days=60)


@router.get("/", name="home")
async def show_home(request: Request, session: Reading, town: CurrentTown) -> Response:
    """What is urgent, what is current, what is coming, and how to be told."""
    current = await notices.current_notices(session, town.id)
    ordinary = [one for one in current if not one.is_urgent]
    context = {
        "urgent_lines": [line_of(one) for one in current if one.is_urgent],
        "lines": [line_of(one) for one in ordinary[:_SHOWN]],
        "more": max(0, len(ordinary) - _SHOWN),
        "letter": await find_last_sent(session, town.id),
        "events": await _events(session, town.id),
        "topics": await residents.list_topics(session, town.id),
    }
    return _public(page(request, "public/home.html", context))


@router.get("/accessibility", name="accessibility")
async def show_accessibility(request: Request, _town: CurrentTown) -> Response:
    return _public(page(request, "public/accessibility.html"))


@router.get("/privacy", name="privacy")
async def show_privacy(request: Request, _town: CurrentTown) -> Response:
    """Made of the very list that the personal file and the tests are made of: it cannot promise something else."""
    keepings = [
        {
            "title": keeping.title,
            "purpose": keeping.purpose,
            "kept": keeping.kept,
            "what": list(dict.fromkeys(str(words) for words in keeping.personal.values())),
        }
        for keeping in KEEPINGS.values()
    ]
    return _public(page(request, "public/privacy.html", {"keepings": keepings}))


async def _events(session: ReadSession, municipality_id: int) -> list[dict[str, Any]]:
    first = today()
    coming = await notices.agenda_between(session, municipality_id, first, first + _AHEAD)
    return [
        {
            "when": when_words(one),
            "machine": one.happens_from.isoformat() if one.happens_from else "",
            "title": line_of(one)["title"],
            "number": one.number,
            "where": one.where_text,
        }
        for one in coming[:_COMING]
    ]


def _public(response: HTMLResponse) -> HTMLResponse:
    response.headers.update(PUBLIC)
    return response
