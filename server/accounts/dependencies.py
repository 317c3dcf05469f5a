"""Who is asking: a signed-in member of staff with roles in this town, or a program with a token of this town."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from server.accounts import queries
from server.accounts.actors import Actor
from server.accounts.models import Role
from server.accounts.tokens import mark_used
from server.core.errors import NotAllowed, NotFound
from server.core.i18n import sentence, speak
from server.core.secrets import token_hash
from server.web.csrf import csrf_token, refuse_forged
from server.web.dependencies import CurrentTown, Keys, database_of
from server.web.errors import SignInNeeded
from server.web.templates import path_for
from server.web.tenancy import Town

COOKIE = "__Host-tambour"
_LONGEST_TOKEN = 100  # ours have 32 characters; nobody makes us hash a megabyte


async def current_staff(request: Request, town: CurrentTown, secrets: Keys) -> Actor:
    """The signed-in person, with roles in this town. Otherwise: sign in (or 404 for who works elsewhere)."""
    staff = await find_staff(request, town)
    if staff is None:
        raise SignInNeeded(_to_sign_in(request))
    if not staff.roles:
        raise NotFound
    expected = csrf_token(secrets, session_token_of(request))
    await refuse_forged(request, expected)
    request.state.staff, request.state.csrf_token = staff, expected
    speak(staff.language)
    return staff


async def find_staff(request: Request, town: Town) -> Actor | None:
    """Who is signed in in this browser; without roles if they work elsewhere. Proves nothing of the request itself."""
    token = session_token_of(request)
    if not token:
        return None
    async with database_of(request).reading() as session:
        signed_in = await queries.find_signed_in(session, token_hash(token))
        roles = await queries.roles_of(session, town.id, signed_in.account.id) if signed_in else frozenset()
    if signed_in is None:
        return None
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

    async def check(request: Request, town: CurrentTown) -> Actor:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        async with database_of(request).reading() as session:
            found = await queries.find_api_token(session, town.id, token_hash(token[:_LONGEST_TOKEN]))
        if kind.lower() != "bearer" or found is None:
            raise NotAllowed(sentence("Send a valid token: `Authorization: Bearer …`."), "token_needed")
        if scope is not None and scope not in found.scopes:
            raise NotAllowed(sentence("This token lacks the scope {scope}.", scope=scope), "scope_needed")
        await mark_used(database_of(request), found)
        return Actor(found.created_by_id, found.name, frozenset())

    return check
