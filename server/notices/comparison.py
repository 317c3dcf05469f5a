"""Two texts of a notice side by side: which fields differ, and how, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.content.difference import Change, Line, Run, difference, is_changed
from server.core.i18n import Message, sentence
from server.core.templating import format_day
from server.notices.schemas import NoticeContent, NoticeDraft
from server.notices.wording import when_words
from server.notices.words import FIELDS, KINDS

_AROUND = 1  # unchanged lines shown before and after a changed one
_GAP: Line = (Run(Change.KEPT, "…"),)
_YES = sentence("yes")
_WHEN = ("starts_on", "starts_at", "ends_on", "ends_at")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`name` as in FIELDS; `lines` of both texts with what was removed and added; both texts whole."""

    name: str
    label: Message
    lines: list[Line]
    before: str
    after: str


def compare(before: NoticeContent, after: NoticeContent, names: Mapping[str, Mapping[int, str]]) -> list[FieldChange]:
    """The fields that differ, in the form's order. `names`: "topic_ids" and "place_ids" → id → name."""
    old, new = _said(before, names), _said(after, names)
    return [
        FieldChange(name, FIELDS[name], list(_near(difference(old[name], new[name]))), old[name], new[name])
        for name in old
        if old[name] != new[name]
    ]


def merged(theirs: NoticeContent, mine: NoticeContent, chosen: set[str]) -> dict[str, object]:
    """The fields of a draft: those of `theirs`, but `mine` where `chosen` (names as in FIELDS) says so."""
    kept, wanted = NoticeDraft.of(theirs).model_dump(), NoticeDraft.of(mine).model_dump()
    fields = {field for name in chosen for field in (_WHEN if name == "when" else (name,))}
    return kept | {field: wanted[field] for field in fields & wanted.keys()}


def _said(content: NoticeContent, names: Mapping[str, Mapping[int, str]]) -> dict[str, str]:
    """Each field in words that can be compared."""
    said = {
        "kind": str(KINDS[content.kind]),
        "language": content.language,
        "is_urgent": str(_YES) if content.is_urgent else "",
        "when": when_words(content.model_copy(update={"when_text": ""})),
        "valid_from": format_day(content.valid_from),
        "valid_to": format_day(content.valid_to),
    }
    for name in ("topic_ids", "place_ids"):
        said[name] = ", ".join(names.get(name, {}).get(one, str(one)) for one in getattr(content, name))
    return {name: said[name] if name in said else str(getattr(content, name)) for name in FIELDS}


def _near(lines: list[Line]) -> Iterator[Line]:
    """Changed lines with their neighbours; what is skipped between them is a line of three dots."""
    shown = {
        near for at, line in enumerate(lines) if is_changed(line) for near in range(at - _AROUND, at + _AROUND + 1)
    }
    is_gap = False
    for at, line in enumerate(lines):
        if at in shown:
            yield line
            is_gap = False
        elif not is_gap:
            yield _GAP
            is_gap = True
