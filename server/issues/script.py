"""A letter as somebody reads it aloud or copies it by hand: parts with a title, and the sentences of each."""

from collections.abc import Iterable

from server.content.markdown import parse
from server.content.speech import to_speech
from server.core.i18n import sentence, speaking
from server.issues.content import GroupColumn, IssueContent
from server.issues.letter import agenda_of
from server.notices.content import title_of
from server.notices.renderings import phone_script

Part = tuple[str, str]
"""A title, and the sentences under it, one a line."""


def letter_script(content: IssueContent) -> list[Part]:
    """The whole letter, in the order in which it is read."""
    with speaking(content.language):
        parts = [(content.title, _lines([*_said(content.editorial), content.editorial_by]))]
        parts += [(title_of(one.content), _lines(phone_script(one.content).sentences[1:])) for one in content.items]
        dates = [", ".join(filter(None, (one["when"], one["title"], one["where"]))) for one in agenda_of(content)]
        parts.append((str(sentence("Agenda")), _lines(dates)))
        parts += [_column(one) for one in content.columns]
    return [part for part in parts if part[1] or part[0] == content.title]


def _column(column: GroupColumn) -> Part:
    missing = str(sentence("Text not received."))
    return column.name, _lines([*_said(column.text), column.signed]) if column.text else missing


def _said(words: str) -> Iterable[str]:
    return to_speech(parse(words, "text")).sentences


def _lines(sentences: Iterable[str]) -> str:
    return "\n".join(one for one in sentences if one)
