"""The names of things, for people: kinds, states, steps, fields."""

from server.core.i18n import Message, sentence
from server.notices.models import NoticeKind, NoticeState, NoticeStepKind

KINDS: dict[NoticeKind, Message] = {
    NoticeKind.INFORMATION: sentence("Information"),
    NoticeKind.WORKS: sentence("Works and traffic"),
    NoticeKind.EVENT: sentence("Event"),
    NoticeKind.MEETING: sentence("Public meeting"),
    NoticeKind.SCHOOL: sentence("School and youth"),
    NoticeKind.ENVIRONMENT: sentence("Environment and waste"),
    NoticeKind.OFFICIAL_ACT: sentence("Official act"),
    NoticeKind.INQUIRY: sentence("Public inquiry"),
}

# The mark of `state_mark` and its words.
MARKS: dict[NoticeState, tuple[str, Message]] = {
    NoticeState.DRAFT: ("todo", sentence("draft")),
    NoticeState.SUBMITTED: ("wait", sentence("to approve")),
    NoticeState.APPROVED: ("wait", sentence("approved, to publish")),
    NoticeState.PUBLISHED: ("done", sentence("published")),
    NoticeState.EXPIRED: ("off", sentence("expired")),
    NoticeState.WITHDRAWN: ("off", sentence("withdrawn")),
}

STEPS: dict[NoticeStepKind, Message] = {
    NoticeStepKind.SUBMITTED: sentence("Submitted for approval by {who}"),
    NoticeStepKind.RETURNED: sentence("Sent back by {who}"),
    NoticeStepKind.APPROVED: sentence("Approved by {who}"),
    NoticeStepKind.APPROVAL_UNDONE: sentence("Changed by {who}: the approval no longer holds"),
    NoticeStepKind.REOPENED: sentence("Changed by {who}: a draft again"),
    NoticeStepKind.PUBLISHED: sentence("Published by {who}"),
    NoticeStepKind.WITHDRAWN: sentence("Withdrawn by {who}"),
    NoticeStepKind.DISCARDED: sentence("Given up by {who}"),
    NoticeStepKind.EXPIRED: sentence("Expired: its last day is over"),
}

FIELDS: dict[str, Message] = {
    "kind": sentence("Kind"),
    "language": sentence("Language"),
    "is_urgent": sentence("Urgent"),
    "title": sentence("Title"),
    "short_title": sentence("Title of the poster"),
    "summary": sentence("In one sentence"),
    "body": sentence("Text"),
    "easy_read": sentence("In easy words"),
    "easy_read_by": sentence("Read over by"),
    "concerns": sentence("Who is concerned"),
    "when": sentence("When"),
    "when_text": sentence("When, in your words"),
    "where_text": sentence("Where"),
    "contact_name": sentence("Who answers"),
    "contact_phone": sentence("Telephone"),
    "contact_email": sentence("Email address"),
    "author_name": sentence("Signed by"),
    "author_title": sentence("Capacity"),
    "valid_from": sentence("First day of display"),
    "valid_to": sentence("Last day of display"),
    "topic_ids": sentence("Topics"),
    "place_ids": sentence("Places"),
}
