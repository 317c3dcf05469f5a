"""The door: signing in and out, choosing a password by a one-time link."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from server.accounts import queries, service
from server.accounts.coming_back import safe_path
from server.accounts.dependencies import COOKIE, Staff, find_staff, session_token_of
from server.accounts.devices import device_of
from server.accounts.models import Account
from server.accounts.schemas import Attempt
from server.accounts.signing_in import sign_in, use_link
from server.core.errors import Invalid, NotFound
from server.core.i18n import Message, sentence
from server.core.secrets import token_hash
from server.web.csrf import refuse_foreign
from server.web.dependencies import CurrentTown, Keys, Reading, Writing, database_of
from server.web.forms import Form, SentForm, asking_again
from server.web.network import network_of
from server.web.said import saying
from server.web.templates import page, path_for, redirect
from server.web.tenancy import Town

router = APIRouter()

SIGNED_OUT = saying("signed-out", sentence("You are signed out."))
CHOSEN = saying("password-chosen", sentence("Your password is set. Sign in with it."))
WRONG = sentence("The address or the password is wrong.")


@router.get("/desk/sign-in", name="sign_in")
async def show_sign_in(request: Request, town: CurrentTown) -> Response:
    back = safe_path(request.query_params.get("next", ""))
    staff = await find_staff(request, town)
    if staff is not None and staff.roles:
        return _go(request, back)
    return page(request, "accounts/sign_in.html", {"next": back, "email": "", "errors": {}})


@router.post("/desk/sign-in", name="session_open")
async def open_session(request: Request, town: CurrentTown, secrets: Keys, form: SentForm) -> Response:
    refuse_foreign(request)
    back = safe_path(form.text("next"))
    token = await sign_in(database_of(request), secrets, town.id, attempt_of(request, form))
    if token is None:
        context = {"next": back, "email": form.text("email"), "errors": {"email": str(WRONG)}}
        return page(request, "accounts/sign_in.html", context, status=422)
    return with_cookie(_go(request, back), token)


@router.post("/desk/sign-out", name="sign_out")
async def close_session(request: Request, session: Writing, town: CurrentTown, staff: Staff) -> Response:
    if staff.session_id is not None:
        await service.end_own_session(session, town.id, staff, staff.session_id)
    return without_cookie(redirect(request, "sign_in", said=SIGNED_OUT))


@router.get("/desk/welcome/{token}", name="welcome")
async def show_welcome(request: Request, session: Reading, town: CurrentTown, token: str) -> Response:
    found = await queries.find_link(session, town.id, token_hash(token))
    if found is None:
        return _link_gone(request)
    return _welcome_page(request, token, found[1], {})


@router.post("/desk/welcome/{token}", name="password_choose")
async def choose_password(request: Request, town: CurrentTown, token: str, form: SentForm) -> Response:
    refuse_foreign(request)
    database = database_of(request)
    async with database.reading() as session:
        found = await queries.find_link(session, town.id, token_hash(token))
    if found is None:
        return _link_gone(request)
    with asking_again(lambda errors, _refusal: _welcome_page(request, token, found[1], errors)):
        refuse_different(form.text("password"), form.text("again"))
        try:
            await use_link(database, town.id, token, form.text("password"), context_of(town))
        except NotFound:
            return _link_gone(request)
    return redirect(request, "sign_in", said=CHOSEN)


def refuse_different(password: str, again: str) -> None:
    """Raise Invalid if the two do not match."""
    if password != again:
        different: Message = sentence("The two passwords are not the same.")
        raise Invalid({"again": different})


def context_of(town: Town) -> tuple[str, ...]:
    """Words that everybody connects with the town, and nobody should use as a password."""
    return (town.name, town.slug, town.email, *town.address_lines)


def attempt_of(request: Request, form: Form) -> Attempt:
    """What was typed at the door, and from where."""
    return Attempt(
        email=form.text("email").strip().lower()[:254],
        password=form.text("password"),
        network=network_of(request),
        device=device_of(request.headers.get("user-agent", "")),
        old_token=session_token_of(request),
    )


def with_cookie(response: RedirectResponse, token: str) -> RedirectResponse:
    response.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="lax")
    return response


def without_cookie(response: RedirectResponse) -> RedirectResponse:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


def _go(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(str(request.scope.get("root_path", "")) + path, status_code=303)


def _welcome_page(request: Request, token: str, account: Account, errors: dict[str, str]) -> Response:
    action = path_for(request, "password_choose", token=token)
    context = {"frame": "desk/base.html", "action": action, "account": account, "errors": errors}
    return page(request, "accounts/welcome.html", context, status=422 if errors else 200)


def _link_gone(request: Request) -> Response:
    return page(request, "accounts/link_gone.html", status=404)
