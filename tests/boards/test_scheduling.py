"""The scheduler: whatever is asked, no board holds more than it can, and what is not given is said."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.boards.evidence import Span
from server.boards.kinds import SheetFormat
from server.boards.scheduling import Claim, Reason, Schedule, Space, make_schedule

MONDAY = date(2026, 11, 23)
A4, A3 = SheetFormat.A4, SheetFormat.A3


def span(first: int, last: int) -> Span:
    return Span(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))


def claim(key: int, first: int, last: int, *, required: bool = False, hanging: bool = False, sheets: int = 1) -> Claim:
    return Claim(key, 1, A4, sheets, span(first, last), required, hanging, order=key)


days = st.tuples(st.integers(0, 30), st.integers(0, 20)).map(lambda one: span(one[0], one[0] + one[1]))
spaces = st.lists(
    st.builds(
        lambda a4, a3, closed: ({A4: a4, A3: a3}, closed), st.integers(0, 4), st.integers(0, 2), st.none() | days
    ),
    min_size=1,
    max_size=3,
).map(lambda rooms: [Space(number, room, closed) for number, (room, closed) in enumerate(rooms)])
claims = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([A4, A3]), st.integers(1, 3), days, st.booleans(), st.booleans()),
    max_size=12,
).map(
    lambda many: [
        Claim(key, board, size, sheets, wanted, required, hanging, key)
        for key, (board, size, sheets, wanted, required, hanging) in enumerate(many)
    ]
)


def free_days(room: list[Space], asked: list[Claim], schedule: Schedule, wanted: Claim) -> list[date]:
    """Counted one by one: the days of a claim on which its board has room beside everything else that was granted."""
    board = next((one for one in room if one.board_id == wanted.board_id), None)
    found = []
    for at in range(wanted.days.days):
        day = wanted.days.first + timedelta(days=at)
        taken = sum(
            other.sheets
            for other in asked
            if (other.board_id, other.format) == (wanted.board_id, wanted.format)
            and other.key != wanted.key
            and other.key in schedule.on(day)
        )
        is_open = board and not (board.closed and board.closed.first <= day <= board.closed.last)
        if board and is_open and board.room[wanted.format] - taken >= wanted.sheets:
            found.append(day)
    return found


@given(spaces, claims)
def test_no_board_is_over_its_room_and_nothing_is_withheld_or_unsaid(room: list[Space], asked: list[Claim]) -> None:
    schedule = make_schedule(room, asked)
    for one in asked:
        granted = schedule.grants.get(one.key)
        free = free_days(room, asked, schedule, one)
        inside = {one.days.first + timedelta(days=at) for at in range(one.days.days)}
        given_days = {granted.first + timedelta(days=at) for at in range(granted.days)} if granted else set()
        assert given_days <= inside, "nothing is granted that was not asked"
        assert given_days <= set(free), "what is granted fits beside all the rest"
        if granted is None:
            assert not free, "room that is free is given"
        missed = {
            misfit.days.first + timedelta(days=at)
            for misfit in schedule.misfits
            if misfit.claim == one
            for at in range(misfit.days.days)
        }
        assert missed == inside - given_days, "what is missing is said, day by day"


@given(spaces, claims)
def test_what_the_law_asks_for_never_yields_to_what_it_does_not(room: list[Space], asked: list[Claim]) -> None:
    """The grants of required claims are those they would have had alone."""
    required = [one for one in asked if one.is_required]
    alone, together = make_schedule(room, required), make_schedule(room, asked)
    assert {key: together.grants.get(key) for key in alone.grants} == dict(alone.grants)


@given(spaces, claims, st.randoms(use_true_random=False))
def test_the_order_in_which_claims_are_listed_changes_nothing(
    room: list[Space], asked: list[Claim], chance: object
) -> None:
    shuffled = list(asked)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert make_schedule(room, shuffled).grants == make_schedule(room, asked).grants


def test_by_law_first_then_what_hangs_then_the_longest_then_the_first_planned() -> None:
    room = [Space(1, {A4: 1})]
    by_law, hanging = claim(1, 5, 6, required=True), claim(2, 0, 9, hanging=True)
    long, short, late = claim(3, 0, 8), claim(4, 0, 3), claim(5, 0, 3)
    assert make_schedule(room, [long, short]).grants == {3: long.days}
    assert make_schedule(room, [late, short]).grants == {4: short.days}
    assert make_schedule(room, [hanging, long]).grants == {2: hanging.days}
    cut = make_schedule(room, [hanging, by_law])
    assert cut.grants == {1: by_law.days, 2: span(0, 4)}
    (said,) = cut.misfits
    assert (said.days, said.reason, said.rivals) == (span(5, 9), Reason.NO_ROOM, (1,))


def test_why_something_does_not_fit_is_said() -> None:
    closed = Space(1, {A4: 1}, closed=span(0, 99))
    for room, sheets, reason in [
        ([Space(1, {A4: 1})], 2, Reason.NO_SUCH_FORMAT),
        ([closed], 1, Reason.CLOSED),
        ([], 1, Reason.CLOSED),
    ]:
        (said,) = make_schedule(room, [claim(1, 0, 3, sheets=sheets)]).misfits
        assert said.reason is reason
