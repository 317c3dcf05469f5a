"""The two links of a confirmation: yes, and never again. Opening a link changes nothing: mail scanners open them all."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.core.database import ReadSession
from server.core.errors import Invalid, NotFound
from server.core.i18n import sentence
from server.residents import joining, queries
from server.residents.addresses import masked
from server.residents.dependencies import TownsPost
from server.residents.mails import JOIN, NEVER
from server.residents.models import Channel, JoinRequest, RequestKind
from server.residents.pages.common import subject_of
from server.web.dependencies import CurrentTown, Keys, Reading, Writing
from server.web.form_token import Freshness, issue_form_token, judge_form_token
from server.web.forms import SentForm, asking_again
from server.web.templates import page
from server.web.tenancy import Town

router = APIRouter()

_PAGE = "confirm"
_AT_ONCE = timedelta(seconds=1)
"""A scanner that presses buttons does it faster than anybody reads one line."""


@router.get("/join/{token}", name="join_confirm")
async def show_confirm(request: Request, session: Reading, town: CurrentTown, secrets: Keys, token: str) -> Response:
    asked = await _asked(session, town, subject_of(secrets, JOIN, town, token))
    return _confirm_page(request, secrets, asked, token)


@router.post("/join/{token}", name="join_confirmed")
async def confirm(
    request: Request, session: Writing, town: CurrentTown, post: TownsPost, form: SentForm, token: str
) -> Response:
    request_id = subject_of(post.secrets, JOIN, town, token)
    asked = await _asked(session, town, request_id)
    with asking_again(lambda errors, _: _confirm_page(request, post.secrets, asked, token, errors)):
        _check_pressed(post.secrets, form)
        done = await joining.confirm_request(session, post, request_id)
    receives = (await queries.current_wants(session, town.id, [done.resident.id])).get(done.resident.id, [])
    chosen = {want.topic_id for want in receives if want.channel is Channel.EMAIL}
    context = {
        "topics": [topic.name for topic in await queries.list_topics(session, town.id) if topic.id in chosen],
        "is_address": done.is_address,
        "preferences_url": post.link("preferences", done.resident.id),
    }
    return page(request, "public/join_done.html", context)


@router.get("/never/{token}", name="never")
async def show_never(request: Request, session: Reading, town: CurrentTown, secrets: Keys, token: str) -> Response:
    request_id = subject_of(secrets, NEVER, town, token)
    asked = await queries.find_request(session, town.id, request_id)
    if asked is None:
        raise NotFound(_TOO_OLD, "too_old")
    address = masked(asked.email) if asked.email else ""
    return page(request, "public/never.html", {"address": address, "token": token, "is_done": not asked.email})


@router.post("/never/{token}", name="never_again")
async def never(request: Request, session: Writing, town: CurrentTown, post: TownsPost, token: str) -> Response:
    await joining.never_write_again(session, post, subject_of(post.secrets, NEVER, town, token))
    return page(request, "public/never.html", {"address": "", "token": token, "is_done": True})


_TOO_OLD = sentence("This link is too old, or was used up. Nothing is kept of that request: you may simply ask again.")


async def _asked(session: ReadSession, town: Town, request_id: int) -> JoinRequest:
    asked = await queries.find_request(session, town.id, request_id)
    if asked is None or not asked.email:
        raise NotFound(_TOO_OLD, "too_old")
    return asked


def _check_pressed(secrets: Keys, form: SentForm) -> None:
    """The page's own button was pressed, by somebody who had the time to see it."""
    if judge_form_token(secrets, _PAGE, form.text("form_token"), at_least=_AT_ONCE) is not Freshness.FRESH:
        raise Invalid({"": sentence("Press the button once more: this page was too new, or too old.")})


def _confirm_page(
    request: Request, secrets: Keys, asked: JoinRequest, token: str, errors: dict[str, str] | None = None
) -> HTMLResponse:
    context = {
        "address": masked(asked.email),
        "is_address": asked.kind is RequestKind.ADDRESS,
        "is_done": asked.confirmed_at is not None,
        "token": token,
        "form_token": issue_form_token(secrets, _PAGE),
        "errors": errors or {},
    }
    return page(request, "public/join_confirm.html", context, status=422 if errors else 200)
