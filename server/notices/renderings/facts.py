"""What, when, where, for whom, whom to call: the structured part of a notice, in words."""

from dataclasses import dataclass
from datetime import date

from server.content.typography import typeset
from server.core.i18n import sentence, speaking, translate
from server.notices.schemas import NoticeContent
from server.notices.wording import validity_words, when_words

_WHO = sentence("Who is concerned")
_WHEN = sentence("When")
_WHERE = sentence("Where")


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str

    def line(self, language: str) -> str:
        """« Quand : mardi », "When: Tuesday"."""
        return typeset(f"{self.label}: {self.value}", language)


def facts_of(content: NoticeContent, language: str | None = None) -> list[Fact]:
    """The facts that were given, in `language` (default: the notice's own)."""
    language = language or content.language
    given = (
        (_WHO, typeset(content.concerns, content.language)),
        (_WHEN, when_words(content, language)),
        (_WHERE, typeset(content.where_text, content.language)),
    )
    return [Fact(translate(label, language), value) for label, value in given if value]


def contact_words(content: NoticeContent) -> str:
    """Service voirie, 02 54 00 00 01, voirie@example.fr."""
    said = (typeset(content.contact_name, content.language), content.contact_phone, content.contact_email)
    return ", ".join(words for words in said if words)


def posted_words(content: NoticeContent, posted_on: date | None) -> str:
    """How long it is displayed, in the notice's language: "Affiché du 23 au 26 novembre 2026"; nothing if not known."""
    with speaking(content.language):
        first = content.valid_from or posted_on
        period = validity_words(first, content.valid_to)
        return str(sentence("Posted {period}", period=period)) if period else ""
