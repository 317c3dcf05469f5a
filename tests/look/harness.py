"""Pages rendered without a server by the application's own templates, shown to a browser under the application's policy."""

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from playwright.sync_api import Browser, Page, Playwright, Request, Route, expect

from server.core.templating import FOLDER, environment
from server.web.security import CONTENT_SECURITY_POLICY
from server.web.templates import STATIC
from server.web.tenancy import Town

PAGES = Path(__file__).parent / "pages"
ORIGIN = "https://look.example"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
PATIENCE = 120_000
"""Milliseconds until what should come is taken as lost: on a busy machine a page may take its time."""
LOOK = ":root { --civic: #7a1f3d; }\n@media screen and (prefers-color-scheme: dark) { :root { --civic: #f0a3b9; } }\n"
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><rect width="48" height="48" fill="#7a1f3d"/>'
    '<path d="M8 16h32v18H8zM8 16l8 18 8-18 8 18 8-18" fill="none" stroke="#fff" stroke-width="2"/></svg>'
)
TOWN = Town(
    id=1,
    slug="saint-aubin",
    name="Saint-Aubin-les-Prés",
    phone="05 00 00 00 00",
    email="mairie@saint-aubin.example",
    address_lines=["Mairie", "4 place de l’Église", "33000 Saint-Aubin-les-Prés"],
    opening_hours="lundi, mardi, jeudi 9\u00a0h – 12\u00a0h\nmercredi 14\u00a0h – 18\u00a0h",
    logo_url="/logo.svg",
    languages=("fr", "en"),
)

Answers = Mapping[str, Callable[[Request], dict[str, Any]]]


@dataclass(frozen=True)
class Room:
    key: str
    label: str
    url: str
    count: int = 0
    current: bool = False


@dataclass(frozen=True)
class Staff:
    name: str = "Berthe Lemoine"
    roles: tuple[str, ...] = ("editor",)


@dataclass(frozen=True)
class Part:
    """What pagination() needs of a page of a list."""

    number: int
    pages: int
    total: int

    def url_for(self, number: int) -> str:
        return f"?page={number}"


ROOMS = tuple(
    Room(key, label, f"/{key}", count, key == "notices")
    for key, label, count in (
        ("desk", "To do", 4),
        ("notices", "Notices", 0),
        ("issues", "Letters and bulletins", 0),
        ("mailings", "Mailings", 0),
        ("boards", "Boards", 0),
        ("residents", "Residents", 0),
        ("settings", "Settings", 0),
        ("urgent", "Urgent notice", 0),
    )
)


def rendered(name: str, **context: Any) -> str:
    """A sample page, or a page of ours, with what the application always gives."""
    given: dict[str, Any] = {
        "town": TOWN,
        "staff": Staff(),
        "rooms": ROOMS,
        "csrf_token": "t",
        "language": "fr",
        "notice_bar": None,
        "path": address,
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf_token" value="t">'),
        "page_two": Part(2, 7, 312),
        "page_only": Part(1, 1, 12),
        "today": date(2026, 11, 23),
    }
    return _environment().get_template(name).render(given | context)


def address(route: str, **params: Any) -> str:
    """Stands for the application's `path`: the style guide has no routes."""
    return f"/static/{params['path']}" if route == "static" else "/" + "/".join([route, *map(str, params.values())])


@cache
def _environment() -> Environment:
    """The application's own, with the sample pages beside its templates."""
    return environment().overlay(loader=FileSystemLoader([FOLDER, PAGES]))


def launch(playwright: Playwright) -> Browser:
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@dataclass
class Shown:
    """A page in the browser, what it complained of, and what it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)


def show(
    browser: Browser,
    html: str,
    *,
    answers: Answers | None = None,
    policy: str = CONTENT_SECURITY_POLICY,
    is_clock_ours: bool = False,
    **context: Any,
) -> Shown:
    """`html` in a browser that has our files and our policy, and nothing else of the world.

    `answers`: path → what the application would answer there. A mail has no policy. `context`: Browser.new_context.
    `is_clock_ours`: the page's time goes on by `page.clock.run_for` alone.
    """
    page = browser.new_context(**context).new_page()
    page.set_default_timeout(PATIENCE)
    if is_clock_ours:
        page.clock.install(time=0)
        page.clock.pause_at(1000)
    shown = Shown(page)
    page.on("console", lambda said: shown.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))

    def answer(route: Route, request: Request) -> None:
        path = request.url.removeprefix(ORIGIN).split("?")[0]
        given = answers[path](request) if answers and path in answers else _file(path, html, policy)
        body = given.get("body", b"")
        shown.weights[path] = len(body.encode() if isinstance(body, str) else body)
        route.fulfill(**given)

    page.context.route("**/*", answer)
    page.goto(f"{ORIGIN}/page")
    return shown


def _file(path: str, html: str, policy: str) -> dict[str, Any]:
    if path == "/page":
        headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
        return {"body": html, "headers": headers}
    if path == "/look":
        return {"body": LOOK, "content_type": "text/css"}
    if path.endswith(".svg"):
        return {"body": LOGO, "content_type": "image/svg+xml"}
    file = STATIC / path.removeprefix("/static/")
    if not path.startswith("/static/") or not file.is_file():
        return {"status": 404, "body": ""}
    return {"body": file.read_bytes(), "content_type": mimetypes.guess_type(file.name)[0] or "text/plain"}
