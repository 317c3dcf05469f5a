"""The demonstration's notices, read from `texts/*.md` and placed in the year that ends today."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from server.demo.almanac import day_after, day_of_publication, fill

FOLDER = Path(__file__).parent
_SHOWN_DAYS = 30  # how long a notice without a date stays up


@dataclass(frozen=True)
class Story:
    """A notice of the demonstration: what is typed, where it belongs, how far it got and when."""

    name: str
    published_on: date
    state: str
    """Where it stands today: published, draft, submitted, approved or withdrawn."""
    fields: dict[str, Any]
    """What would be typed into the form, but for the ids of topics and places."""
    topics: tuple[str, ...]
    places: tuple[str, ...]


def stories(today: date) -> list[Story]:
    """Every story, in the order in which they were published."""
    told = [_story(path, today) for path in sorted((FOLDER / "texts").glob("*.md"))]
    return sorted(told, key=lambda story: (story.published_on, story.name))


@cache
def _parts(path: Path) -> tuple[dict[str, str], str]:
    """The lines above the first empty one, by name, and the text below."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    pairs = (line.partition(": ") for line in head.splitlines())
    return {name: value for name, _, value in pairs}, body.strip()


def _story(path: Path, today: date) -> Story:
    head, body = _parts(path)
    published = day_of_publication(head["published"], today)
    starts = day_after(head["starts"], published) if "starts" in head else None
    ends = day_after(head["ends"], starts) if starts and "ends" in head else None
    begins_at, _, ends_at = head.get("at", "").partition("-")
    last = _last_of(starts, ends, begins_at, ends_at)
    until = _last_day(head, published, last or starts)
    days = {"published": published, "starts": starts, "ends": ends, "until": until}
    fields = {
        "kind": head["kind"],
        "is_urgent": head.get("urgent") == "yes",
        "title": fill(head["title"], days),
        "summary": fill(head["summary"], days),
        "body": fill(body, days),
        "concerns": head.get("concerns", ""),
        "where_text": head.get("where", ""),
        "contact_name": head.get("contact", ""),
        "contact_phone": head.get("phone", ""),
        "author_name": head.get("author", ""),
        "author_title": head.get("author_title", ""),
        "starts_on": starts,
        "starts_at": begins_at or None,
        "ends_on": last,
        "ends_at": ends_at or None,
        "valid_from": published,
        "valid_to": until,
    }
    state = head.get("state", "published")
    return Story(path.stem, published, state, fields, _several(head, "topics"), _several(head, "places"))


def _last_day(head: dict[str, str], published: date, event: date | None) -> date:
    shown = day_after(head["until"], published) if "until" in head else None
    if event:
        return max(event, shown or event)
    return shown or published + timedelta(days=_SHOWN_DAYS)


def _last_of(starts: date | None, ends: date | None, begins_at: str, ends_at: str) -> date | None:
    """A ball that ends at one in the morning ends on the next day."""
    if starts and not ends and ends_at and ends_at < begins_at:
        return starts + timedelta(days=1)
    return ends


def _several(head: dict[str, str], name: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in head.get(name, "").split(";") if word.strip())
