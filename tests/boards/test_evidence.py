"""What the register proves: days on which a sheet hung, gaps, and what hangs now."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.boards.evidence import Span, Statement, read_register
from server.boards.kinds import RegisterKind
from server.core.clock import PARIS

MONDAY = date(2026, 11, 23)
POSTED, FOUND, GONE, REMOVED = RegisterKind.POSTED, RegisterKind.FOUND, RegisterKind.MISSING, RegisterKind.REMOVED


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def said(*what: tuple[RegisterKind, int]) -> list[Statement]:
    return [
        Statement(kind, datetime(2026, 11, 23, 9, 30, tzinfo=PARIS) + timedelta(days=on), order)
        for order, (kind, on) in enumerate(what)
    ]


def test_days_between_two_sightings_count_and_days_after_the_last_one_do_not() -> None:
    display = read_register(said((POSTED, 0), (FOUND, 7), (FOUND, 14)))
    assert display.spans == (Span(day(0), day(14)),)
    assert (display.days, display.is_hanging) == (15, True)
    assert display.gaps_in(Span(day(10), day(16))) == (Span(day(15), day(16)),)


def test_nobody_knows_since_when_a_missing_sheet_is_missing() -> None:
    display = read_register(said((POSTED, 0), (FOUND, 7), (GONE, 14), (POSTED, 21), (REMOVED, 28)))
    assert display.spans == (Span(day(0), day(7)), Span(day(21), day(27)))
    assert display.gaps_in(Span(day(0), day(27))) == (Span(day(8), day(20)),)
    assert (display.is_hanging, display.is_lost) == (False, False)


def test_a_sheet_put_up_again_on_the_next_day_leaves_no_gap() -> None:
    display = read_register(said((POSTED, 0), (FOUND, 7), (GONE, 8), (POSTED, 8)))
    assert display.spans == (Span(day(0), day(8)),)


def test_the_day_is_the_towns_even_when_the_clocks_change() -> None:
    late = Statement(POSTED, datetime(2026, 10, 24, 22, 30, tzinfo=UTC), 1)  # 0:30 on the 25th in the town
    after = Statement(FOUND, datetime(2026, 10, 25, 23, 30, tzinfo=UTC), 2)  # 0:30 on the 26th: a day of 25 hours
    assert read_register([late, after]).spans == (Span(date(2026, 10, 25), date(2026, 10, 26)),)


@given(st.lists(st.tuples(st.sampled_from(list(RegisterKind)), st.integers(0, 40)), max_size=12), st.randoms())
def test_spans_are_counted_as_one_would_by_hand(what: list[tuple[RegisterKind, int]], chance: object) -> None:
    """Day by day: was it up that evening, or seen that day, and does a later statement of being there confirm it?"""
    ordered = sorted(what, key=lambda one: one[1])
    statements = said(*ordered)
    chance.shuffle(statements)  # type: ignore[attr-defined]  # a random.Random
    display = read_register(statements)
    counted: set[int] = set()
    up_since: int | None = None
    for kind, on in ordered:
        if kind in {POSTED, FOUND}:
            counted |= set(range(on if up_since is None else up_since, on + 1))
            up_since = on
        elif kind is REMOVED:
            counted |= set(range(up_since, on)) if up_since is not None else set()
            up_since = None
        elif kind in {GONE, RegisterKind.TORN}:
            up_since = None
    shown = {at for span in display.spans for at in range((span.first - MONDAY).days, (span.last - MONDAY).days + 1)}
    assert shown == counted
    assert display.days == len(counted)
    assert display.is_hanging == (up_since is not None)
    gaps = {
        at
        for gap in display.gaps_in(Span(day(0), day(40)))
        for at in range((gap.first - MONDAY).days, (gap.last - MONDAY).days + 1)
    }
    assert gaps == set(range(41)) - counted
