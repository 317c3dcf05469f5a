"""Letters for tests: people who subscribed, a letter of two notices, and each state it can be in."""

from typing import Any

from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues import approval, drafting, sending
from server.issues.content import issue_content
from server.issues.models import Issue, IssueState
from server.issues.schemas import IssueDraft
from server.mailings.models import Mailing
from server.residents.models import Channel, Resident, Subscription
from tests.cast import Cast
from tests.notices.writing import published

INSTANCE = "https://tambour.test"


async def subscribe(session: WriteSession, cast: Cast, *emails: str, topic: int = 0, **more: Any) -> list[Resident]:
    """People who receive a topic by email."""
    now = clock.now()
    people = [
        Resident(
            municipality_id=cast.town_id,
            email=email,
            email_key=email.lower(),
            list_key=email,
            created_at=now,
            last_contact_at=now,
            **more,
        )
        for email in emails
    ]
    session.add_all(people)
    await session.flush()
    session.add_all(
        Subscription(
            municipality_id=cast.town_id,
            resident_id=person.id,
            topic_id=cast.topic_ids[topic],
            channel=Channel.EMAIL,
            started_at=now,
        )
        for person in people
    )
    await session.flush()
    return people


async def draft_of(session: WriteSession, cast: Cast, **changes: Any) -> IssueDraft:
    """A letter of two published notices, to the first topic."""
    notices = [
        await published(session, cast),
        await published(session, cast, title="Réunion publique sur le plan de circulation", valid_to=None),
    ]
    given = {
        "title": "Lettre de novembre 2026",
        "editorial": "Chères habitantes, chers habitants,\n\nvoici les nouvelles du mois.",
        "editorial_by": "Jeanne Moreau, maire",
        "has_agenda": True,
        "topic_ids": cast.topic_ids[:1],
        "notice_ids": [notice.id for notice in notices],
    }
    return IssueDraft.model_validate(given | changes)


async def composed(session: WriteSession, cast: Cast, **changes: Any) -> Issue:
    draft = await draft_of(session, cast, **changes)
    return await drafting.create_issue(session, cast.town_id, cast.actor("Bob"), draft)


async def content_hash(session: ReadSession, issue: Issue) -> str:
    """What somebody who reads the letter now would approve."""
    return (await issue_content(session, issue)).content_hash


async def in_state(session: WriteSession, cast: Cast, state: IssueState) -> Issue:
    """A letter brought to draft, submitted or approved by the people who would."""
    issue = await composed(session, cast)
    if state is IssueState.DRAFT:
        return issue
    await approval.submit_issue(session, cast.town_id, cast.actor("Bob"), issue.id)
    if state is IssueState.SUBMITTED:
        return issue
    read = await content_hash(session, issue)
    return await approval.approve_issue(session, cast.town_id, cast.actor("Paula"), issue.id, read)


async def approved(database: Database, cast: Cast, *emails: str) -> Issue:
    """An approved letter and its readers, kept."""
    async with database.writing() as session:
        await subscribe(session, cast, *emails)
        return await in_state(session, cast, IssueState.APPROVED)


async def send(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast, issue_id: int, key: str = "a key of the form"
) -> Mailing:
    """What the page does when somebody presses Send."""
    async with database.reading() as session:
        prepared = await sending.prepare_letter(session, files, cast.town_id, issue_id, INSTANCE)
    async with database.writing() as session:
        return await sending.send_issue(session, secrets, prepared, cast.actor("Paula"), key)
