"""From an urgent notice to a notice: what residents read everywhere is one text."""

from server.core import clock
from server.core.i18n import sentence, speaking, translate
from server.core.templating import format_moment
from server.notices.models import NoticeKind
from server.notices.schemas import NoticeDraft
from server.urgent.models import MessageType, UrgentKind, UrgentNotice
from server.urgent.words import EXERCISE, TYPES

_KINDS = {UrgentKind.ROAD: NoticeKind.WORKS, UrgentKind.WATER: NoticeKind.WORKS, UrgentKind.SCHOOL: NoticeKind.SCHOOL}
_POSTER_TITLE = 60


def notice_of(urgent: UrgentNotice) -> NoticeDraft:
    """The notice that says it. An exercise says so in its title and its first sentence: no rendering can hide it."""
    with speaking(urgent.language):
        title, what = _title(urgent), urgent.what
        if urgent.is_exercise:
            what = str(sentence("This is an exercise: there is nothing to do. {words}", words=what))[:300]
        until = (
            "" if urgent.until_at is None else str(sentence("until {moment}", moment=format_moment(urgent.until_at)))
        )
        body = f"## {translate(sentence('What to do'))}\n\n{urgent.instruction}"
    return NoticeDraft.model_validate(
        {
            "kind": _KINDS.get(urgent.kind, NoticeKind.INFORMATION),
            "language": urgent.language,
            "is_urgent": urgent.message_type is not MessageType.CANCEL,
            "title": title,
            "short_title": title if len(title) <= _POSTER_TITLE else "",
            "summary": what,
            "body": body,
            "when_text": until,
            "where_text": urgent.where_text,
            "contact_phone": urgent.contact_phone,
            "valid_to": clock.day_of(urgent.until_at) if urgent.until_at else None,
            "topic_ids": urgent.topic_ids,
            "place_ids": urgent.place_ids,
        }
    )


def subject_of(urgent: UrgentNotice) -> str:
    """The mail's subject: what the message does, then what it is about."""
    with speaking(urgent.language):
        if urgent.message_type is MessageType.CANCEL:
            return _title(urgent)
        return f"{TYPES[urgent.message_type]} — {_title(urgent)}"


def _title(urgent: UrgentNotice) -> str:
    parts = [str(EXERCISE)] if urgent.is_exercise else []
    if urgent.message_type is MessageType.CANCEL:
        parts.append(str(TYPES[MessageType.CANCEL]))
    return " — ".join([*parts, urgent.title])
