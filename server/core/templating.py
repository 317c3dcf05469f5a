"""Words into templates: Jinja with autoescape, StrictUndefined, gettext, and Babel's dates and numbers."""

import gettext
import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from babel import dates, numbers
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from server.core import clock
from server.core.clock import PARIS
from server.core.i18n import catalogue, current_language

_FIRST = re.compile(r"(?<!\d)1 (?=[a-zéû])")  # French counts the first day of a month, and no other
FOLDER = Path(__file__).resolve().parents[2] / "templates"


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        lambda words: _catalogue().gettext(words),
        lambda one, many, count: _catalogue().ngettext(one, many, count),
        newstyle=True,
    )
    made.globals["ngettext"] = _counting(made.globals["ngettext"])
    made.filters |= {"date": format_day, "datetime": format_moment, "time": format_time, "number": format_number}
    made.filters |= {"shortdate": lambda value: format_day(value, "d MMM y")}
    return made


def _counting(ngettext: Any) -> Callable[..., str]:
    """`%(num)s` is written as numbers are in the reader's language: 1 240."""

    @pass_context
    def counted(context: Context, one: str, many: str, count: int, **words: Any) -> str:
        said: str = ngettext(context, one, many, count, **({"num": format_number(count)} | words))
        return said

    return counted


def _catalogue() -> gettext.NullTranslations:
    return catalogue(current_language())


def format_day(value: date | datetime | None, pattern: str = "d MMMM y") -> str:
    """24 novembre 2026: in the reader's language, on the town's calendar."""
    if value is None:
        return ""
    day = clock.day_of(value) if isinstance(value, datetime) else value
    said = dates.format_date(day, pattern, locale=current_language())
    return _FIRST.sub("1ᵉʳ ", said) if current_language() == "fr" else said


def format_time(value: datetime | time) -> str:
    """9 h 30 in French, 9:30 in English."""
    moment = value.astimezone(PARIS).time() if isinstance(value, datetime) else value
    if current_language() == "fr":
        return f"{moment.hour}\u00a0h" + (f"\u00a0{moment.minute:02}" if moment.minute else "")
    return f"{moment.hour}:{moment.minute:02}"


def format_moment(value: datetime | None) -> str:
    """24 novembre 2026 à 9 h 30, in the reader's language."""
    if value is None:
        return ""
    joint = " à " if current_language() == "fr" else " at "
    return format_day(value) + joint + format_time(value)


def format_number(value: float) -> str:
    return numbers.format_decimal(value, locale=current_language())
