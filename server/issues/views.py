"""What the pages of the Letters room show."""

from collections.abc import Sequence
from typing import Any

from server.core import clock
from server.core.database import ReadSession
from server.core.files import FileStore
from server.core.i18n import Message, sentence, sentences
from server.core.templating import format_day, format_number
from server.issues import queries
from server.issues.columns import INHABITANTS
from server.issues.content import GroupColumn, issue_content
from server.issues.letter import MAIL_LIMIT, Letter, render_letter
from server.issues.models import Issue, IssueState, IssueStep, IssueStepKind
from server.issues.schemas import IssueDraft
from server.municipalities.queries import get_municipality
from server.notices import queries as notices
from server.notices.signatures import signed_words
from server.residents import queries as residents

KEPT = sentence("What you typed is kept below; saving again replaces what they wrote.")
MARKS = {
    IssueState.DRAFT: ("todo", sentence("draft")),
    IssueState.SUBMITTED: ("wait", sentence("to approve")),
    IssueState.APPROVED: ("wait", sentence("approved, to send")),
    IssueState.SENT: ("done", sentence("sent")),
}
_STEPS = {
    IssueStepKind.SUBMITTED: sentence("Submitted for approval by {who}"),
    IssueStepKind.RETURNED: sentence("Sent back by {who}"),
    IssueStepKind.APPROVED: sentence("Approved by {who}"),
    IssueStepKind.APPROVAL_UNDONE: sentence("Changed by {who}: the approval no longer holds"),
    IssueStepKind.SCHEDULED: sentence("Planned by {who}"),
    IssueStepKind.UNSCHEDULED: sentence("No longer planned, by {who}"),
    IssueStepKind.PUT_OFF: sentence("Put off to the next day by {who}"),
    IssueStepKind.TESTED: sentence("Sent as a trial by {who}"),
    IssueStepKind.SENT: sentence("Sent by {who}"),
}
_COLUMNS = sentence("Columns of the groups")
_CLOCK = sentence("the clock, as planned")


async def first_draft(session: ReadSession, municipality_id: int) -> IssueDraft:
    """A new letter, ready to be saved: the month as title, what no letter has had yet, the first topic."""
    topics = await residents.list_topics(session, municipality_id)
    sent = await queries.notice_ids_already_sent(session, municipality_id)
    candidates = await notices.list_publishable(session, municipality_id)
    title = sentence("Letter of {month}", month=format_day(clock.today(), "MMMM y"))
    return IssueDraft.model_construct(
        title=str(title),
        editorial="",
        editorial_by="",
        has_agenda=True,
        topic_ids=[topic.id for topic in topics[:1]],
        notice_ids=[one.notice_id for one in candidates if one.notice_id not in sent],
    )


async def draft_of(session: ReadSession, issue: Issue) -> IssueDraft:
    """The issue as its form shows it."""
    items = await queries.list_items(session, issue.municipality_id, issue.id)
    return IssueDraft.model_construct(
        title=issue.title,
        editorial=issue.editorial,
        editorial_by=issue.editorial_by,
        has_agenda=issue.has_agenda,
        topic_ids=issue.topic_ids,
        notice_ids=[item.notice_id for item in items],
    )


async def choices(session: ReadSession, municipality_id: int, chosen: Sequence[int]) -> dict[str, Any]:
    """The topics and notices a form offers; `chosen` in their order."""
    sent = await queries.notice_ids_already_sent(session, municipality_id)
    candidates = await notices.list_publishable(session, municipality_id, already_in=sent)
    titles = {one.notice_id: one.title for one in candidates}
    already = str(sentence("already in a letter"))
    return {
        "topics": [(topic.id, topic.name) for topic in await residents.list_topics(session, municipality_id)],
        "candidates": [(one, title, already if one in sent else "") for one, title in titles.items()],
        "chosen": [(f"place-{one}", titles[one]) for one in chosen if one in titles],
    }


async def issue_context(session: ReadSession, files: FileStore, issue: Issue) -> dict[str, Any]:
    """Everything on the page of one issue."""
    letter = await render_letter(session, files, issue)
    content = await issue_content(session, issue)
    people = await residents.count_audience(session, issue.municipality_id, issue.topic_ids)
    return {
        "issue": issue,
        "mark": MARKS[issue.state],
        "content_hash": content.content_hash,
        "checks": [*_checks(letter, len(content.items)), *await _column_checks(session, issue, content.columns)],
        "columns": content.columns,
        "audience": [(words, format_number(people.get(channel, 0))) for channel, words in _CHANNELS.items()],
        "steps": [
            _step(step, name) for step, name in await queries.list_steps(session, issue.municipality_id, issue.id)
        ],
    }


_CHANNELS = {
    "email": sentence("by email"),
    "post": sentence("by post"),
    "hand": sentence("in the letterbox"),
    "counter": sentence("at the counter"),
}


def on_paper(people: dict[str, int]) -> int:
    """How many receive it by something else than a mail."""
    return sum(count for channel, count in people.items() if channel != "email")


def _checks(letter: Letter, items: int) -> list[tuple[Message, str, Message]]:
    kilobytes = format_number(round(letter.weight / 1000))
    weight = ("done", sentence("{size} kB of 60 kB", size=kilobytes))
    if letter.weight > MAIL_LIMIT:
        weight = ("bad", sentence("{size} kB of 60 kB: leave out a notice or a picture", size=kilobytes))
    return [
        (sentence("Notices"), "done" if items else "todo", sentences("{count} notice", "{count} notices", count=items)),
        (sentence("Weight"), *weight),
        (sentence("Loads"), "done", sentence("nothing from outside")),
    ]


async def _column_checks(
    session: ReadSession, issue: Issue, columns: Sequence[GroupColumn]
) -> list[tuple[Message, str, Message]]:
    """What the law asks of every medium of general information."""
    town = await get_municipality(session, issue.municipality_id)
    missing = sum(column.received_at is None for column in columns)
    if columns:
        state = "wait" if missing else "done"
        words = sentences("{count} text not received", "{count} texts not received", count=missing)
        return [(_COLUMNS, state, words if missing else sentence("all received"))]
    if town.population < INHABITANTS:
        return []
    return [(_COLUMNS, "todo", sentence("no group is declared"))]


def _step(step: IssueStep, name: str | None) -> dict[str, Any]:
    words = sentence(_STEPS[step.kind].msgid, who=name or _CLOCK)
    signed = signed_words(step.signed_by, step.signed_on)
    return {"words": words, "note": step.note, "signed": signed, "at": step.at, "content_hash": step.content_hash}
