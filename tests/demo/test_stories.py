"""The demonstration's year is whole and sound whatever day it is started."""

from datetime import date

import pytest

from server.content.lint import Facts, has_blocking, lint
from server.content.markdown import parse
from server.demo.almanac import day_after, day_of_publication, in_words
from server.demo.people import RESIDENTS, people, town_data
from server.demo.stories import stories
from server.notices.models import NoticeKind
from server.notices.schemas import NoticeDraft
from server.residents.models import Channel

DAYS = [date(2026, 1, 1), date(2026, 7, 14), date(2026, 11, 24), date(2028, 2, 29), date(2027, 12, 31)]
each_day = pytest.mark.parametrize("today", DAYS, ids=str)


def test_a_rule_names_a_day() -> None:
    wednesday = date(2026, 11, 25)
    assert day_after("+3", wednesday) == date(2026, 11, 28)
    assert day_after("samedi+10", wednesday) == date(2026, 12, 5)
    assert day_after("mercredi+0", wednesday) == wednesday
    assert day_after("01-05", wednesday) == date(2027, 1, 5)
    assert day_of_publication("-5", wednesday) == date(2026, 11, 20)
    assert day_of_publication("11-25", wednesday) == date(2025, 11, 25)
    assert in_words(date(2026, 12, 1)) == "mardi 1er décembre"


@each_day
def test_a_year_of_every_kind(today: date) -> None:
    told = stories(today)
    assert len(told) > 40
    assert {story.fields["kind"] for story in told} == set(NoticeKind)
    assert {story.state for story in told} == {"draft", "submitted", "approved", "published", "withdrawn"}
    assert (today - told[0].published_on).days > 330
    assert all(story.published_on < today for story in told)


@each_day
def test_enough_is_going_on_today(today: date) -> None:
    assert sum(story.state == "published" and story.fields["valid_to"] >= today for story in stories(today)) >= 12


@each_day
def test_what_is_typed_is_a_notice(today: date) -> None:
    for story in stories(today):
        NoticeDraft.model_validate(story.fields)
        assert "{" not in story.fields["title"] + story.fields["summary"] + story.fields["body"], story.name


@each_day
def test_what_was_published_could_be(today: date) -> None:
    for story in stories(today):
        findings = lint(parse(story.fields["body"]), Facts(story.fields["contact_phone"]))
        assert story.state == "draft" or not has_blocking(findings), story.name


def test_places_and_topics_exist() -> None:
    data = town_data()
    places = {sector["name"] for sector in data["sectors"]} | {s[0] for one in data["sectors"] for s in one["streets"]}
    topics = {topic["slug"] for topic in data["topics"]}
    for story in stories(DAYS[0]):
        assert set(story.places) <= places, story.name
        assert set(story.topics) <= topics, story.name


def test_residents_are_invented_and_reach_nobody() -> None:
    everybody = people()
    assert len({person.name for person in everybody}) == RESIDENTS
    addresses = [person.email for person in everybody if person.email]
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith(".example") for address in addresses)
    assert sum(person.channel is not Channel.EMAIL for person in everybody) == RESIDENTS // 3


def test_telephones_are_those_of_fiction() -> None:
    assert all(person.phone.startswith("02 61 91 ") for person in people() if person.phone)
    phones = {story.fields["contact_phone"] for story in stories(DAYS[0])} - {""}
    assert all(phone.startswith("02 61 91 ") for phone in phones)
