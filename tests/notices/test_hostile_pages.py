"""Whatever an author pastes into any field, every page, feed and calendar holds only our own elements."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from icalendar import Calendar
from lxml import etree

from server.content.cleaning import clean, clean_line
from server.core.database import Database
from server.notices import queries, service
from server.notices.schemas import NoticeContent, NoticeDraft
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.content.allow_list import WEB
from tests.content.readings import hostile_payloads, naughty_strings
from tests.notices.posting import posted
from tests.notices.writing import draft, written

pytestmark = pytest.mark.usefixtures("monday")

ONE_LINE = {"title": 160, "short_title": 60, "summary": 300, "concerns": 200, "when_text": 200, "where_text": 200,
            "contact_name": 120, "author_name": 120, "author_title": 120}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "rel", "href", "class", "id", "tabindex", "aria-label", "aria-labelledby",
    "aria-current", "type", "title", "hreflang", "src", "alt", "width", "height", "loading", "scope", "start",
    "datetime", "role", "data-focus", "aria-describedby", "action", "method", "value", "for", "novalidate", "maxlength",
    "data-marks", "rows", "checked", "selected", "aria-required", "autocomplete", "data-autosave", "data-saved", "data-failed",
    "data-put-back", "data-preview", "data-source", "enctype", "accept", "open", "reversed", "aria-hidden", "aria-live", "aria-invalid",
}  # fmt: skip
FRAME = {
    "html", "head", "meta", "title", "link", "body", "header", "div", "span", "nav", "main", "h1", "dl", "dt", "dd",
    "article", "section", "footer", "time", "form", "input", "label", "button", "aside", "details", "summary",
    "select", "option", "textarea", "fieldset", "legend", "script", "ins", "del", "small", "code", "caption",
}  # fmt: skip


class Page(HTMLParser):
    """What stands on a page: elements and attributes that are not ours, and addresses one could follow."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.strangers: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in FRAME and tag not in WEB:
            self.strangers.append(tag)
        self.strangers += [f"{tag} {name}" for name, _ in attrs if name not in ATTRIBUTES]
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        if tag == "script" and dict(attrs).get("type") != "module":
            self.strangers.append("script")


def strangers(page: str) -> list[str]:
    seen = Page()
    seen.feed(page)
    seen.close()
    ours = ("/", "#", "?", "http://", "https://", "mailto:", "tel:", "data:image/svg+xml,", "data:image/png;base64,")
    return seen.strangers + [one for one in seen.addresses if not one.startswith(ours)]


def chunks(strings: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(strings), size):
        yield strings[start : start + size]


def fields_of(strings: list[str]) -> dict[str, Any]:
    """A string in each line of the form, and all of them in the body."""
    lines = {
        name: clean_line(strings[at % len(strings)]).strip()[:limit].strip() or "x"
        for at, (name, limit) in enumerate(ONE_LINE.items())
    }
    return {**lines, "body": "\n\n".join(strings), "valid_to": None}


async def test_payloads_stay_words_on_every_public_page(client: Browser, database: Database, cast: Cast) -> None:
    numbers = []
    async with database.writing() as session:
        for part in chunks(hostile_payloads(), 60):
            publication = await posted(session, cast, **fields_of(part))
            numbers.append(publication.number)
    for path in ("/notices", "/agenda", *(f"/notices/{number}" for number in numbers)):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert strangers(answer.text) == [], path
        assert "<script" not in answer.text
    feed = etree.fromstring((await client.get("/notices.atom")).content)
    assert len(feed.findall("{*}entry")) == min(30, len(numbers))
    for entry in feed.iterfind("{*}entry/{*}content"):
        assert strangers(entry.text or "") == []
    calendar = Calendar.from_ical((await client.get("/agenda.ics")).content)
    assert len(calendar.walk("VEVENT")) == len(numbers)


async def test_payloads_stay_words_at_the_desk(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        first = hostile_payloads()[:40]
        notice = await written(session, cast, **fields_of(first))
        bob, paula = cast.actor("Bob"), cast.actor("Paula")
        others = hostile_payloads()[40:80]
        await service.save_notice(session, cast.town_id, bob, notice.id, draft(**fields_of(others)), 1)
        aside = await service.save_notice(session, cast.town_id, paula, notice.id, draft(**fields_of(first[5:])), 1)
        assert isinstance(aside, service.SetAside)
        version = await queries.last_version(session, cast.town_id, notice.id)
    browser = await browser_of("Bob")
    path = f"/desk/notices/{notice.id}"
    for ending in ("", "/text", "/text?check=yes", f"/versions/{version.version.id}", f"/asides/{aside.version_id}"):
        answer = await browser.get(path + ending)
        assert answer.status_code == 200
        assert strangers(answer.text) == [], ending
    assert strangers((await browser.get("/desk/notices")).text) == []


async def test_a_refused_payload_is_shown_again_as_words(browser_of: BrowserOf, cast: Cast) -> None:
    bob = await browser_of("Bob")
    for payload in hostile_payloads()[::24]:
        answer = await bob.submit(
            "/desk/notices", {"title": "", "body": payload, "summary": payload[:300], "kind": payload}
        )
        assert answer.status_code == 422
        assert strangers(answer.text) == []


async def test_naughty_strings_come_back_as_they_went(
    client: Browser, browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    bob = await browser_of("Bob")
    for part in chunks(naughty_strings(), 130):
        fields = fields_of(part)
        async with database.writing() as session:
            notice = await written(session, cast, **fields)
            public = await posted(session, cast, **fields)
        async with database.reading() as session:
            found = NoticeContent.of(await queries.get_notice(session, cast.town_id, notice.id))
        assert found.body == clean(fields["body"]).strip("\n")
        assert found.title == clean_line(fields["title"]).strip()
        assert found == NoticeDraft.of(found).content
        page = await bob.get(f"/desk/notices/{notice.id}/text")
        assert page.status_code == 200
        assert strangers(page.text) == []
        answer = await client.get(f"/notices/{public.number}")
        assert answer.status_code == 200
        assert strangers(answer.text) == []


async def test_naughty_searches_find_nothing_and_break_nothing(browser_of: BrowserOf, cast: Cast) -> None:
    bob = await browser_of("Bob")
    for string in naughty_strings()[::31]:
        words = string.encode("utf-8", "replace").decode()[:200]
        answer = await bob.get("/desk/notices", params={"q": words, "state": words[:20], "kind": words[:20]})
        assert answer.status_code == 200
        assert strangers(answer.text) == []


async def test_templates_in_words_are_words(client: Browser, database: Database, cast: Cast) -> None:
    """`{{ 7*7 }}` and the like are shown literally, also where our sentences have holes."""
    spells = "{{ 7*7 }} {% raw %} ${env} %(town)s {who} %s {0} #{1+1}"
    async with database.writing() as session:
        public = await posted(
            session, cast, title=spells, summary=spells, body=spells, contact_name=spells, valid_to=None
        )
    page = (await client.get(f"/notices/{public.number}")).text
    for word in ("{{ 7*7 }}", "${env}", "%(town)s", "{who}", "#{1+1}"):
        assert page.count(word) >= 3, word
    assert json.dumps(public.content)
