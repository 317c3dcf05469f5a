"""One's own account: name, language, password, and where one is signed in."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.accounts import queries, service
from server.accounts.actors import Actor
from server.accounts.dependencies import Staff
from server.accounts.models import StaffSession
from server.accounts.pages import SIGNED_OUT, context_of, refuse_different, without_cookie
from server.accounts.schemas import Profile
from server.accounts.signing_in import change_password
from server.core.i18n import sentence
from server.web.dependencies import CurrentTown, Reading, Writing, database_of
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect

router = APIRouter()

_DESK = {"frame": "desk/base.html", "door": ""}
"""The frame around these pages, and how the names of their routes begin."""

SAVED = saying("account-saved", sentence("Your account is saved."))
CHANGED = saying("password-changed", sentence("Your password is changed. Your other sessions are ended."))
ENDED = saying("session-ended", sentence("The session is ended."))


@router.get("/desk/account", name="account")
async def show_account(request: Request, session: Reading, staff: Staff) -> Response:
    sessions = await queries.list_living_sessions(session, staff.account_id)
    return account_page(request, staff, sessions, {"name": staff.name, "language": staff.language})


@router.post("/desk/account", name="account_change")
async def change_account(request: Request, session: Writing, staff: Staff, form: SentForm) -> Response:
    sessions = await queries.list_living_sessions(session, staff.account_id)
    with asking_again(lambda errors, _refusal: account_page(request, staff, sessions, form.values, errors)):
        await service.change_profile(session, staff.account_id, form.parse(Profile))
    return redirect(request, "account", said=SAVED)


@router.get("/desk/account/password", name="account_password")
async def show_password(request: Request, staff: Staff) -> Response:
    return password_page(request, {})


@router.post("/desk/account/password", name="account_password_change")
async def change_own_password(request: Request, town: CurrentTown, staff: Staff, form: SentForm) -> Response:
    with asking_again(lambda errors, _refusal: password_page(request, errors)):
        refuse_different(form.text("new"), form.text("again"))
        context = (*context_of(town), staff.name, staff.email)
        await change_password(
            database_of(request), town.id, staff, current=form.text("current"), new=form.text("new"), context=context
        )
    return redirect(request, "account", said=CHANGED)


@router.post("/desk/account/sessions/removal", name="sessions_end")
async def end_all_sessions(request: Request, session: Writing, town: CurrentTown, staff: Staff) -> Response:
    await service.end_all_own_sessions(session, town.id, staff)
    return without_cookie(redirect(request, "sign_in", said=SIGNED_OUT))


@router.post("/desk/account/sessions/{session_id:int}/removal", name="session_end")
async def end_session(request: Request, session: Writing, town: CurrentTown, staff: Staff, session_id: int) -> Response:
    await service.end_own_session(session, town.id, staff, session_id)
    if session_id == staff.session_id:
        return without_cookie(redirect(request, "sign_in", said=SIGNED_OUT))
    return redirect(request, "account", said=ENDED)


def account_page(
    request: Request,
    staff: Actor,
    sessions: list[StaffSession],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    frame: Mapping[str, str] = _DESK,
) -> Response:
    context = {"values": values, "errors": errors or {}, "sessions": sessions, "current_id": staff.session_id}
    return page(request, "accounts/account.html", {**frame, **context}, status=422 if errors else 200)


def password_page(request: Request, errors: Mapping[str, str], frame: Mapping[str, str] = _DESK) -> Response:
    return page(request, "accounts/password.html", {**frame, "errors": errors}, status=422 if errors else 200)
