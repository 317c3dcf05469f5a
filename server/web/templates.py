"""Pages from templates: the context every page has, and addresses by route name."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from server.core.i18n import current_language
from server.core.templating import environment
from server.web.addresses import addresses_of
from server.web.rooms import ROOMS, rooms_for
from server.web.said import said
from server.web.tenancy import town_of

STATIC = Path(__file__).resolve().parent / "static"


def page(
    request: Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HTMLResponse:
    """A page made of `template`. Staff pages are never stored by a browser; public ones set their own header."""
    words = environment().get_template(template).render(_common(request) | dict(context or {}))
    return HTMLResponse(words, status_code=status)


def redirect(
    request: Request, route: str, *, said: str | None = None, fragment: str = "", **params: Any
) -> RedirectResponse:
    """After a POST: see the page `route`, which says what happened (a code registered by `said.saying`)."""
    url = path_for(request, route, **params) + (f"?said={said}" if said else "") + (f"#{fragment}" if fragment else "")
    return RedirectResponse(url, status_code=303)


def path_for(request: Request, route: str, **params: Any) -> str:
    """The path of a route, the town's prefix included."""
    if route == "static":
        return static_path(params["path"])
    return str(request.scope.get("root_path", "")) + addresses_of(request.app).path(route, params)


@cache
def static_path(name: str) -> str:
    """A static file's path with a mark of its content, so that browsers may keep it for a year."""
    mark = sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={mark}"


def _common(request: Request) -> dict[str, Any]:
    staff = getattr(request.state, "staff", None)
    return {
        "request": request,
        "town": town_of(request),
        "staff": staff,
        "rooms": _rooms(request, staff) if staff else [],
        "csrf_token": getattr(request.state, "csrf_token", ""),
        "language": current_language(),
        "notice_bar": said(request),
    }


def _rooms(request: Request, staff: Any) -> list[dict[str, Any]]:
    here = getattr(request.state, "room", "")
    return [
        {
            "key": room.key,
            "label": str(room.name),
            "url": path_for(request, room.route),
            "count": 0,
            "current": room.key == here,
        }
        for room in rooms_for(staff.roles)
        if has_route(request, room.route)
    ]


def has_route(request: Request, route: str) -> bool:
    """Whether the application has a page of this name: rooms can be left out."""
    return route in addresses_of(request.app)


def room(key: str) -> Any:
    """A router's dependency: its pages belong to the room `key` of the navigation."""
    if key not in {room.key for room in ROOMS}:
        raise ValueError(key)

    def enter(request: Request) -> None:
        request.state.room = key

    return enter


@pass_context
def _path(context: Context, route: str, **params: Any) -> str:
    """`path("notice", number=…)`. A public page in the town's second language leads to pages in that language."""
    request: Request = context["request"]
    found = path_for(request, route, **params)
    town = town_of(request)
    if route == "static" or town is None or context.get("staff") or current_language() == town.language:
        return found
    return f"{found}?lang={current_language()}"


@pass_context
def _csrf_field(context: Context) -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(context["csrf_token"])


environment().globals |= {"path": _path, "csrf_field": _csrf_field}
