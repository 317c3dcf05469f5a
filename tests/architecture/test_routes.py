"""Every route walked: as a stranger, as the neighbour, by GET for side effects, for headers, with forged forms."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from server.accounts.dependencies import COOKIE
from server.app import Web, create_app
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.web.csrf import csrf_token
from tests.architecture.walking import NEIGHBOUR, Route, SmallTown, build, changed, routes_of
from tests.browsing import Browser
from tests.conftest import SECRET
from tests.databases import BARE, SqliteStates

# Everything else needs somebody signed in, or a program's token.
PUBLIC = {
    *("home", "public_notices", "public_notice", "poster_pdf", "picture", "public_letters", "public_letter"),
    *("urgent_text_now", "urgent_atom", "urgent_cap"),
    *("public_acts", "public_act", "public_boards", "boards_atom"),
    *("agenda", "agenda_ics", "notices_atom", "accessibility", "privacy", "look", "logo", "openapi"),
    *("receive", "join", "join_sent", "receive_paper", "paper_ask", "paper_sent"),
    *(
        "join_confirm",
        "join_confirmed",
        "never",
        "never_again",
        "preferences",
        "preferences_change",
        "leave",
        "leave_now",
    ),
    *("sign_in", "session_open", "password_forgotten", "password_ask", "welcome", "password_choose"),
}
NOTED = {"api_token"}
"""When a token was last used is noted, so that one nobody uses can be revoked."""
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
Answers = list[tuple[Route, httpx.Response]]
HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy")


class Walk:
    """The small town behind its web, and browsers into it."""

    def __init__(self, town: SmallTown, web: Web, app: ASGIApp, secrets: Secrets) -> None:
        self.town, self.app, self.secrets = town, app, secrets
        self.routes = routes_of(web, town.samples)

    def stranger(self) -> Browser:
        return Browser(self.app)

    def alice(self) -> Browser:
        token = self.town.session_token
        return Browser(self.app, token, csrf_token(self.secrets, token))

    def charlie(self, town: str = "/saint-aubin") -> Browser:
        token = self.town.charlie_token
        return Browser(self.app, token, csrf_token(self.secrets, token), town)

    def program(self, token: str, town: str = "/saint-aubin") -> Browser:
        browser = Browser(self.app, town=town)
        browser.headers["authorization"] = f"Bearer {token}"
        return browser

    def staff(self) -> list[Route]:
        return [route for route in self.routes if route.name not in PUBLIC and not self.is_api(route)]

    def api(self) -> list[Route]:
        return [route for route in self.routes if route.name not in PUBLIC and self.is_api(route)]

    @staticmethod
    def is_api(route: Route) -> bool:
        return route.pattern.startswith("/api/")


@pytest.fixture(scope="session")
def built(sqlite_states: SqliteStates, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SmallTown]:
    """The small town is built once; each walk gets a copy of its database."""
    home = tmp_path_factory.mktemp("walk")
    shutil.copyfile(sqlite_states.file(BARE), home / "town.sqlite3")

    async def make() -> SmallTown:
        database = Database(f"sqlite+aiosqlite:///{home / 'town.sqlite3'}")
        try:
            return await build(database, Secrets(SECRET), FileStore(home / "files"))
        finally:
            await database.close()

    return home, asyncio.run(make())


@asynccontextmanager
async def _walking(built: tuple[Path, SmallTown], web: Web, settings: Settings, home: Path) -> AsyncIterator[Walk]:
    kept, town = built
    shutil.copyfile(kept / "town.sqlite3", home / "walk.sqlite3")
    database = Database(f"sqlite+aiosqlite:///{home / 'walk.sqlite3'}")
    secrets, configured = Secrets(SECRET), settings.model_copy(update={"home": home})
    app = create_app(database, secrets=secrets, files=FileStore(kept / "files"), settings=configured, web=web)
    yield Walk(replace(town, database=database), web, app, secrets)
    await database.close()


@pytest.fixture
async def walk(built: tuple[Path, SmallTown], web: Web, town_settings: Settings, tmp_path: Path) -> AsyncIterator[Walk]:
    async with _walking(built, web, town_settings, tmp_path) as walk:
        yield walk


@dataclass(frozen=True)
class Seen:
    """What somebody was answered at every route, and the tables that this changed."""

    answers: Answers
    changed: frozenset[str]

    def at(self, routes: list[Route]) -> Answers:
        return [(route, answer) for route, answer in self.answers if route in routes]


@pytest.fixture(scope="module")
async def seen(
    built: tuple[Path, SmallTown], web: Web, town_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Seen]:
    """Every route as a stranger and as Alice, who sends forms without their token: walked once, looked at by several tests."""
    async with _walking(built, web, town_settings, tmp_path_factory.mktemp("seen")) as walk:
        looks, forms = [r for r in walk.routes if r.is_safe], [r for r in walk.routes if not r.is_safe]
        private = [route for route in walk.staff() if not route.is_safe]
        return {
            "stranger": await _seen(walk, walk.stranger(), looks + private),
            "Alice": await _seen(walk, walk.alice(), looks),
            "Alice, forged": await _seen(walk, walk.alice(), private, data={"csrf_token": ""}, headers=SAME_ORIGIN),
            # Public forms are open to everybody, and join, leave, sign in.
            "others": await _seen(walk, walk.stranger(), [route for route in forms if route not in private]),
        }


async def _seen(walk: Walk, browser: Browser, routes: list[Route], **more: object) -> Seen:
    before = await walk.town.dump()
    answers = await _answers(browser, routes, **more)
    return Seen(answers, frozenset(changed(before, await walk.town.dump())))


async def _answers(browser: Browser, routes: list[Route], **more: object) -> Answers:
    async with browser:
        return [(route, await browser.request(route.method, route.path, **more)) for route in routes]  # type: ignore[arg-type]


def _odd(answers: Answers, *expected: int) -> dict[str, int]:
    return {str(route): answer.status_code for route, answer in answers if answer.status_code not in expected}


async def test_the_public_list_names_routes_that_exist(walk: Walk) -> None:
    assert {route.name for route in walk.routes} >= PUBLIC


async def test_a_name_leads_to_one_route(walk: Walk) -> None:
    """Templates and redirects find routes by name."""
    paths: dict[str, set[str]] = {}
    for route in walk.routes:
        paths.setdefault(route.name, set()).add(route.pattern)
    assert {name: found for name, found in paths.items() if len(found) > 1} == {}


async def test_a_stranger_is_sent_to_sign_in(walk: Walk, seen: dict[str, Seen]) -> None:
    answers = seen["stranger"].at(walk.staff())
    assert _odd(answers, 303) == {}
    assert all("/desk/sign-in" in answer.headers["location"] for _, answer in answers)
    assert seen["stranger"].changed == frozenset()


async def test_a_program_without_a_token_is_refused(walk: Walk) -> None:
    before = await walk.town.dump()
    for browser in (walk.stranger(), walk.program("wrong"), walk.program(walk.town.charlie_api_token), walk.alice()):
        assert _odd(await _answers(browser, walk.api()), 401, 403) == {}
    assert list(changed(before, await walk.town.dump())) == []


async def test_who_works_in_another_town_finds_nothing_here(walk: Walk) -> None:
    before = await walk.town.dump()
    assert _odd(await _answers(walk.charlie(), walk.staff()), 404) == {}
    assert list(changed(before, await walk.town.dump())) == []


async def test_objects_of_one_town_are_not_in_another(walk: Walk) -> None:
    """The neighbour's administrator, at home, asks for our numbers."""
    before = await walk.town.dump()
    ours = [route for route in walk.staff() if route.names_an_object]
    charlie = walk.charlie(f"/{NEIGHBOUR}")
    form = {
        "csrf_token": charlie.csrf,
        "revision": "1",
        "base_revision": "1",
        "content_hash": "0" * 64,
        "note": "no",
        "name": "x",
        "title": "x",
    }
    assert _odd(await _answers(charlie, [route for route in ours if route.is_safe]), 404) == {}
    assert _odd(await _answers(walk.charlie(f"/{NEIGHBOUR}"), [r for r in ours if not r.is_safe], data=form), 404) == {}
    theirs = walk.program(walk.town.charlie_api_token, f"/{NEIGHBOUR}")
    programs = [route for route in walk.api() if route.names_an_object]
    assert _odd(await _answers(theirs, [route for route in programs if route.is_safe]), 404) == {}
    public = [route for route in walk.routes if route.name in PUBLIC and route.names_an_object]
    assert _odd(await _answers(Browser(walk.app, town=f"/{NEIGHBOUR}"), public), 404) == {}
    assert set(changed(before, await walk.town.dump())) <= NOTED


