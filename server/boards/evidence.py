"""What the register proves: on which days a sheet hung, where the gaps are. Pure.

A day counts if the sheet was seen on it, or lies between two sightings of which none says that it was gone. When a sheet
is found torn or missing, nobody knows since when: nothing counts after the day it was last seen. The day on which a sheet
is taken down counts only if it was put up or seen on that very day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.boards.kinds import RegisterKind
from server.core import clock

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the register. Of two that tell of one moment, the later in `order` is the later one."""

    kind: RegisterKind
    at: datetime
    order: int
    revision: int | None = None
    """Of the text put up."""

    @property
    def day(self) -> date:
        return clock.day_of(self.at)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def within(self, other: "Span") -> "Span | None":
        """What of it lies in `other`."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


@dataclass(frozen=True, slots=True)
class Display:
    """Everything the register says of one posting. `spans` do not touch each other."""

    spans: tuple[Span, ...] = ()
    is_hanging: bool = False
    is_lost: bool = False
    revision: int | None = None
    """Of the text that was put up last."""

    @property
    def first_day(self) -> date | None:
        return self.spans[0].first if self.spans else None

    @property
    def seen_on(self) -> date | None:
        """The last day that counts."""
        return self.spans[-1].last if self.spans else None

    @property
    def days(self) -> int:
        return sum(span.days for span in self.spans)

    def shown_in(self, period: Span) -> tuple[Span, ...]:
        """The days of `period` on which it hung."""
        return tuple(part for span in self.spans if (part := span.within(period)))

    def gaps_in(self, period: Span) -> tuple[Span, ...]:
        """The days of `period` on which nothing proves that it hung."""
        gaps, free_from = [], period.first
        for shown in self.shown_in(period):
            if shown.first > free_from:
                gaps.append(Span(free_from, shown.first - _A_DAY))
            free_from = shown.last + _A_DAY
        if free_from <= period.last:
            gaps.append(Span(free_from, period.last))
        return tuple(gaps)


def read_register(statements: Iterable[Statement]) -> Display:
    """The display that `statements`, in any order, tell of."""
    spans: list[Span] = []
    is_hanging = is_lost = False
    revision: int | None = None
    for said in sorted(statements, key=lambda one: (one.at, one.order)):
        match said.kind:
            case RegisterKind.POSTED | RegisterKind.FOUND:
                if is_hanging:
                    _seen_until(spans, said.day)
                else:
                    _begin(spans, said.day)
                is_hanging, is_lost = True, False
                revision = said.revision if said.kind is RegisterKind.POSTED else revision
            case RegisterKind.REMOVED:
                if is_hanging:
                    _seen_until(spans, said.day - _A_DAY)
                is_hanging = is_lost = False
            case RegisterKind.TORN | RegisterKind.MISSING:
                is_hanging, is_lost = False, True
    return Display(tuple(spans), is_hanging, is_lost, revision)


def _begin(spans: list[Span], day: date) -> None:
    """A new span, or the last one goes on if no day lies between."""
    if spans and day <= spans[-1].last + _A_DAY:
        _seen_until(spans, day)
    else:
        spans.append(Span(day, day))


def _seen_until(spans: list[Span], day: date) -> None:
    spans[-1] = Span(spans[-1].first, max(spans[-1].last, day))
