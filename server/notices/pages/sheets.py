"""The notice on paper and in a mail, before anybody has it: for the staff; and the public poster."""

import base64
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from server.accounts.dependencies import Poster
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.files import FileStore
from server.municipalities.queries import get_municipality
from server.notices import queries
from server.notices.everywhere import SHELF, on_paper, posted_on, poster_draft, saved_words
from server.notices.models import Notice
from server.notices.on_paper import NAMES, OnPaper
from server.notices.pictures import mail_images
from server.notices.renderings import PosterDraft, render_notice_mail
from server.notices.schemas import NoticeContent
from server.press.errors import PressError
from server.press.poster import Format
from server.web.dependencies import CurrentTown, Files, Reading
from server.web.framing import framed
from server.web.templates import page, room
from server.web.tenancy import Town

router = APIRouter()
desk = [Depends(room("notices"))]


@router.get("/desk/notices/{notice_id}/poster.pdf", name="notice_poster", dependencies=desk)
async def print_poster(
    session: Reading,
    town: CurrentTown,
    files: Files,
    _staff: Poster,
    notice_id: int,
    size: Annotated[Format | None, Query(alias="format")] = None,
) -> Response:
    """The sheet of the text in work: what fits on A4, or the whole text on the format asked for. Raises PressError."""
    notice = await queries.get_notice(session, town.id, notice_id)
    draft = await _draft(session, files, town, NoticeContent.of(notice), notice.number, posted_on(notice))
    poster = replace(draft.full, format=size) if size else (await SHELF.choose(draft)).poster
    return _pdf(await SHELF.pdf(poster), f"affiche-{notice.number}", "private, no-store")


@router.get("/desk/notices/{notice_id}/paper", name="notice_paper", dependencies=desk)
async def show_paper(
    request: Request, session: Reading, town: CurrentTown, files: Files, _staff: Poster, notice_id: int
) -> Response:
    """Everything it can be printed as: how each fits, its pages, its files."""
    notice = await queries.get_notice(session, town.id, notice_id)
    paper = await _paper(session, files, town, notice)
    looked = [await paper.look(code) for code in NAMES]
    return page(request, "notices/paper.html", {"notice": notice, "looked": looked, "mark": notice.content_hash[:12]})


@router.get("/desk/notices/{notice_id}/paper/{product}.pdf", name="notice_product", dependencies=desk)
async def print_product(
    session: Reading,
    town: CurrentTown,
    files: Files,
    _staff: Poster,
    notice_id: int,
    product: str,
    way: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The file of one product. `way`: on sheets to be glued, or for a print shop. Raises PressError."""
    notice = await queries.get_notice(session, town.id, notice_id)
    content = await (await _paper(session, files, town, notice)).pdf(product, way)
    name = "-".join(word for word in (product, notice.number, way) if word)
    return _pdf(content, name, "private, no-store")


@router.get("/desk/notices/{notice_id}/paper/{product}/{sheet}.png", name="notice_sheet", dependencies=desk)
async def picture_sheet(
    session: Reading, town: CurrentTown, files: Files, _staff: Poster, notice_id: int, product: str, sheet: int
) -> Response:
    """One page, to look at. Raises PressError."""
    notice = await queries.get_notice(session, town.id, notice_id)
    picture = await (await _paper(session, files, town, notice)).picture(product, sheet)
    return Response(picture, media_type="image/png", headers={"cache-control": "no-store"})


@router.get("/desk/notices/{notice_id}/mail", name="notice_mail", dependencies=desk)
async def show_mail(session: Reading, town: CurrentTown, files: Files, _staff: Poster, notice_id: int) -> HTMLResponse:
    """The notice as a mail, its pictures embedded, in a document that may load nothing."""
    notice = await queries.get_notice(session, town.id, notice_id)
    content = NoticeContent.of(notice)
    municipality = await get_municipality(session, town.id)
    html = render_notice_mail(municipality, content, notice.number).html
    for image in await mail_images(session, files, town.id, content):
        data = base64.b64encode(image.content).decode()
        html = html.replace(f"cid:{image.cid}", f"data:{image.media_type};base64,{data}")
    return framed(html)


@router.get("/desk/notices/{notice_id}/mail.txt", name="notice_mail_text", dependencies=desk)
async def show_mail_text(session: Reading, town: CurrentTown, _staff: Poster, notice_id: int) -> PlainTextResponse:
    notice = await queries.get_notice(session, town.id, notice_id)
    mail = render_notice_mail(await get_municipality(session, town.id), NoticeContent.of(notice), notice.number)
    return PlainTextResponse(mail.text)


@router.get("/notices/{number}/poster.pdf", name="poster_pdf")
async def print_public_poster(
    request: Request, session: Reading, town: CurrentTown, files: Files, number: str
) -> Response:
    """The sheet of what residents read now."""
    public = await queries.find_public(session, town.id, number)
    if public is None or public.ended_as is not None:
        raise NotFound
    posted = clock.day_of(public.first_published_at)
    draft = await _draft(session, files, town, NoticeContent.thawed(public.content), number, posted)
    try:
        return _pdf(await SHELF.pdf((await SHELF.choose(draft)).poster), f"affiche-{number}", "public, max-age=300")
    except PressError as error:
        raise NotFound from error


async def _draft(
    session: ReadSession, files: FileStore, town: Town, content: NoticeContent, number: str, posted: date | None
) -> PosterDraft:
    municipality = await get_municipality(session, town.id)
    return await poster_draft(session, files, municipality, content, number, posted)


async def _paper(session: ReadSession, files: FileStore, town: Town, notice: Notice) -> OnPaper:
    """The products of the text in work."""
    content = NoticeContent.of(notice)
    municipality = await get_municipality(session, town.id)
    draft = await poster_draft(session, files, municipality, content, notice.number, posted_on(notice))
    saved = saved_words(await queries.last_version(session, town.id, notice.id))
    return on_paper(draft, municipality, content, notice.number, revision=notice.revision, saved=saved)


def _pdf(content: bytes, name: str, kept: str) -> Response:
    headers = {"cache-control": kept, "content-disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)
