"""Days of the demonstration: rules such as "samedi+10" or "07-13" become dates around the day it is started."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_RULE = re.compile(r"(?:(?P<weekday>[a-z]+)|(?P<month>\d\d)-(?P<day>\d\d))?(?P<more>[+-]\d+)?")
_HOLE = re.compile(r"\{(?P<name>starts|ends|until|published)(?P<more>[+-]\d+)?\}")


def day_of_publication(rule: str, today: date) -> date:
    """Of "-5": five days ago; of "01-04": the last fourth of January before today."""
    found = _read(rule)
    if not found["month"]:
        return today + timedelta(days=int(rule))
    day = date(today.year, int(found["month"]), int(found["day"]))
    return day if day < today else day.replace(year=today.year - 1)


def day_after(rule: str, first: date) -> date:
    """Of "+3": three days after `first`; of "samedi+10" the first Saturday ten days or more after it; of "07-13": the date."""
    found = _read(rule)
    day = first + timedelta(days=int(found["more"] or 0))
    if found["weekday"]:
        return day + timedelta(days=(WEEKDAYS.index(found["weekday"]) - day.weekday()) % 7)
    if found["month"]:
        named = date(first.year, int(found["month"]), int(found["day"]))
        return named if named >= first else named.replace(year=first.year + 1)
    return day


def in_words(day: date) -> str:
    """A day such as "samedi 4 juillet", as people write it."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{WEEKDAYS[day.weekday()]} {number} {MONTHS[day.month - 1]}"


def of_month(day: date) -> str:
    """As in "de novembre 2026", "d’octobre 2026"."""
    month = MONTHS[day.month - 1]
    return f"{'d’' if month[0] in 'ao' else 'de '}{month} {day.year}"


def thursdays_of_letters(today: date, months: int) -> list[date]:
    """The fourth Thursday or so of each of the `months` before this one, the earliest first."""
    days = []
    first = today.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
        days.append(day_after("jeudi+21", first))
    return days[::-1]


def fill(text: str, days: Mapping[str, date | None]) -> str:
    """`text` with its {starts}, {ends+1}, {year} … written out."""

    def written(hole: re.Match[str]) -> str:
        day = days[hole["name"]]
        assert day is not None, f"{hole.group()} has no day"
        return in_words(day + timedelta(days=int(hole["more"] or 0)))

    published = days["published"]
    assert published is not None
    return _HOLE.sub(written, text.replace("{year}", str(published.year)))


def _read(rule: str) -> Mapping[str, str]:
    """The rule's pieces; a piece that is not there is an empty text."""
    found = _RULE.fullmatch(rule)
    if found is None or not rule:
        raise ValueError(f"no rule for a day: {rule!r}")
    return found.groupdict(default="")
