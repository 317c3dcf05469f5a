"""Days and hours as people say them: "mardi 1ᵉʳ décembre à 18 h 30". The same words on every rendering."""

from datetime import date, datetime

from babel import dates

from server.content.typography import NBSP, typeset
from server.core.clock import PARIS
from server.core.i18n import current_language, speaking
from server.core.templating import format_time
from server.notices.models import Publication
from server.notices.schemas import NoticeContent

# The joints of a moment, by language: they follow its grammar, not the order of an English sentence.
_JOINTS = {
    "fr": {
        "at": "{day} à {hour}",
        "hours": "{day} de {hour} à {last_hour}",
        "days": "du {day} au {last_day}",
        "moments": "du {day} à {hour} au {last_day} à {last_hour}",
        "until": "jusqu’au {day}",
        "since": "à partir du {day}",
    },
    "en": {
        "at": "{day} at {hour}",
        "hours": "{day} from {hour} to {last_hour}",
        "days": "{day} to {last_day}",
        "moments": "{day} at {hour} to {last_day} at {last_hour}",
        "until": "until {day}",
        "since": "from {day}",
    },
}


def when_words(said: NoticeContent | Publication, language: str | None = None, *, has_year: bool = True) -> str:
    """When it happens: the author's own words if there are any, else the days and hours; nothing if it is not said."""
    language = language or current_language()
    if isinstance(said, NoticeContent) and said.when_text:
        return typeset(said.when_text, said.language)
    if said.happens_from is None:
        return ""
    begin = said.happens_from.astimezone(PARIS)
    end = said.happens_to.astimezone(PARIS) if said.happens_to else None
    with speaking(language):
        return _moment_words(begin, end, whole_day=said.whole_day, has_year=has_year)


def validity_words(first: date | None, last: date | None) -> str:
    """How long it is displayed: "jusqu’au 26 novembre 2026"; nothing if that is not said."""
    if first is None or last is None:
        day = first or last
        kind = "since" if last is None else "until"
        return _joint(kind, day=day_words(day, has_weekday=False)) if day else ""
    begin, last_day = _period(first, last, has_weekday=False)
    return _joint("days", day=begin, last_day=last_day)


def _moment_words(begin: datetime, end: datetime | None, *, whole_day: bool, has_year: bool) -> str:
    first, last = begin.date(), (end or begin).date()
    hour = "" if whole_day else format_time(begin)
    last_hour = format_time(end) if end and not whole_day else ""
    if first != last:
        has_year = has_year or first.year != last.year
        day, last_day = _period(first, last, is_joined=whole_day, has_year=has_year)
        return _joint("days" if whole_day else "moments", day=day, last_day=last_day, hour=hour, last_hour=last_hour)
    if whole_day:
        return day_words(first, has_year=has_year)
    return _joint("hours" if end else "at", day=day_words(first, has_year=has_year), hour=hour, last_hour=last_hour)


def day_words(day: date, *, has_weekday: bool = True, has_month: bool = True, has_year: bool = True) -> str:
    """Mardi 1ᵉʳ décembre 2026. The number never stands apart from its month."""
    language = current_language()
    number = "1ᵉʳ" if day.day == 1 and language == "fr" else str(day.day)
    words = dates.format_date(day, "EEEE", locale=language) + " " if has_weekday else ""
    words += number + (NBSP + dates.format_date(day, "MMMM", locale=language) if has_month else "")
    return words + (f" {day.year}" if has_month and has_year else "")


def _period(
    first: date, last: date, *, has_weekday: bool = True, is_joined: bool = True, has_year: bool = True
) -> tuple[str, str]:
    """Two days without saying a month or a year twice: "mardi 1ᵉʳ", "jeudi 3 décembre 2026"."""
    is_one_year = first.year == last.year
    is_one_month = is_one_year and first.month == last.month and is_joined
    begin = day_words(first, has_weekday=has_weekday, has_month=not is_one_month, has_year=not is_one_year)
    return begin, day_words(last, has_weekday=has_weekday, has_year=has_year)


def _joint(kind: str, **words: str) -> str:
    return _JOINTS.get(current_language(), _JOINTS["fr"])[kind].format(**words)
