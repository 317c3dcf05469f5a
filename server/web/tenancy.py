"""Which municipality a request is for: by its own host name, or by the first segment of the path.

`/saint-aubin/notices` and `https://info.saint-aubin.fr/notices` reach the same route; the segment becomes the ASGI
`root_path`, so that every URL made by the router carries it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from server.core.i18n import LANGUAGES, speaking

INSTANCE_SEGMENTS = frozenset(
    {"", "static", "health", "catcher", "hosts", "operator", "robots.txt", "favicon.ico", "metrics"}
)


@dataclass(frozen=True)
class Banner:
    """Something urgent, in the words that every public page shows."""

    title: str
    what: str
    where: str
    number: str
    """Of the notice that says more."""


@dataclass(frozen=True)
class Town:
    """What a page needs to know of the municipality it is for."""

    id: int
    slug: str
    name: str
    phone: str = ""
    email: str = ""
    address_lines: list[str] = field(default_factory=list)
    opening_hours: str = ""
    civic: str = "#0b5a4a"
    """The town's colour, readable on white."""
    civic_dark: str = "#7cc7b3"
    """The town's colour, readable on dark paper."""
    logo_url: str | None = None
    """Its path, prefix included."""
    languages: tuple[str, ...] = ("fr",)
    dpo_contact: str = ""
    publication_director: str = ""
    host: str | None = None
    prefix: str = ""
    """What stands before every path of the town: "/saint-aubin", or nothing on its own host."""
    banners: tuple[Banner, ...] = ()

    @property
    def language(self) -> str:
        return self.languages[0]


FindTown = Callable[[str, str], Awaitable[Town | None]]
"""(host, first segment of the path) → the town, if there is one."""


class Tenancy:
    """Sends a request to the towns' application, with its town, or to the instance's own."""

    def __init__(self, towns: ASGIApp, instance: ASGIApp, find_town: FindTown) -> None:
        self.towns = towns
        self.instance = instance
        self.find_town = find_town

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.instance(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "").rsplit(":", 1)[0].lower()
        segment = scope["path"].split("/", 2)[1] if "/" in scope["path"] else ""
        town = await self._town_of(host, segment)
        if town is None:
            with speaking(_language(scope, LANGUAGES)):
                await self.instance(scope, receive, send)
        elif town.prefix and scope["path"] == town.prefix:
            await RedirectResponse(town.prefix + "/", status_code=308)(scope, receive, send)
        else:
            scope = {**scope, "root_path": town.prefix, "state": {**scope.get("state", {}), "town": town}}
            with speaking(_language(scope, town.languages)):
                await self.towns(scope, receive, send)

    async def _town_of(self, host: str, segment: str) -> Town | None:
        if segment in INSTANCE_SEGMENTS - {""}:
            return None
        town = await self.find_town(host, segment)
        if town is None or town.host == host:
            return town
        prefix = f"/{town.slug}"
        return replace(town, prefix=prefix, logo_url=prefix + town.logo_url if town.logo_url else None)


def _language(scope: Scope, offered: tuple[str, ...]) -> str:
    """`?lang=en` if the town offers it, else the town's first language. No cookie, no guess from headers."""
    query: bytes = scope.get("query_string", b"")
    for pair in query.decode("latin-1").split("&"):
        name, _, value = pair.partition("=")
        if name == "lang" and value in offered:
            return value
    return offered[0]


def town_of(scope_or_request: Any) -> Town | None:
    """The town of a request, or None on the instance's own pages."""
    return getattr(scope_or_request.state, "town", None)
