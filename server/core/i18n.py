"""Words for people: sentences that are translated at the edge, catalogues, dates and numbers by language."""

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel import numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("fr", "en")
LOCALES = Path(__file__).resolve().parents[1] / "locale"

_language: ContextVar[str] = ContextVar("language", default="fr")


@dataclass(frozen=True)
class Message:
    """A sentence with named holes, not yet in any language. `plural` is chosen by the parameter `count`."""

    msgid: str
    params: dict[str, Any] = field(default_factory=dict)
    plural: str | None = None

    def __str__(self) -> str:
        return translate(self)


def sentence(msgid: str, /, **params: Any) -> Message:
    """`sentence("At most {limit} letters.", limit=80)`: a Message; the extractor knows this name."""
    return Message(msgid, params)


def sentences(msgid: str, plural: str, /, *, count: int, **params: Any) -> Message:
    """A Message with a plural form, chosen by `count` in the reader's language."""
    return Message(msgid, {"count": count, **params}, plural)


def translate(message: Message, language: str | None = None) -> str:
    """The sentence in `language` (default: the current one), its holes filled."""
    language = language or current_language()
    words = catalogue(language)
    filled = {name: _said(value, language) for name, value in message.params.items()}
    if message.plural is None:
        template = words.gettext(message.msgid)
    else:
        count = message.params["count"]
        template = words.ngettext(message.msgid, message.plural, count)
        filled["count"] = numbers.format_decimal(count, locale=language)
    return template.format(**filled) if filled else template


def _said(value: Any, language: str) -> Any:
    """A sentence in a sentence; a number too long to be a year or a number of something, in groups of three digits."""
    if isinstance(value, Message):
        return translate(value, language)
    if isinstance(value, int) and value >= 10_000:
        return numbers.format_decimal(value, locale=language)
    return value


def current_language() -> str:
    return _language.get()


def speak(language: str) -> None:
    """From here on, in this request, everything is said in `language` if we have it."""
    if language in LANGUAGES:
        _language.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything said inside is in `language`; an unknown one falls back on French."""
    token = _language.set(language if language in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _language.reset(token)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The compiled catalogue. English is the language of the source, so its catalogue is empty."""
    path = LOCALES / language / "LC_MESSAGES" / "tambour.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
