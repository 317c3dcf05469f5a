"""Sending an issue: to oneself as a trial, now, or at a moment; always exactly what was approved.

What takes time (rendering, composing) is done from a reading session and gives a PreparedLetter; the writing session
then sends it only if the issue still says what was prepared.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, update

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.issues import queries
from server.issues.columns import note_missing_texts
from server.issues.content import IssueContent, issue_content
from server.issues.drafting import note_step
from server.issues.letter import render_letter
from server.issues.models import Issue, IssueItem, IssueState, IssueStepKind
from server.mailings import queries as mailing_queries
from server.mailings import service as mailings
from server.mailings.compose import new_marks
from server.mailings.models import Lane, Mailing, MailingKind
from server.mailings.schemas import MessageVariant, Recipient
from server.mailings.town_mail import compose_town_mail, links_of
from server.municipalities.queries import get_municipality
from server.residents import queries as residents
from server.residents.models import Edition

_CHANGED = sentence("The letter has changed since it was approved: it has to be approved again.")


@dataclass(frozen=True)
class PreparedLetter:
    """A letter composed for every language of the town, bound to the hash of what it says."""

    municipality_id: int
    issue_id: int
    content: IssueContent
    variants: tuple[MessageVariant, ...]


async def prepare_letter(
    session: ReadSession, files: FileStore, municipality_id: int, issue_id: int, instance_url: str
) -> PreparedLetter:
    """Render and compose the letter, once per language. Raises NotFound."""
    issue = await queries.get_issue(session, municipality_id, issue_id)
    municipality = await get_municipality(session, municipality_id)
    variants = []
    for language in dict.fromkeys([issue.language, *municipality.languages]):
        marks = new_marks()
        links = links_of(municipality, instance_url, marks)
        letter = await render_letter(session, files, issue, language=language, links=links)
        variant = compose_town_mail(
            municipality,
            letter.mail,
            marks=marks,
            links=links,
            language=language,
            edition=Edition.STANDARD,
            list_name="letter",
            images=letter.images,
        )
        variants.append(variant)
    return PreparedLetter(municipality_id, issue_id, await issue_content(session, issue), tuple(variants))


async def send_trial(session: WriteSession, secrets: Secrets, prepared: PreparedLetter, actor: Actor, key: str) -> None:
    """The letter to its author's own mailbox, as residents would get it."""
    variant = prepared.variants[0]
    await mailings.send_message(
        session,
        prepared.municipality_id,
        secrets,
        kind=MailingKind.TRIAL,
        subject=prepared.content.title,
        message=variant,
        address=actor.email,
        created_by_id=actor.account_id,
        to_staff=True,
        idempotency_key=f"trial-{prepared.issue_id}-{key}",
    )
    issue = await queries.get_issue(session, prepared.municipality_id, prepared.issue_id)
    note_step(session, issue, IssueStepKind.TESTED, actor)


async def schedule_issue(
    session: WriteSession, municipality_id: int, actor: Actor, issue_id: int, content_hash: str, moment: datetime
) -> None:
    """Let an approved issue leave at `moment`. Raises Invalid for the past, Conflict if it is not what was approved."""
    if moment <= clock.now():
        raise Invalid({"scheduled_at": sentence("This moment has passed: choose a later one, or send now.")})
    issue = await _approved(session, municipality_id, issue_id, content_hash)
    issue.scheduled_at = moment
    session.add(issue)
    note_step(session, issue, IssueStepKind.SCHEDULED, actor)


async def unschedule_issue(session: WriteSession, municipality_id: int, actor: Actor, issue_id: int) -> None:
    """It leaves when somebody says so. Raises Conflict if it has left already."""
    issue = await queries.get_issue(session, municipality_id, issue_id)
    if issue.state is not IssueState.APPROVED:
        raise Conflict(sentence("This letter has left already."))
    issue.scheduled_at = None
    session.add(issue)
    note_step(session, issue, IssueStepKind.UNSCHEDULED, actor)


