"""Every page that can be reached by links, as a resident and as staff: axe, weight, requests, small screens, no script.

The crawl keeps one page of each shape (numbers and tokens apart), so a new page is tried without being listed here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response

from tests.browser.conftest import SignIn, is_moving, open_still
from tests.browser.instance import Instance

PUBLIC_BYTES, PUBLIC_REQUESTS = 40_000, 6
STAFF_BYTES = 120_000
MOST_PAGES = 120
PAPER = re.compile(r"/(poster|sheet|pictures)|/paper/\d+\.png")  # a sheet of paper as a picture weighs what it weighs
NOT_PAGES = re.compile(r"(\.(pdf|ics|atom|csv|txt|json|eml|cap)|/(logo|source|cap)|/prints/\d+/files/\d+)$")


@dataclass
class Visit:
    """What opening one page cost and said."""

    url: str
    status: int = 0
    weight: int = 0
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    is_mail: bool = False
    """A mail as it will be read: alone in its own world, where no script of ours, nor axe, can run."""


def shape(url: str) -> str:
    """The page apart from which one it is: numbers, tokens and questions left out."""
    path = urlsplit(url).path
    return re.sub(r"/(?:\d[\d-]*|[\w-]{32,})(?=/|$)", "/*", path)


def crawl(context: BrowserContext, start: str, within: str, tried: set[str]) -> Iterator[tuple[Page, Visit]]:
    """Pages reachable from `start`, one of each shape; those in `tried` are passed through without being given."""
    page = context.new_page()
    waiting, seen = [start], {shape(start)}
    while waiting and len(seen) <= MOST_PAGES:
        visit = open_page(page, waiting.pop(0))
        if shape(visit.url) not in tried:
            tried.add(shape(visit.url))
            yield page, visit
        if visit.is_mail:
            continue
        links = page.eval_on_selector_all("a[href]", "found => found.map(one => one.getAttribute('href'))")
        for link in links:
            url = urldefrag(urljoin(page.url, link)).url
            is_ours = url.startswith(within) and not NOT_PAGES.search(urlsplit(url).path)
            if is_ours and shape(url) not in seen:
                seen.add(shape(url))
                waiting.append(url)
    page.close()


def open_page(page: Page, url: str) -> Visit:
    visit = Visit(url)
    answers: list[Response] = []

    def on_response(response: Response) -> None:
        answers.append(response)

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            visit.errors.append(message.text)

    page.on("response", on_response)
    page.on("console", on_console)
    answer = page.goto(url, wait_until="load")
    page.remove_listener("response", on_response)
    page.remove_listener("console", on_console)
    assert answer is not None
    visit.status = answer.status
    visit.is_mail = "sandbox" in answer.headers.get("content-security-policy", "")
    visit.requests = [one.url for one in answers]
    opened = [
        one for one in answers if one.status == 200 and one.request.method == "GET"
    ]  # not what a script asks later
    visit.weight = sum(_weight(one) for one in opened if not PAPER.search(one.url))
    if is_moving(answer):
        open_still(page, url)
    return visit


def _weight(answer: Response) -> int:
    """Its bytes; of a page that refreshed itself meanwhile, as many as it announced."""
    try:
        return len(answer.body())
    except Error:
        return int(answer.headers.get("content-length", 0))


def complaints(page: Page, visit: Visit) -> list[str]:
    """What is wrong with the page that stands open."""
    said = [f"{visit.url}: answers {visit.status}"] if visit.status != 200 else []
    said += [f"{visit.url}: {error}" for error in visit.errors]
    if visit.is_mail:
        return said
    found = Axe().run(page).response["violations"]
    said += [f"{visit.url}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in found]
    page.set_viewport_size({"width": 360, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > 360:
        said.append(f"{visit.url}: {wide} px wide on 360")
    page.set_viewport_size({"width": 1280, "height": 900})
    return said


def test_every_public_page_is_accessible_light_and_calls_nobody(instance: Instance, visitor: BrowserContext) -> None:
    said: list[str] = []
    for page, visit in crawl(visitor, f"{instance.town}/", instance.town, set()):
        if "/desk" in page.url:
            continue
        said += complaints(page, visit)
        said += [f"{visit.url} asks {url}" for url in visit.requests if not url.startswith(instance.url)]
        if visit.weight > PUBLIC_BYTES or len(visit.requests) > PUBLIC_REQUESTS:
            said.append(f"{visit.url}: {visit.weight} bytes in {len(visit.requests)} requests")
    assert not visitor.cookies(), "public pages set no cookie"
    assert not said, "\n".join(said)


def test_every_staff_page_is_accessible_and_light(instance: Instance, sign_in: SignIn) -> None:
    said: list[str] = []
    tried: set[str] = set()
    for who in ("nadege.rouault", "camille.morel"):
        for page, visit in crawl(sign_in(who), f"{instance.town}/desk", f"{instance.town}/desk", tried):
            said += complaints(page, visit)
            if visit.weight > STAFF_BYTES:
                said.append(f"{visit.url}: {visit.weight} bytes")
    assert len(tried) > 25, "the crawl found too few pages"
    assert not said, "\n".join(said)


def test_public_pages_work_without_javascript(chromium: Browser, instance: Instance) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in ("/", "/notices", "/agenda", "/letters", "/receive", "/privacy", "/accessibility"):
        answer = page.goto(instance.town + path)
        assert answer is not None
        assert answer.status == 200
        assert page.locator("h1").is_visible()
    context.close()
