"""A browser without pictures: an HTTP client on the application itself that signs in, sends forms and follows."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

from server.accounts.dependencies import COOKIE

TOWN = "/saint-aubin"


class Browser(httpx.AsyncClient):
    """Paths are those of Saint-Aubin: `get("/notices")`. Redirects are not followed: tests look at them."""

    def __init__(self, app: ASGIApp, session_token: str = "", csrf: str = "", town: str = TOWN) -> None:
        super().__init__(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=f"https://tambour.test{town}",
            cookies={COOKIE: session_token} if session_token else None,
        )
        self.csrf = csrf

    async def submit(self, path: str, fields: Mapping[str, Any] | None = None, **more: Any) -> httpx.Response:
        """POST a form as one of our own pages would."""
        data = {"csrf_token": self.csrf, **(fields or {})}
        return await self.post(path, data=data, headers={"sec-fetch-site": "same-origin"}, **more)


BrowserOf = Callable[[str], Awaitable[Browser]]
