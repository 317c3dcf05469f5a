"""Certificates: the list, one asked for with what it would say, its issue, its bytes."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.actors import Actor
from server.accounts.dependencies import BoardKeeper, Publisher
from server.accounts.models import Role
from server.boards import service
from server.boards.kinds import CertificateKind
from server.boards.models import Board
from server.boards.queries.boards import get_board
from server.boards.queries.postings import PostedSheet, list_of_notice
from server.boards.queries.proofs import get_certificate, list_certificates
from server.boards.schemas import CertificateWish
from server.boards.words import CERTIFICATES
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import Invalid, NotFound
from server.core.i18n import sentence
from server.notices.models import Notice
from server.notices.queries import get_notice
from server.web.dependencies import Configuration, CurrentTown, Files, Reading, Writing, database_of
from server.web.forms import RefusedForm, SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, path_for, redirect, room

router = APIRouter(dependencies=[Depends(room("boards"))])

ASKED = saying("certificate-asked", sentence("The certificate is asked for: it waits for the mayor."))
ISSUED = saying(
    "certificate-issued", sentence("The certificate is issued. Print it; it can be printed again as it is.")
)
DROPPED = saying("certificate-dropped", sentence("The certificate is no longer asked for."))


@router.get("/desk/boards/certificates", name="certificates")
async def show_certificates(request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper) -> Response:
    context = {"certificates": await list_certificates(session, town.id), "kinds": CERTIFICATES}
    return page(request, "boards/certificates.html", context)


@router.get("/desk/boards/notices/{notice_id:int}/certificate", name="certificate_new")
async def show_new_certificate(
    request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper, notice_id: int
) -> Response:
    """Proposed: the boards on which it hung, and all the days that are proved."""
    notice, boards, sheets = await _look(session, town.id, notice_id)
    proved = [one.posting for one in sheets if one.posting.hung_on]
    values = {
        "kind": CertificateKind.DISPLAY.value,
        "board_ids": [one.board_id for one in proved],
        "first_on": max((one.hung_on or date.min for one in proved), default=None),
        "last_on": min((one.seen_on or date.max for one in proved), default=None),
    }
    return _form_page(request, notice, boards, values)


@router.post("/desk/boards/notices/{notice_id:int}/certificate", name="certificate_ask")
async def ask_certificate(
    request: Request, session: Writing, town: CurrentTown, staff: BoardKeeper, notice_id: int, form: SentForm
) -> Response:
    notice, boards, _sheets = await _look(session, town.id, notice_id)
    values = {**form.values, "board_ids": form.texts("board_ids")}
    with asking_again(lambda errors, _refusal: _form_page(request, notice, boards, values, errors)):
        asked = await service.ask_certificate(session, town.id, staff, notice_id, form.parse(CertificateWish))
    return redirect(request, "certificate", certificate_id=asked.id, said=ASKED)


@router.get("/desk/boards/certificates/{certificate_id:int}", name="certificate")
async def show_certificate(
    request: Request,
    session: Reading,
    town: CurrentTown,
    settings: Configuration,
    staff: BoardKeeper,
    certificate_id: int,
) -> Response:
    return await _page(request, session, town.id, staff, certificate_id, _acts_url(request, settings.url))


@router.post("/desk/boards/certificates/{certificate_id:int}/issue", name="certificate_issue")
async def issue_certificate(
    request: Request,
    reading: Reading,
    town: CurrentTown,
    files: Files,
    settings: Configuration,
    staff: Publisher,
    certificate_id: int,
) -> Response:
    address = _acts_url(request, settings.url)
    try:
        await service.issue_certificate(database_of(request), files, town.id, staff, certificate_id, address)
    except Invalid as refusal:
        told = await _page(request, reading, town.id, staff, certificate_id, address)
        raise RefusedForm(told) from refusal
    return redirect(request, "certificate", certificate_id=certificate_id, said=ISSUED)


@router.post("/desk/boards/certificates/{certificate_id:int}/drop", name="certificate_drop")
async def drop_certificate(
    request: Request, session: Writing, town: CurrentTown, _staff: BoardKeeper, certificate_id: int
) -> Response:
    await service.drop_certificate(session, town.id, certificate_id)
    return redirect(request, "certificates", said=DROPPED)


@router.get("/desk/boards/certificates/{certificate_id:int}/paper.pdf", name="certificate_paper")
async def fetch_paper(
    session: Reading, town: CurrentTown, files: Files, _staff: BoardKeeper, certificate_id: int
) -> Response:
    """The bytes that were issued, whenever they are asked for."""
    issued = await get_certificate(session, town.id, certificate_id)
    if not issued.file_key:
        raise NotFound
    content = await asyncio.to_thread(files.get, town.id, issued.file_key)
    name = f"certificat-{issued.number}.pdf"
    headers = {"cache-control": "private, no-store", "content-disposition": f'inline; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def _look(
    session: ReadSession, municipality_id: int, notice_id: int
) -> tuple[Notice, list[Board], list[PostedSheet]]:
    notice = await get_notice(session, municipality_id, notice_id)
    sheets = await list_of_notice(session, municipality_id, notice_id)
    ids = sorted({one.posting.board_id for one in sheets})
    boards = [await get_board(session, municipality_id, one, even_removed=True) for one in ids]
    return notice, boards, sheets


def _acts_url(request: Request, origin: str) -> str:
    return origin + path_for(request, "public_acts")


async def _page(
    request: Request, session: ReadSession, municipality_id: int, staff: Actor, certificate_id: int, acts_url: str
) -> HTMLResponse:
    asked = await get_certificate(session, municipality_id, certificate_id)
    notice = await get_notice(session, municipality_id, asked.notice_id)
    paper, errors = None, {}
    if asked.issued_at is None:
        try:
            paper = await service.draft_certificate(session, municipality_id, certificate_id, acts_url)
        except Invalid as refusal:
            errors = {name: str(message) for name, message in refusal.fields.items()}
    context = {
        "certificate": asked,
        "notice": notice,
        "kinds": CERTIFICATES,
        "body": paper.body if paper else asked.facts.get("body", ""),
        "missing": list(errors.values()),
        "can_issue": staff.has_role(Role.PUBLISHER) and paper is not None,
    }
    return page(request, "boards/certificate.html", context)


def _form_page(
    request: Request,
    notice: Notice,
    boards: Sequence[Board],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    context = {
        "notice": notice,
        "boards": [(board.id, board.name, board.location) for board in boards],
        "kinds": [(kind.value, str(name)) for kind, name in CERTIFICATES.items()],
        "values": values,
        "errors": errors or {},
        "today": clock.today(),
    }
    return page(request, "boards/certificate_new.html", context, status=422 if errors else 200)