async def test_looking_changes_nothing(walk: Walk, seen: dict[str, Seen]) -> None:
    """Mail scanners and prefetching browsers follow every link: no GET may have a side effect."""
    api = [route for route in walk.api() if route.is_safe]
    program = await _seen(walk, walk.program(walk.town.api_token), api)
    assert seen["stranger"].changed | seen["Alice"].changed == frozenset()
    assert program.changed <= NOTED
    assert {name: status for name, status in _odd(seen["Alice"].answers, 200).items() if status >= 500} == {}
    assert _odd(program.answers, 200) == {}


async def test_every_page_of_the_staff_opens(walk: Walk, seen: dict[str, Seen]) -> None:
    # Nobody has set a text aside, no board has a photograph.
    absent = {"notice_aside", "board_photo"}
    pages = [route for route in walk.staff() if route.is_safe and route.name not in absent]
    assert _odd(seen["Alice"].at(pages), 200, 303) == {}


async def test_an_empty_form_is_refused_in_a_sentence(walk: Walk) -> None:
    alice = walk.alice()
    answers = await _answers(alice, [r for r in walk.staff() if not r.is_safe], data={"csrf_token": alice.csrf})
    assert {str(route): answer.status_code for route, answer in answers if answer.status_code >= 500} == {}


async def test_headers_stand_on_every_answer(walk: Walk, seen: dict[str, Seen]) -> None:
    answers = [one for somebody in seen.values() for one in somebody.answers]
    assert {route for route, _ in answers} == set(walk.routes)
    for route, answer in answers:
        assert [name for name in HEADERS if name not in answer.headers] == [], route
        assert answer.headers["x-content-type-options"] == "nosniff", route
        assert answer.headers["referrer-policy"] == "no-referrer", route
        assert "unsafe-inline" not in answer.headers["content-security-policy"], route
        assert "strict-transport-security" in answer.headers, route
        assert "server" not in answer.headers, route


