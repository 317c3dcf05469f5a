"""Notices as residents read them: the current ones, one of them, the archive by year."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from server.content.typography import typeset
from server.core import clock
from server.core.clock import today
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.files import FileStore
from server.municipalities.queries import get_municipality
from server.notices import queries
from server.notices.everywhere import SHELF, poster_draft
from server.notices.models import NoticeKind, Publication, PublicationEnd
from server.notices.pages.article import article
from server.notices.pages.forms import choices_of
from server.notices.pictures import pictures_of
from server.notices.schemas import NoticeContent
from server.notices.wording import validity_words, when_words
from server.notices.words import KINDS
from server.press.errors import PressError
from server.web.dependencies import CurrentTown, Files, Reading
from server.web.freshness import PUBLIC
from server.web.pagination import AskedSlice, LinkedPage
from server.web.templates import page, path_for
from server.web.tenancy import Town

router = APIRouter()


@router.get("/notices", name="public_notices")
async def show_notices(
    request: Request,
    session: Reading,
    town: CurrentTown,
    asked: AskedSlice,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    topic: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    place: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:
    """What is posted now; with `year`, what was and has expired."""
    years = await queries.archive_years(session, town.id)
    if year is not None:
        archived = await queries.archived_notices(session, town.id, year, asked)
        lines = [line_of(one) for one in archived.items]
        context = {"lines": lines, "year": year, "years": years, "notices": LinkedPage(archived, request)}
        return _public(page(request, "public/notices_archive.html", context))
    choices = await choices_of(session, town)
    found = await queries.current_notices(session, town.id, topic_id=topic, place_id=place)
    context = {
        "urgent_lines": [line_of(one) for one in found if one.is_urgent],
        "lines": [line_of(one) for one in found if not one.is_urgent],
        "topics": choices.topics,
        "places": choices.sectors,
        "topic": topic,
        "place": place,
        "years": years,
    }
    return _public(page(request, "public/notices.html", context))


@router.get("/notices/{number}", name="public_notice")
async def show_notice(request: Request, session: Reading, town: CurrentTown, files: Files, number: str) -> Response:
    public = await queries.find_public(session, town.id, number)
    if public is None:
        raise NotFound
    if public.ended_as is PublicationEnd.WITHDRAWN:
        return _public(page(request, "public/notice_withdrawn.html", {"public": public}, status=410))
    content = NoticeContent.thawed(public.content)

    def picture_path(picture_id: int) -> str:
        return path_for(request, "picture", picture_id=picture_id)

    is_over = public.ended_at is not None or (public.valid_to is not None and public.valid_to < today())
    context: dict[str, Any] = {
        "public": public,
        "article": article(content, await pictures_of(session, town.id, content), picture_path),
        "kind": KINDS[public.kind],
        "is_act": public.kind is NoticeKind.OFFICIAL_ACT,
        "is_over": is_over,
        "posted_on": clock.day_of(public.first_published_at),
        "is_corrected": public.published_at > public.first_published_at,
        "validity": validity_words(None, public.valid_to),
        "has_poster": not is_over and await _has_poster(session, files, town, content, public),
    }
    return _public(page(request, "public/notice.html", context))


def line_of(publication: Publication) -> dict[str, Any]:
    """A notice in a list: its title, its sentence, and what else is known of it, each a few words."""
    about = [
        str(KINDS[publication.kind]) if publication.kind is NoticeKind.OFFICIAL_ACT else "",
        when_words(publication),
        typeset(publication.where_text or publication.concerns, publication.language),
        validity_words(None, publication.valid_to) if publication.happens_from is None else "",
    ]
    return {
        "publication": publication,
        "title": typeset(publication.title, publication.language),
        "summary": typeset(publication.summary, publication.language),
        "about": [words for words in about if words],
    }


async def _has_poster(
    session: ReadSession, files: FileStore, town: Town, content: NoticeContent, public: Publication
) -> bool:
    """Whether there is a sheet to give: it fits, whole or in its short form."""
    municipality = await get_municipality(session, town.id)
    posted_on = clock.day_of(public.first_published_at)
    draft = await poster_draft(session, files, municipality, content, public.number, posted_on)
    try:
        return (await SHELF.choose(draft)).is_printable
    except PressError:
        return False


def _public(response: HTMLResponse) -> HTMLResponse:
    response.headers.update(PUBLIC)
    return response
