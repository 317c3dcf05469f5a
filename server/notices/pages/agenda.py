"""The agenda: what happens, by month, made of the notices' dates; and as a calendar that programs read."""

from datetime import date, timedelta
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from server.core import clock
from server.core.clock import PARIS, today
from server.core.errors import NotFound
from server.notices import queries
from server.notices.calendar import calendar_of
from server.notices.models import Publication
from server.notices.pages.public import line_of
from server.notices.wording import when_words
from server.web.dependencies import Configuration, CurrentTown, Reading
from server.web.freshness import PUBLIC
from server.web.templates import page, path_for

router = APIRouter()

_AHEAD = timedelta(days=366)
_BEHIND = timedelta(days=90)


@router.get("/agenda", name="agenda")
async def show_agenda(
    request: Request, session: Reading, town: CurrentTown, month: Annotated[str, Query(max_length=7)] = ""
) -> Response:
    """What is to come; with `month` ("2026-11"), what happens or happened in that month."""
    first, last = _month(month) if month else (today(), today() + _AHEAD)
    events = await queries.agenda_between(session, town.id, first, last)
    context = {
        "months": [
            (start, [_event(one) for one in group])
            for start, group in groupby(events, key=lambda one: _starts(one, first))
        ],
        "month": first if month else None,
        "before": (first.replace(day=1) - timedelta(days=1)).replace(day=1),
        "after": (last + timedelta(days=1)).replace(day=1) if month else None,
    }
    response = page(request, "public/agenda.html", context)
    response.headers.update(PUBLIC)
    return response


@router.get("/agenda.ics", name="agenda_ics")
async def give_calendar(
    request: Request, session: Reading, town: CurrentTown, configuration: Configuration
) -> Response:
    """The agenda for a calendar program: RFC 5545."""
    events = await queries.agenda_between(session, town.id, today() - _BEHIND, today() + _AHEAD)
    origin = configuration.url if town.prefix else f"https://{town.host}"

    def address(publication: Publication) -> str:
        return origin + path_for(request, "public_notice", number=publication.number)

    content = calendar_of(events, town.name, town.language, address)
    headers = PUBLIC | {"content-disposition": f'inline; filename="{town.slug}.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _event(publication: Publication) -> dict[str, object]:
    begin = publication.happens_from
    assert begin is not None  # the agenda holds nothing else
    local = begin.astimezone(PARIS)
    machine = local.date().isoformat() if publication.whole_day else local.isoformat(timespec="minutes")
    return {**line_of(publication), "when": when_words(publication, has_year=False), "machine": machine}


def _starts(publication: Publication, first: date) -> date:
    """The month an event stands under; one that began before stands under the first."""
    begin = publication.happens_from
    assert begin is not None  # as above
    return max(clock.day_of(begin), first).replace(day=1)


def _month(words: str) -> tuple[date, date]:
    """The first and the last day of "2026-11". Raises NotFound for what is no month."""
    try:
        first = date.fromisoformat(f"{words}-01")
        after = (first + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        raise NotFound from None
    return first, after - timedelta(days=1)
