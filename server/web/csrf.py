"""Requests that come from our own pages: a token bound to the signed-in session, and the browser's own word for it."""

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from server.core.errors import NotAllowed
from server.core.i18n import sentence
from server.core.secrets import Secrets

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token(secrets: Secrets, session_token: str) -> str:
    """The token every form of this session carries: worthless in another session."""
    return secrets.mac("csrf", session_token.encode()).hex()


async def refuse_forged(request: Request, expected: str) -> None:
    """Raise NotAllowed unless an unsafe request comes from one of our own pages of this very session."""
    if request.method in SAFE_METHODS:
        return
    refuse_foreign(request)
    token = (await request.form()).get("csrf_token") or request.headers.get("x-csrf-token", "")
    if not isinstance(token, str) or not hmac.compare_digest(token.encode(), expected.encode()):
        await request.close()  # nobody will look at the files it may hold
        raise NotAllowed(sentence("This form is too old. Go back, reload the page and send it again."), "csrf")


def refuse_foreign(request: Request) -> None:
    """Raise NotAllowed if the browser says that another site made the request."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in {"same-origin", "none"} if site else False
    if origin and origin != "null":
        foreign = foreign or urlsplit(origin).netloc != request.headers.get("host")
    if foreign:
        raise NotAllowed(sentence("This request comes from another site."), "csrf")
