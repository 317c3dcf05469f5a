"""Publications as an iCalendar (RFC 5545): stable names, the town's own clock, whole days as days."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from server.content.typography import typeset
from server.core.clock import PARIS
from server.core.i18n import translate
from server.notices.models import Publication
from server.notices.words import KINDS

if TYPE_CHECKING:
    from icalendar import Event


def calendar_of(
    events: Sequence[Publication], name: str, language: str, address: Callable[[Publication], str]
) -> bytes:
    """The calendar of a town. `address` is where a notice is read."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Tambour//Agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", PARIS.key)
    for publication in events:
        calendar.add_component(_event(publication, language, address(publication)))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(publication: Publication, language: str, url: str) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", publication.uid)
    event.add("dtstamp", publication.published_at)
    event.add("last-modified", publication.published_at)
    event.add("sequence", publication.revision)
    begin, end = _local(publication.happens_from), _local(publication.happens_to)
    assert begin is not None  # the agenda holds nothing else
    if publication.whole_day:
        event.add("dtstart", begin.date())
        event.add("dtend", (end or begin).date() + timedelta(days=1))  # the day after the last
    else:
        event.add("dtstart", begin)
        if end:
            event.add("dtend", end)
    event.add("summary", typeset(publication.title, publication.language))
    event.add("description", f"{typeset(publication.summary, publication.language)}\n{url}".strip())
    event.add("url", url)
    event.add("categories", [translate(KINDS[publication.kind], language)])
    if publication.where_text:
        event.add("location", publication.where_text)
    return event


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(PARIS) if moment else None
