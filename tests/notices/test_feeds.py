"""The Atom feed and the calendar: what the standards ask, and names that never change."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from lxml import etree
from sqlmodel import col, update

from server.core import clock
from server.core.clock import PARIS
from server.core.database import Database
from server.municipalities.models import Municipality
from server.notices import queries, service
from tests.browsing import Browser
from tests.cast import Cast
from tests.notices.writing import draft, published

pytestmark = pytest.mark.usefixtures("monday")

# RFC 4287 in the part we use, as a schema: order is free, what is needed is there once.
ATOM = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
 <start><element name="feed"><ref name="common"/><interleave>
  <ref name="head"/>
  <optional><element name="generator"><text/></element></optional>
  <oneOrMore><ref name="author"/></oneOrMore>
  <oneOrMore><ref name="link"/></oneOrMore>
  <zeroOrMore><element name="entry"><ref name="common"/><interleave>
    <ref name="head"/>
    <optional><element name="published"><data type="dateTime"/></element></optional>
    <optional><element name="summary"><text/></element></optional>
    <zeroOrMore><element name="category"><attribute name="term"/><optional><attribute name="label"/></optional></element></zeroOrMore>
    <oneOrMore><ref name="link"/></oneOrMore>
    <element name="content"><attribute name="type"><value>html</value></attribute><text/></element>
  </interleave></element></zeroOrMore>
 </interleave></element></start>
 <define name="head"><interleave>
  <element name="id"><data type="anyURI"><param name="pattern">urn:uuid:[0-9a-f-]{36}</param></data></element>
  <element name="title"><data type="string"><param name="minLength">1</param></data></element>
  <element name="updated"><data type="dateTime"><param name="pattern">.*(Z|[+-][0-9:]{5})</param></data></element>
 </interleave></define>
 <define name="author"><element name="author"><element name="name"><text/></element></element></define>
 <define name="link"><element name="link"><attribute name="rel"/><attribute name="type"/>
  <attribute name="href"><data type="string"><param name="pattern">https://[^ ]+</param></data></attribute></element></define>
 <define name="common"><optional><attribute name="xml:lang"/></optional></define>
</grammar>
"""


async def feed_of(client: Browser) -> Any:
    answer = await client.get("/notices.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.content)
    etree.RelaxNG(etree.fromstring(ATOM)).assertValid(feed)
    return feed


def ids(feed: Any) -> list[str]:
    return [entry.findtext("{*}id") or "" for entry in feed.iterfind("{*}entry")]


async def test_an_empty_feed_is_valid(client: Browser, cast: Cast) -> None:
    assert ids(await feed_of(client)) == []


async def test_entries_keep_their_names(client: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await published(session, cast, title="Fête & <danse>")
        await published(session, cast)
    feed = await feed_of(client)
    before = ids(feed)
    assert len(set(before)) == 2
    assert f"urn:uuid:{notice.uid}" in before
    assert [link.get("href") for link in feed.iterfind("{*}entry[2]/{*}link")] == [
        f"https://tambour.test/saint-aubin/notices/{notice.number}"
    ]
    assert feed.findtext("{*}entry[2]/{*}title") == "Fête & <danse>"
    assert "<dl" in (feed.findtext("{*}entry[2]/{*}content") or "")
    town, paula = cast.town_id, cast.actor("Paula")
    with clock.frozen(clock.now() + timedelta(hours=1)):
        async with database.writing() as session:
            changed = draft(title="Corrigé", topic_ids=cast.topic_ids[:1])
            await service.save_notice(session, town, paula, notice.id, changed, 1)
            found = await queries.get_notice(session, town, notice.id)
            await service.approve_notice(session, town, paula, notice.id, 2, found.content_hash)
            await service.publish_notice(session, town, paula, notice.id, found.content_hash)
    after = await feed_of(client)
    assert sorted(ids(after)) == sorted(before)
    assert after.findtext("{*}entry/{*}title") == "Corrigé"
    assert after.findtext("{*}updated") == after.findtext("{*}entry/{*}updated") != feed.findtext("{*}updated")
    assert after.findtext("{*}id") == feed.findtext("{*}id")


async def test_the_towns_own_host_is_in_the_addresses(client: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await published(session, cast)
        host = update(Municipality).where(col(Municipality.id) == cast.town_id).values(host="info.saint-aubin.example")
        await session.execute(host)
    answer = await client.get("https://info.saint-aubin.example/notices.atom")
    assert "https://info.saint-aubin.example/notices/2026-001" in answer.text


async def calendar_of(client: Browser) -> Any:
    """The calendar as a program reads it; `Any`, for its values have thirty types."""
    answer = await client.get("/agenda.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert max(len(line) for line in lines) <= 75
    assert not re.search(rb"(?<!\r)\n", answer.content)
    calendar: Any = Calendar.from_ical(answer.content)
    assert (calendar["version"], bool(calendar["prodid"])) == ("2.0", True)
    assert not calendar.errors
    return calendar


async def test_an_event_has_its_hour_on_the_towns_clock(client: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await published(
            session, cast, title="Réunion, salle; des fêtes", starts_on=date(2026, 12, 1), starts_at="18:30", ends_at="20:00",
            where_text="salle des fêtes", valid_to=None,
        )  # fmt: skip
    calendar = await calendar_of(client)
    (event,) = calendar.walk("VEVENT")
    assert event["uid"] == notice.uid
    assert event["dtstart"].dt == datetime(2026, 12, 1, 17, 30, tzinfo=UTC)
    assert event["dtstart"].dt.utcoffset() == timedelta(hours=1)
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=90)
    assert event["dtstamp"].dt == clock.now()
    assert event["summary"] == "Réunion, salle\u202f; des fêtes"
    assert event["location"] == "salle des fêtes"
    assert event["url"] == f"https://tambour.test/saint-aubin/notices/{notice.number}"
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]


async def test_whole_days_are_days(client: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await published(
            session, cast, starts_on=date(2026, 12, 1), starts_at=None, ends_on=date(2026, 12, 3), valid_to=None
        )
    (event,) = (await calendar_of(client)).walk("VEVENT")
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 12, 1), date(2026, 12, 4))


async def test_both_changes_of_the_clock(client: Browser, database: Database, cast: Cast) -> None:
    """Half past two exists twice in October and never in March: the feed stands, and noon is noon."""
    async with database.writing() as session:
        for day in (date(2027, 3, 28), date(2027, 10, 31)):
            for hour in ("02:30", "12:00"):
                await published(session, cast, starts_on=day, starts_at=hour, valid_to=None)
    hours = [event["dtstart"].dt.astimezone(PARIS).hour for event in (await calendar_of(client)).walk("VEVENT")]
    assert hours.count(12) == len(hours) // 2 > 0


async def test_what_is_withdrawn_leaves_the_calendar(client: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await published(session, cast)
        await service.withdraw_notice(session, cast.town_id, cast.actor("Paula"), notice.id)
    assert (await calendar_of(client)).walk("VEVENT") == []
    assert ids(await feed_of(client)) == []
