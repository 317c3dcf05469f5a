"""The own account of who runs the instance: the pages of the staff's accounts, in the console's frame."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.accounts import queries, service
from server.accounts.account_pages import CHANGED, ENDED, SAVED, account_page, password_page
from server.accounts.dependencies import Operator
from server.accounts.pages import SIGNED_OUT, refuse_different, without_cookie
from server.accounts.schemas import Profile
from server.accounts.signing_in import change_password
from server.web.dependencies import Reading, Writing, database_of
from server.web.forms import SentForm, asking_again
from server.web.templates import redirect

router = APIRouter()

_CONSOLE = {"frame": "hosting/base.html", "door": "operator_", "here": "account"}


@router.get("/operator/account", name="operator_account")
async def show_account(request: Request, session: Reading, operator: Operator) -> Response:
    sessions = await queries.list_living_sessions(session, operator.account_id)
    values = {"name": operator.name, "language": operator.language}
    return account_page(request, operator, sessions, values, frame=_CONSOLE)


@router.post("/operator/account", name="operator_account_change")
async def change_account(request: Request, session: Writing, operator: Operator, form: SentForm) -> Response:
    sessions = await queries.list_living_sessions(session, operator.account_id)
    with asking_again(
        lambda errors, _refusal: account_page(request, operator, sessions, form.values, errors, _CONSOLE)
    ):
        await service.change_profile(session, operator.account_id, form.parse(Profile))
    return redirect(request, "operator_account", said=SAVED)


@router.get("/operator/account/password", name="operator_account_password")
async def show_password(request: Request, operator: Operator) -> Response:
    return password_page(request, {}, _CONSOLE)


@router.post("/operator/account/password", name="operator_account_password_change")
async def change_own_password(request: Request, operator: Operator, form: SentForm) -> Response:
    with asking_again(lambda errors, _refusal: password_page(request, errors, _CONSOLE)):
        refuse_different(form.text("new"), form.text("again"))
        context = ("tambour", operator.name, operator.email)
        await change_password(
            database_of(request), None, operator, current=form.text("current"), new=form.text("new"), context=context
        )
    return redirect(request, "operator_account", said=CHANGED)


@router.post("/operator/account/sessions/removal", name="operator_sessions_end")
async def end_all_sessions(request: Request, session: Writing, operator: Operator) -> Response:
    await service.end_all_own_sessions(session, None, operator)
    return without_cookie(redirect(request, "operator_sign_in", said=SIGNED_OUT))


@router.post("/operator/account/sessions/{session_id:int}/removal", name="operator_session_end")
async def end_session(request: Request, session: Writing, operator: Operator, session_id: int) -> Response:
    await service.end_own_session(session, None, operator, session_id)
    if session_id == operator.session_id:
        return without_cookie(redirect(request, "operator_sign_in", said=SIGNED_OUT))
    return redirect(request, "operator_account", said=ENDED)
