"""Answers in a notice's form: days and hours as people write them, each refusal a sentence that says what to do."""

import re
from datetime import date, time

from server.core.i18n import LANGUAGES, sentence
from server.web.forms import Unusable

_YEARS = range(2000, 2101)
_DAY = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})")
_HOUR = re.compile(r"([0-9]{1,2})\s?(?:[h:.]\s?([0-9]{2})?)?(?::[0-9]{2}(?:\.[0-9]{0,6})?)?", re.IGNORECASE)


def known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise Unusable(sentence("Choose one of the answers of the list."))
    return language


def day_as_typed(typed: object) -> object:
    """24/11/2026 where a browser knows no calendar; an empty answer is no answer."""
    if not isinstance(typed, str):
        return typed
    if found := _DAY.fullmatch(typed.strip()):
        day, month, year = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return typed.strip() or None


def hour_as_typed(typed: object) -> object:
    """18:30, 18h30, 18 h or 9:00; an empty answer is no answer."""
    if not isinstance(typed, str):
        return typed
    if not typed.strip():
        return None
    found = _HOUR.fullmatch(typed.strip().replace("\u00a0", " ").replace("\u202f", " "))
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else _refuse_hour()
    except ValueError:
        return _refuse_hour()


def _refuse_hour() -> time:
    raise Unusable(sentence("Write an hour, for example 18:30."))


def year_we_live_in(day: date | None) -> date | None:
    """A mistyped year is noticed here, not in ten centuries."""
    if day is not None and day.year not in _YEARS:
        raise Unusable(sentence("Write a date that exists, for example 24/11/2026."))
    return day
