"""Who is asking: a signed-in member of staff with roles in this town, or a program with a token of this town."""

import logging
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request, Security
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials

from server.accounts import queries
from server.accounts.actors import Actor
from server.accounts.models import Role
from server.accounts.tokens import mark_used
from server.accounts.visits import visiting_roles
from server.core.database import ReadSession
from server.core.errors import NotAllowed, NotFound, Unknown
from server.core.i18n import sentence, speak
from server.core.secrets import Secrets, token_hash
from server.web.csrf import csrf_token, refuse_forged
from server.web.dependencies import CurrentTown, Keys, database_of
from server.web.description import BEARER
from server.web.errors import SignInNeeded
from server.web.templates import path_for
from server.web.tenancy import Town

log = logging.getLogger(__name__)

COOKIE = "__Host-tambour"
_LONGEST_TOKEN = 100  # ours have 32 characters; nobody makes us hash a megabyte


async def current_staff(request: Request, town: CurrentTown, secrets: Keys) -> Actor:
    """The signed-in person, with roles in this town. Otherwise: sign in (or 404 for who works elsewhere)."""
    staff = await find_staff(request, town)
    if staff is None:
        raise SignInNeeded(_to_sign_in(request))
    if not staff.roles:
        raise NotFound
    await _let_in(request, secrets, staff)
    return staff


async def find_staff(request: Request, town: Town) -> Actor | None:
    """Who is signed in in this browser; without roles if they work elsewhere. Proves nothing of the request itself."""
    async with database_of(request).reading() as session:
        signed_in = await _signed_in(request, session)
        if signed_in is None:
            return None
        account = signed_in.account
        roles = await queries.roles_of(session, town.id, account.id)
        if account.is_operator and (roles := await visiting_roles(session, town.id, account.id)):
            route = getattr(request.scope.get("route"), "path", "")
            log.info("support visit", extra={"municipality": town.id, "account": account.id, "route": route})
    return _actor(signed_in, roles)


async def find_operator(request: Request) -> Actor | None:
    """Who runs the instance, if that is who is signed in in this browser."""
    async with database_of(request).reading() as session:
        signed_in = await _signed_in(request, session)
    return _actor(signed_in, frozenset()) if signed_in and signed_in.account.is_operator else None


async def current_operator(request: Request, secrets: Keys) -> Actor:
    """Who runs the instance. Everybody else is shown the instance's own door."""
    operator = await find_operator(request)
    if operator is None:
        raise SignInNeeded(RedirectResponse(path_for(request, "operator_sign_in"), status_code=303))
    await _let_in(request, secrets, operator)
    return operator


async def _let_in(request: Request, secrets: Secrets, actor: Actor) -> None:
    """No forged form comes this far; pages know who reads them, and in which language."""
    expected = csrf_token(secrets, session_token_of(request))
    await refuse_forged(request, expected)
    request.state.staff, request.state.csrf_token = actor, expected
    speak(actor.language)


async def _signed_in(request: Request, session: ReadSession) -> queries.SignedIn | None:
    token = session_token_of(request)
    return await queries.find_signed_in(session, token_hash(token)) if token else None


def _actor(signed_in: queries.SignedIn, roles: frozenset[Role]) -> Actor:
    account = signed_in.account
    return Actor(account.id, account.name, roles, signed_in.session_id, account.email, account.language)


def session_token_of(request: Request) -> str:
    """What the browser's cookie says; anything but a token of ours is nobody's."""
    return request.cookies.get(COOKIE, "")[:_LONGEST_TOKEN]


def _to_sign_in(request: Request) -> RedirectResponse:
    """Back to where they wanted to go after signing in, if that was only a look."""
    back = "/desk"
    if request.method == "GET":
        back = str(request.scope["path"]).removeprefix(str(request.scope.get("root_path", "")))
        back += f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{path_for(request, 'sign_in')}?next={quote(back, safe='/')}", status_code=303)


Staff = Annotated[Actor, Depends(current_staff)]
Operator = Annotated[Actor, Depends(current_operator)]


def _holding(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    async def check(staff: Staff) -> Actor:
        if not staff.has_role(*roles):
            raise NotAllowed
        return staff

    return check


Administrator = Annotated[Actor, Depends(_holding(Role.ADMINISTRATOR))]
Editor = Annotated[Actor, Depends(_holding(Role.EDITOR, Role.PUBLISHER))]
"""Writes notices and issues. A publisher may write too."""
Publisher = Annotated[Actor, Depends(_holding(Role.PUBLISHER))]
"""Approves, publishes, sends."""
Counter = Annotated[Actor, Depends(_holding(Role.COUNTER))]
"""Sees and edits residents."""
PaperStaff = Annotated[Actor, Depends(_holding(Role.EDITOR, Role.PUBLISHER, Role.COUNTER))]
"""Sees what is sent on paper, and writes down how it goes."""
Poster = Annotated[Actor, Depends(_holding(Role.POSTER, Role.EDITOR, Role.PUBLISHER))]
"""Sees boards and prints posters."""
BoardKeeper = Annotated[Actor, Depends(_holding(Role.POSTER, Role.EDITOR, Role.PUBLISHER, Role.COUNTER))]
"""Sees boards, and keys in what comes back from a round."""


def scoped(scope: str | None) -> Callable[..., Awaitable[Actor]]:
    """A route of the API: a bearer token of this town with `scope` ("notices:read"); None: any token of this town."""
    bearer = Security(BEARER, scopes=[scope] if scope else [])

    async def check(
        request: Request, town: CurrentTown, sent: Annotated[HTTPAuthorizationCredentials | None, bearer]
    ) -> Actor:
        token = sent.credentials if sent else ""
        async with database_of(request).reading() as session:
            found = await queries.find_api_token(session, town.id, token_hash(token[:_LONGEST_TOKEN]))
        if found is None:
            raise Unknown(sentence("Send a valid token: `Authorization: Bearer …`."), "token_needed")
        if scope is not None and scope not in found.scopes:
            raise NotAllowed(sentence("This token lacks the scope {scope}.", scope=scope), "scope_needed")
        await mark_used(database_of(request), found)
        return Actor(found.created_by_id, found.name, frozenset())

    return check
