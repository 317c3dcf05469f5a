"""When the next round comes by."""

from datetime import date, timedelta

from server.boards.rhythm import Rhythm

MONDAY, DAY = date(2026, 11, 23), timedelta(days=1)


def test_rounds_that_are_made_come_first_and_then_one_every_week() -> None:
    assert Rhythm().on_or_after(MONDAY) is None, "nobody knows before the first round"
    walked = Rhythm(walked_on=MONDAY)
    assert [walked.on_or_after(MONDAY + at * DAY) for at in (-1, 0, 1, 7, 8)] == [
        MONDAY + at * DAY for at in (7, 7, 7, 7, 14)
    ]
    made = Rhythm([MONDAY + 10 * DAY, MONDAY + 4 * DAY], walked_on=MONDAY)
    assert [made.on_or_after(MONDAY + at * DAY) for at in (2, 4, 5, 11)] == [MONDAY + at * DAY for at in (4, 4, 10, 17)]
