"""The only source of time. Moments are aware UTC; days are counted where the town is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_frozen: list[datetime] = []


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _frozen:
        return _frozen[-1]
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The day it was where the town is: at 23:30 UTC it is already tomorrow in France."""
    return moment.astimezone(PARIS).date()


def today() -> date:
    """The day it is where the town is."""
    return day_of(now())


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Time stands still at `moment` in the whole process: for tests and for demonstration data."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is not a moment")
    _frozen.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.pop()
