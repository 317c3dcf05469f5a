"""The style guide: sample pages made of every macro, rendered without a server and shown to a browser under our policy."""

import gettext
import mimetypes
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from playwright.sync_api import Browser, Page, Request, Route

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).parent / "pages"
STATIC = ROOT / "server" / "web" / "static"
ORIGIN = "https://look.example"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; frame-src 'self'"
)
LOOK = (
    ":root { --civic: #7a1f3d; }\n"
    "@media screen and (prefers-color-scheme: dark) { :root { --civic: #f0a3b9; } }\n"
)


@dataclass(frozen=True)
class Town:
    name: str = "Saint-Aubin-les-Prés"
    slug: str = "saint-aubin"
    phone: str = "05 00 00 00 00"
    email: str = "mairie@saint-aubin.example"
    address_lines: tuple[str, ...] = ("Mairie", "4 place de l’Église", "33000 Saint-Aubin-les-Prés")
    opening_hours: str = "lundi, mardi, jeudi 9 h – 12 h\nmercredi 14 h – 18 h"
    civic: str = "#7a1f3d"
    civic_dark: str = "#f0a3b9"
    logo_url: str | None = None
    language: str = "fr"


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
class Slice:
    """What pagination() needs of a page of a list."""

    number: int
    pages: int
    total: int

    def url_for(self, number: int) -> str:
        return f"?page={number}"


ROOMS = tuple(
    Room(key, label, f"/{key}", count, key == "notices")
    for key, label, count in (
        ("todo", "To do", 4),
        ("notices", "Notices", 0),
        ("issues", "Letters and bulletins", 0),
        ("mailings", "Mailings", 0),
        ("boards", "Boards", 0),
        ("residents", "Residents", 0),
        ("settings", "Settings", 0),
        ("urgent", "Urgent notice", 0),
    )
)


def address(name: str, /, **params: Any) -> str:
    """Stands for the application's own `path`: the style guide has no routes."""
    return f"/static/{params['path']}" if name == "static" else "/" + "/".join([name, *map(str, params.values())])


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader([ROOT / "templates", PAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    words = gettext.NullTranslations()
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(path=address, csrf_field=lambda: Markup('<input type="hidden" name="csrf_token" value="t">'))
    made.filters.update(number=lambda value: format_decimal(value, locale="fr"))
    return made


def rendered(name: str, **context: Any) -> str:
    """A sample page, or an error page, with what the application always gives."""
    town = context.pop("town", replace(Town(), logo_url="/logo.svg"))
    given: dict[str, Any] = {
        "town": town,
        "staff": Staff(),
        "rooms": ROOMS,
        "csrf_token": "t",
        "language": "fr",
        "notice_bar": None,
        "today": date(2026, 11, 23),
        "page_two": Slice(2, 7, 312),
        "page_only": Slice(1, 1, 12),
    }
    return environment().get_template(name).render(given | context)


LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><rect width="48" height="48" fill="#7a1f3d"/>'
    '<path d="M8 16h32v18H8zM8 16l8 18 8-18 8 18 8-18" fill="none" stroke="#fff" stroke-width="2"/></svg>'
)


def open_page(
    browser: Browser, html: str, *, width: int = 1280, scheme: str = "light", answers: dict[str, Any] | None = None, **more: Any
) -> Page:
    """`html` in a browser that knows our files, our policy and nothing else. `answers`: path → function of the request."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **more)  # type: ignore[arg-type]
    page = context.new_page()
    page.violations = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.violations.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.violations.append(str(error)))  # type: ignore[attr-defined]

    def answer(route: Route, request: Request) -> None:
        path = request.url.removeprefix(ORIGIN).split("?")[0]
        if answers and path in answers:
            route.fulfill(**answers[path](request))
        elif path == "/page":
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers={"content-security-policy": POLICY})
        elif path == "/look":
            route.fulfill(body=LOOK, content_type="text/css")
        elif path.endswith(".svg"):
            route.fulfill(body=LOGO, content_type="image/svg+xml")
        elif path.startswith("/static/") and (STATIC / path.removeprefix("/static/")).is_file():
            kind = mimetypes.guess_type(path)[0] or "text/plain"
            route.fulfill(path=STATIC / path.removeprefix("/static/"), content_type=kind)
        else:
            route.fulfill(status=404, body="")

    context.route("**/*", answer)
    page.goto(f"{ORIGIN}/page")
    return page
