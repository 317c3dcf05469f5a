"""API tokens of the municipality: made with a name and scopes, shown once, revoked."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts import queries, tokens
from server.accounts.dependencies import Administrator
from server.accounts.schemas import TokenDraft
from server.accounts.words import SCOPES
from server.core.i18n import sentence
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

REVOKED = saying("token-revoked", sentence("The token is revoked: it opens nothing any more."))


@router.get("/desk/settings/tokens", name="tokens")
async def show_tokens(request: Request, session: Reading, town: CurrentTown, actor: Administrator) -> Response:
    found = await queries.list_api_tokens(session, town.id)
    return page(request, "accounts/tokens.html", {"tokens": found, "scopes": SCOPES})


@router.get("/desk/settings/tokens/new", name="token_new")
async def show_new_token(request: Request, actor: Administrator) -> Response:
    return _form_page(request, "", [])


@router.post("/desk/settings/tokens", name="token_create")
async def create_token(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, form: SentForm
) -> Response:
    with asking_again(lambda errors, _refusal: _form_page(request, form.text("name"), form.texts("scopes"), errors)):
        draft = form.parse(TokenDraft)
        token = await tokens.create_token(session, town.id, actor, draft)
    # Answered at once and not after a redirection: the token stands on this page only, nowhere else.
    return page(request, "accounts/token_created.html", {"token": token, "name": draft.name})


@router.post("/desk/settings/tokens/{token_id:int}/revocation", name="token_revoke")
async def revoke_token(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, token_id: int
) -> Response:
    await tokens.revoke_token(session, town.id, actor, token_id)
    return redirect(request, "tokens", said=REVOKED)


def _form_page(request: Request, name: str, chosen: list[str], errors: Mapping[str, str] | None = None) -> Response:
    options: list[tuple[Any, ...]] = [(code, str(name), code) for code, name in SCOPES.items()]
    context = {"name": name, "chosen": chosen, "options": options, "errors": errors or {}}
    return page(request, "accounts/token_new.html", context, status=422 if errors else 200)
