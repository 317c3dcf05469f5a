"""From the button to the mailbox: shares are of everybody, and what has not arrived is not said to have."""

from datetime import UTC, datetime, timedelta

from server.urgent.progress import speeds_of

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def test_shares_of_everybody_and_of_each_provider() -> None:
    rows = [("orange", START + timedelta(seconds=second)) for second in range(1, 20)] + [("free", None)]
    whole, (orange, free) = speeds_of(rows, START)
    assert (whole.mailboxes, whole.accepted, whole.seconds) == (20, 19, (10, 19, None))
    assert (orange.name, orange.seconds) == ("Orange, Wanadoo", (10, 19, 19))
    assert free.seconds == (None, None, None)


def test_nobody_is_nothing() -> None:
    assert speeds_of([], START)[0].seconds == (None, None, None)