def put_off_issue(session: WriteSession, issue: Issue, why: str) -> None:
    """A planned letter stays planned, for the same hour of the next day."""
    if issue.state is not IssueState.APPROVED or issue.scheduled_at is None:
        return
    moment = issue.scheduled_at.astimezone(clock.PARIS)
    while moment <= clock.now():
        moment += timedelta(days=1)
    issue.scheduled_at = moment.astimezone(UTC)
    session.add(issue)
    note_step(session, issue, IssueStepKind.PUT_OFF, None, why)


async def send_issue(
    session: WriteSession, secrets: Secrets, prepared: PreparedLetter, actor: Actor | None, idempotency_key: str
) -> Mailing:
    """Write the ledger: from here on the letter leaves, once, whatever crashes. The same key is the same sending.

    Raises Conflict if the issue is not approved or says something else than what was approved, Invalid if nobody
    would receive it.
    """
    known = await mailing_queries.find_mailing(session, prepared.municipality_id, idempotency_key)
    if known is not None:
        return known
    issue = await _approved(session, prepared.municipality_id, prepared.issue_id, prepared.content.content_hash)
    await mailings.hold_recipients(session, issue.municipality_id)
    audience = await residents.email_audience(session, issue.municipality_id, issue.topic_ids)
    if not audience:
        raise Invalid({"topic_ids": sentence("Nobody receives these topics by email yet.")})
    mailing = await mailings.start_mailing(
        session,
        issue.municipality_id,
        secrets,
        kind=MailingKind.ISSUE,
        lane=Lane.ORDINARY,
        subject=issue.title,
        origin=f"issue:{issue.id}",
        scope=issue.topic_ids,
        messages=prepared.variants,
        recipients=_recipients(audience, prepared.variants),
        idempotency_key=idempotency_key,
        created_by_id=actor.account_id if actor else None,
    )
    await _mark_sent(session, issue, prepared.content, mailing)
    note_step(session, issue, IssueStepKind.SENT, actor)
    return mailing


async def mark_as_left(session: WriteSession, municipality_id: int, issue_id: int, mailing: Mailing) -> None:
    """A letter of which a journal says that it left, after the backup this database comes from: it never leaves again."""
    issue = await session.get(Issue, issue_id)
    if issue is None or issue.municipality_id != municipality_id or issue.state is IssueState.SENT:
        return
    issue.state = IssueState.APPROVED
    await session.flush()
    await _mark_sent(session, issue, await issue_content(session, issue), mailing)
    note_step(session, issue, IssueStepKind.SENT, None)


async def _approved(session: WriteSession, municipality_id: int, issue_id: int, content_hash: str) -> Issue:
    """The issue, approved and saying exactly `content_hash`."""
    issue = await queries.get_issue(session, municipality_id, issue_id)
    if issue.state is not IssueState.APPROVED:
        raise Conflict(sentence("Only an approved letter can be sent."))
    content = await issue_content(session, issue)
    if not issue.content_hash == content_hash == content.content_hash:
        raise Conflict(_CHANGED)
    return issue


async def _mark_sent(session: WriteSession, issue: Issue, content: IssueContent, mailing: Mailing) -> None:
    """Freeze what left, so that the archive never changes."""
    sent = await session.execute(
        update(Issue)
        .where(col(Issue.id) == issue.id, col(Issue.state) == IssueState.APPROVED)
        .values(state=IssueState.SENT, sent_at=clock.now(), mailing_id=mailing.id, scheduled_at=None)
        .execution_options(synchronize_session=False)
    )
    if sent.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result has it
        raise Conflict(sentence("This letter has left already."))
    for item in content.items:
        await session.execute(
            update(IssueItem)
            .where(col(IssueItem.issue_id) == issue.id, col(IssueItem.notice_id) == item.notice_id)
            .values(content={"number": item.number, "notice": item.content.frozen()})
        )
    await note_missing_texts(session, issue)
    await session.refresh(issue)


def _recipients(audience: list[Any], variants: tuple[MessageVariant, ...]) -> list[Recipient]:
    by_language = {variant.language: place for place, variant in enumerate(variants)}
    return [Recipient(one.resident_id, one.address, by_language.get(one.language, 0)) for one in audience]