async def test_public_pages_set_no_cookie(seen: dict[str, Seen]) -> None:
    public = [one for somebody in ("stranger", "others") for one in seen[somebody].answers if one[0].name in PUBLIC]
    assert {route.name for route, _ in public} >= PUBLIC
    for route, answer in public:
        assert "set-cookie" not in answer.headers, route


async def test_the_session_cookie_belongs_to_this_host_alone() -> None:
    assert COOKIE.startswith("__Host-")


async def test_forms_without_a_token_are_refused(seen: dict[str, Seen]) -> None:
    assert _odd(seen["Alice, forged"].answers, 403) == {}
    assert seen["Alice, forged"].changed == frozenset()


@pytest.mark.parametrize("forged", ["another session's token", "another site"])
async def test_forged_forms_are_refused(walk: Walk, forged: str) -> None:
    unsafe = [route for route in walk.staff() if not route.is_safe]
    alice = walk.alice()
    ours = forged == "another site"
    form = {"csrf_token": alice.csrf if ours else csrf_token(walk.secrets, walk.town.charlie_token)}
    headers = {"sec-fetch-site": "cross-site"} if ours else SAME_ORIGIN
    found = await _seen(walk, alice, unsafe, data=form, headers=headers)
    assert _odd(found.answers, 403) == {}
    assert found.changed == frozenset()


async def test_there_are_enough_routes_for_these_walks_to_mean_something(walk: Walk) -> None:
    assert len(walk.staff()) > 60
    assert len(walk.api()) > 10


async def test_head_is_get_without_its_body(walk: Walk) -> None:
    async with walk.stranger() as browser:
        for path in ("/", "/notices", "/agenda.ics", "/look.css"):
            got, head = await browser.get(path), await browser.head(path)
            assert (head.status_code, head.content) == (got.status_code, b""), path
            assert head.headers["content-type"] == got.headers["content-type"], path
