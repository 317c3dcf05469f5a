"""Refusals become answers here, once: a page for people, `application/problem+json` for programs (RFC 9457)."""

import errno
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException

from server.core.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, TooMany, Unavailable, Unknown
from server.core.i18n import sentence, translate
from server.web.forms import RefusedForm, sentences_of
from server.web.security import TooHeavy
from server.web.templates import page

log = logging.getLogger(__name__)

_DISK_FULL = "53100"
_NO_ROOM = Refusal(
    sentence("The server has no room left. Nothing was changed: tell who hosts Tambour, then try again."), "disk_full"
)
_AWAY = Refusal(sentence("The database does not answer. Try again in a moment."), "database_away")

_STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    Unknown: 401,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}
_PAGES = {403, 404, 409, 422, 429, 500, 503}
API_PREFIX = "/api/"


class SignInNeeded(Exception):
    """The page is for staff: go and sign in, then come back."""

    def __init__(self, response: Response) -> None:
        super().__init__("sign in")
        self.response = response


def install_errors(app: FastAPI) -> None:
    """Tell `app` how each refusal is answered."""
    for kind in (Refusal, HTTPException, RequestValidationError, TooHeavy, OperationalError, InterfaceError, OSError):
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(RefusedForm, _carried)
    app.add_exception_handler(SignInNeeded, _carried)
    app.add_exception_handler(Exception, _unexpected)


async def _carried(_request: Request, error: Exception) -> Response:
    response: Response = error.response  # type: ignore[attr-defined]  # both kinds carry one
    return response


async def _answer(request: Request, error: Exception) -> Response:
    status, refusal = (404, NotFound()) if _leads_nowhere(request, error) else _refusal_of(error)
    if status >= 500:
        log.error("request failed", exc_info=error, extra={"route": _route(request)})
    return _respond(request, status, refusal, _headers_of(refusal))


def _headers_of(refusal: Refusal) -> dict[str, str]:
    match refusal:
        case TooMany():
            return {"retry-after": str(refusal.retry_after)}
        case Unknown():
            return {"www-authenticate": "Bearer"}
    return {}


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected error", exc_info=error, extra={"route": _route(request)})
    refusal = Refusal(sentence("Something went wrong on our side. Nothing was changed."), "unexpected")
    return _respond(request, 500, refusal, {})


def _leads_nowhere(request: Request, error: Exception) -> bool:
    """An address was mistyped, or is for a form alone: there is nothing to correct that somebody filled in."""
    is_visit = request.method == "GET" and not _is_for_a_program(request)
    match error:
        case RequestValidationError():
            return is_visit or any(one["loc"][0] == "path" for one in error.errors())
        case HTTPException(status_code=405):
            return is_visit
    return False


def _refusal_of(error: Exception) -> tuple[int, Refusal]:
    match error:
        case Refusal():
            status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
            return status, error
        case RequestValidationError():
            fields = sentences_of([{**one, "loc": one["loc"][1:]} for one in error.errors()])
            return 422, Invalid(fields)
        case TooHeavy():
            return 413, Refusal(sentence("This is too heavy: 25 MB at most."), "too_heavy")
        case DBAPIError() | OSError():
            return 503, _NO_ROOM if _is_disk_full(error) else _AWAY
        case HTTPException(status_code=404):
            return 404, NotFound()
        case HTTPException(status_code=status):
            return status, Refusal(sentence("This request cannot be answered here."), f"http_{status}")
    raise error


def _is_disk_full(error: Exception) -> bool:
    """Whether there was no room left for what had to be written."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, OSError):
        return cause.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return getattr(cause, "sqlstate", "") == _DISK_FULL or getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL"


def _respond(request: Request, status: int, refusal: Refusal, headers: dict[str, str]) -> Response:
    if _is_for_a_program(request):
        return JSONResponse(problem(status, refusal), status, headers, media_type="application/problem+json")
    template = f"errors/{status if status in _PAGES else 422 if status < 500 else 500}.html"
    response = page(request, template, {"message": str(refusal.message)}, status=status)
    response.headers.update(headers)
    return response


def problem(status: int, refusal: Refusal) -> dict[str, Any]:
    """The body of a problem+json answer. `code` never changes; `title` is for people."""
    body: dict[str, Any] = {"status": status, "code": refusal.code, "title": translate(refusal.message)}
    if isinstance(refusal, Invalid):
        body["fields"] = {name: translate(message) for name, message in refusal.fields.items()}
    return body


def _is_for_a_program(request: Request) -> bool:
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return path.startswith(API_PREFIX) or "application/json" in request.headers.get("accept", "")


def _route(request: Request) -> str:
    """The pattern of the route, never the path itself: a path may hold a token."""
    return getattr(request.scope.get("route"), "path", "")
