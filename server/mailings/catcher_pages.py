"""The local catcher's mail, as pages of the instance: only where no relay is set, for whoever runs the trial."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import PlainTextResponse, Response

from server.accounts.dependencies import COOKIE
from server.accounts.queries import find_signed_in
from server.core.errors import NotAllowed, NotFound
from server.core.i18n import sentence
from server.core.secrets import token_hash
from server.mailings import mailbox
from server.web.dependencies import Configuration, database_of
from server.web.framing import framed
from server.web.pagination import AskedSlice, LinkedPage
from server.web.templates import page

_OWN_MACHINE = frozenset({"127.0.0.1", "::1"})


async def _may_look(request: Request, settings: Configuration) -> None:
    """Every town's mail is here, with the links in it: for the one at this very machine, or for a signed-in operator.

    With a relay there is no catcher. With a public address, being on this machine says nothing: a proxy is too.
    """
    if settings.smtp_host:
        raise NotFound
    if not settings.base_url and request.client is not None and request.client.host in _OWN_MACHINE:
        return
    token = request.cookies.get(COOKIE, "")
    async with database_of(request).reading() as session:
        signed_in = await find_signed_in(session, token_hash(token)) if token else None
    if signed_in is None or not signed_in.account.is_operator:
        raise NotAllowed(sentence("Sign in as the operator in one of the towns, then come back."))


router = APIRouter(prefix="/catcher", dependencies=[Depends(_may_look)])
Name = Annotated[str, "the file's name without its ending"]


@router.get("", name="catcher")
def show_box(
    request: Request, settings: Configuration, asked: AskedSlice, q: Annotated[str, Query(max_length=254)] = ""
) -> Response:
    caught = mailbox.list_messages(settings.home / "mail", asked, q.strip())
    return page(request, "catcher/list.html", {"caught": LinkedPage(caught, request), "q": q})


@router.get("/{name}", name="caught")
def show_message(request: Request, settings: Configuration, name: Name) -> Response:
    return page(request, "catcher/show.html", {"message": mailbox.read_message(settings.home / "mail", name)})


@router.get("/{name}/html", name="caught_html")
def show_html(settings: Configuration, name: Name) -> Response:
    """The message's own HTML, for the frame. A link in it opens beside the frame, as from any mail program."""
    html = mailbox.read_message(settings.home / "mail", name).html
    return framed(html.replace("<head>", '<head><base target="_blank">', 1))


@router.get("/{name}/source", name="caught_source")
def show_source(settings: Configuration, name: Name) -> Response:
    """Exactly what was received."""
    return PlainTextResponse(mailbox.read_message(settings.home / "mail", name).source)
