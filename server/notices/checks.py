"""What keeps a notice from being published, in one place: the linter's findings, and what only a notice can miss."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from server.content.document import Image, walk
from server.content.lint import Facts, Finding, Severity, lint
from server.core.i18n import Message, sentence
from server.notices.content import document_of, picture_of
from server.notices.models import NoticeKind
from server.notices.schemas import TITLE_MISSING, NoticeContent

_LONG_TITLE = 40  # letters: three lines of 60 pt on an A4 sheet
_ACT_STAYS = timedelta(days=60)


def find_problems(content: NoticeContent, known_pictures: Collection[int], today: date) -> list[Finding]:
    """Every finding about `content`, what blocks first. `known_pictures`: those of its pictures that exist."""
    texts = {name: getattr(content, name) for name in ("summary", "when_text", "where_text", "concerns")}
    findings = [
        *_missing(content),
        *_dates(content, today),
        *lint(document_of(content), Facts(content.contact_phone, texts)),
        *_pictures(content, known_pictures),
    ]
    return sorted(findings, key=lambda finding: finding.severity is not Severity.BLOCKING)


def blocking(findings: list[Finding]) -> dict[str, Message]:
    """One sentence per field from what blocks; the first finding of a field wins."""
    fields: dict[str, Message] = {}
    for finding in findings:
        if finding.severity is Severity.BLOCKING:
            fields.setdefault(finding.field, finding.message)
    return fields


def _missing(content: NoticeContent) -> Iterator[Finding]:
    if not content.title:
        yield _block("title-missing", "title", TITLE_MISSING)
    if len(content.short_title or content.title) > _LONG_TITLE:
        words = sentence("This title is long for a poster. Give a shorter one that is read from across the street.")
        yield _advice("title-long", "short_title", words)
    if not content.summary:
        words = sentence("Say it in one sentence: it stands under the title in the letter and on the web.")
        yield _block("summary-missing", "summary", words)
    if not content.body.strip():
        yield _block("body-missing", "body", sentence("Write the text of the notice."))
    if not content.topic_ids:
        yield _advice("topic-missing", "topic_ids", sentence("Without a topic, only readers of every letter see it."))
    if content.kind is NoticeKind.OFFICIAL_ACT and not (content.author_name and content.author_title):
        words = sentence("Say who signed this act, and in which capacity: the law asks for it (CGCT, R2131-1).")
        yield _block("author-missing", "author_name" if not content.author_name else "author_title", words)
    if content.kind in {NoticeKind.EVENT, NoticeKind.MEETING} and not (content.happens_from or content.when_text):
        yield _advice("when-missing", "starts_on", sentence("Say when: without a day it does not stand in the agenda."))


def _dates(content: NoticeContent, today: date) -> Iterator[Finding]:
    last = content.valid_to
    if last and last < today:
        yield _block("validity-over", "valid_to", sentence("The last day of display is over: choose a later one."))
    if content.kind is NoticeKind.OFFICIAL_ACT and last and last < max(today, content.valid_from or today) + _ACT_STAYS:
        words = sentence("An act stays posted two months at least (CGCT, R2131-1): choose a later last day.")
        yield _advice("act-too-short", "valid_to", words)


def _pictures(content: NoticeContent, known: Collection[int]) -> Iterator[Finding]:
    for block in walk(document_of(content).blocks):
        if isinstance(block, Image):
            number = picture_of(block.source)
            if number is not None and number not in known:
                words = sentence("There is no picture {number} here. Add it to the notice's pictures.", number=number)
                yield Finding("picture-unknown", Severity.BLOCKING, words, block.line)


def _block(code: str, name: str, words: Message) -> Finding:
    return Finding(code, Severity.BLOCKING, words, None, name)


def _advice(code: str, name: str, words: Message) -> Finding:
    return Finding(code, Severity.ADVICE, words, None, name)
