"""A year at the town hall: notices written, approved, published and over; a letter each month; people who join."""

from datetime import UTC, date, datetime, time, timedelta

from server.boards.service import put_acts_online
from server.core import clock
from server.core.clock import PARIS
from server.core.database import WriteSession
from server.demo.alarms import days_of_alarms, place_witness, sound
from server.demo.almanac import of_month, thursdays_of_letters
from server.demo.paper import carry_letter
from server.demo.people import people, town_data
from server.demo.postman import deliver_everything
from server.demo.register import fill_register
from server.demo.rounds import certify, mondays_of_rounds, prepare_round, walk_round
from server.demo.stage import Stage
from server.demo.stories import Story, stories
from server.issues.approval import approve_issue, submit_issue
from server.issues.content import issue_content
from server.issues.drafting import create_issue
from server.issues.models import Issue
from server.issues.schemas import IssueDraft
from server.issues.sending import prepare_letter, send_issue
from server.notices.models import Notice
from server.notices.queries import list_publishable
from server.notices.schemas import NoticeDraft
from server.notices.service import (
    approve_notice,
    create_notice,
    expire_due,
    publish_notice,
    submit_notice,
    withdraw_notice,
)

_LETTERS = 3
_ROUNDS = 10
_MOST_IN_A_LETTER = 8


async def play(stage: Stage, today: date) -> None:
    """Everything in the order in which it happened, each at its own hour."""
    letters = thursdays_of_letters(today, _LETTERS)
    rounds = mondays_of_rounds(today, _ROUNDS)
    alarms = days_of_alarms(today)
    waiting = list(people())
    for story in stories(today):
        while (day := _earliest(letters, rounds, alarms)) <= story.published_on:
            if day in letters:
                letters.remove(day)
                joined = [person for person in waiting if today - timedelta(days=person.joined_before) < day]
                waiting = waiting[len(joined) :]
                await fill_register(stage, today, joined)
                await send_letter(stage, day)
            elif day in rounds:
                rounds.remove(day)
                await _walk(stage, day, is_last=not rounds)
            else:
                alarms.remove(day)
                await sound(stage, day, is_exercise=not alarms)
        await tell(stage, story)
    await fill_register(stage, today, waiting)
    await deliver_everything(stage.database)
    async with stage.database.writing() as session:
        await expire_due(session, clock.now())
        await _begin_letter(session, stage, today)
    for day in rounds:
        await _walk(stage, day, is_last=day == rounds[-1])
    await prepare_round(stage, today)
    await certify(stage)
    await place_witness(stage)


def _earliest(*calendars: list[date]) -> date:
    return min((day for days in calendars for day in days), default=date.max)


async def _walk(stage: Stage, day: date, *, is_last: bool) -> None:
    with clock.frozen(_at(day, time(7, 55))):
        async with stage.database.writing() as session:
            await expire_due(session, clock.now())
        await put_acts_online(stage.database, stage.files)
    await walk_round(stage, day, torn=is_last)


async def tell(stage: Stage, story: Story) -> None:
    """One notice, from the first draft to where it stands today."""
    the_day_before = story.published_on - timedelta(days=1)
    with clock.frozen(_at(the_day_before, time(14, 10))):
        async with stage.database.writing() as session:
            await expire_due(session, clock.now())
            notice = await create_notice(session, stage.town_id, stage.editor, _draft(stage, story))
            if story.state == "draft":
                return
            with clock.frozen(_at(the_day_before, time(16, 45))):
                await submit_notice(session, stage.town_id, stage.editor, notice.id)
            if story.state == "submitted":
                return
            await _publish(session, stage, story, notice)


async def _publish(session: WriteSession, stage: Stage, story: Story, notice: Notice) -> None:
    with clock.frozen(_at(story.published_on, time(8, 50))):
        await approve_notice(session, stage.town_id, stage.publisher, notice.id, notice.revision, notice.content_hash)
    if story.state == "approved":
        return
    with clock.frozen(_at(story.published_on, time(9, 5))):
        await publish_notice(session, stage.town_id, stage.publisher, notice.id, notice.content_hash)
    if story.state == "withdrawn":
        with clock.frozen(_at(story.published_on + timedelta(days=1), time(10, 20))):
            await withdraw_notice(session, stage.town_id, stage.publisher, notice.id, "Il a retrouvé ses maîtres.")


async def send_letter(stage: Stage, day: date) -> None:
    """The month's letter: what was published lately, approved by the mayor, accepted everywhere."""
    with clock.frozen(_at(day, time(10, 30))):
        async with stage.database.writing() as session:
            await expire_due(session, clock.now())
            issue = await _begin_letter(session, stage, day)
            await submit_issue(session, stage.town_id, stage.editor, issue.id)
            content = await issue_content(session, issue)
            await approve_issue(session, stage.town_id, stage.publisher, issue.id, content.content_hash)
        async with stage.database.reading() as session:
            prepared = await prepare_letter(session, stage.files, stage.town_id, issue.id, stage.url)
        async with stage.database.writing() as session:
            key = f"demonstration-{issue.number}"
            await send_issue(session, stage.secrets, prepared, stage.publisher, key)
    with clock.frozen(_at(day, time(10, 34))):
        await deliver_everything(stage.database)
        await carry_letter(stage, issue)


async def _begin_letter(session: WriteSession, stage: Stage, day: date) -> Issue:
    """A letter of the latest notices, still a draft."""
    letter = town_data()["letter"]
    latest = await list_publishable(session, stage.town_id)
    draft = IssueDraft(
        title=letter["title"].format(of_month=of_month(day)),
        editorial=letter["editorial"],
        editorial_by=letter["editorial_by"],
        has_agenda=True,
        topic_ids=[stage.topics["lettre"]],
        notice_ids=[published.notice_id for published in latest[:_MOST_IN_A_LETTER]],
    )
    return await create_issue(session, stage.town_id, stage.editor, draft)


def _draft(stage: Stage, story: Story) -> NoticeDraft:
    topics = [stage.topics[slug] for slug in story.topics]
    places = [stage.places[name] for name in story.places]
    return NoticeDraft.model_validate({**story.fields, "topic_ids": topics, "place_ids": places})


def _at(day: date, hour: time) -> datetime:
    """An hour of the town's clock."""
    return datetime.combine(day, hour, PARIS).astimezone(UTC)
