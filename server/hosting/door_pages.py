"""The instance's own door: signing in and out, choosing a password by a one-time link."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.accounts import queries, service
from server.accounts.dependencies import Operator, find_operator
from server.accounts.models import Account
from server.accounts.pages import (
    CHOSEN,
    SIGNED_OUT,
    WRONG,
    attempt_of,
    refuse_different,
    with_cookie,
    without_cookie,
)
from server.accounts.signing_in import LINK_GONE, sign_in, use_link
from server.core.errors import NotFound
from server.core.secrets import token_hash
from server.web.csrf import refuse_foreign
from server.web.dependencies import Keys, Reading, Writing, database_of
from server.web.forms import SentForm, asking_again
from server.web.templates import page, path_for, redirect

router = APIRouter()


@router.get("/operator/sign-in", name="operator_sign_in")
async def show_sign_in(request: Request) -> Response:
    if await find_operator(request) is not None:
        return redirect(request, "operator")
    return page(request, "hosting/sign_in.html", {"email": "", "errors": {}})


@router.post("/operator/sign-in", name="operator_session_open")
async def open_session(request: Request, secrets: Keys, form: SentForm) -> Response:
    refuse_foreign(request)
    token = await sign_in(database_of(request), secrets, None, attempt_of(request, form))
    if token is None:
        context = {"email": form.text("email"), "errors": {"email": str(WRONG)}}
        return page(request, "hosting/sign_in.html", context, status=422)
    return with_cookie(redirect(request, "operator"), token)


@router.post("/operator/sign-out", name="operator_sign_out")
async def close_session(request: Request, session: Writing, operator: Operator) -> Response:
    if operator.session_id is not None:
        await service.end_own_session(session, None, operator, operator.session_id)
    return without_cookie(redirect(request, "operator_sign_in", said=SIGNED_OUT))


@router.get("/operator/welcome/{token}", name="operator_welcome")
async def show_welcome(request: Request, session: Reading, token: str) -> Response:
    return _welcome_page(request, token, await _account_of(session, token), {})


@router.post("/operator/welcome/{token}", name="operator_password_choose")
async def choose_password(request: Request, token: str, form: SentForm) -> Response:
    refuse_foreign(request)
    database = database_of(request)
    async with database.reading() as session:
        account = await _account_of(session, token)
    with asking_again(lambda errors, _refusal: _welcome_page(request, token, account, errors)):
        refuse_different(form.text("password"), form.text("again"))
        await use_link(database, None, token, form.text("password"), ("tambour",))
    return redirect(request, "operator_sign_in", said=CHOSEN)


async def _account_of(session: Reading, token: str) -> Account:
    found = await queries.find_link(session, None, token_hash(token))
    if found is None:
        raise NotFound(LINK_GONE, "link_gone")
    return found[1]


def _welcome_page(request: Request, token: str, account: Account, errors: dict[str, str]) -> Response:
    action = path_for(request, "operator_password_choose", token=token)
    context = {"frame": "hosting/base.html", "action": action, "here": "", "account": account, "errors": errors}
    return page(request, "accounts/welcome.html", context, status=422 if errors else 200)
