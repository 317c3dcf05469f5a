"""Budgets refill, pauses grow, nights are quiet; and the database remembers it all."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from server.core import clock
from server.core.database import Database
from server.mailings import paces, pacing
from server.mailings.paces import Quota, Wish
from server.mailings.pacing import HORIZON, SLOW_STEPS, Budget, asks_to_slow_down, quiet_until
from server.mailings.provider_rules import PRESETS, USUAL, ProviderRule, group_of
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NIGHT = (21, 7)


def test_a_budget_grants_what_has_come_in_and_puts_the_rest_off_one_after_another() -> None:
    grant, left = pacing.draw(Budget(0.0, NOW - timedelta(seconds=1.5)), USUAL, 10, 2, NOW)
    assert grant.now == 1
    assert [moment - NOW for moment in grant.later[:2]] == [timedelta(seconds=1), timedelta(seconds=2)]
    assert len(grant.later) == 9
    assert pacing.draw(left, USUAL, 1, 2, NOW)[0].now == 0
    assert pacing.draw(left, USUAL, 5, 2, NOW + timedelta(seconds=1))[0].now == 1
    assert pacing.draw(left, USUAL, 5, 0, NOW + timedelta(hours=1))[0].now == 0  # no connection is free
    assert pacing.draw(left, USUAL, 5, 2, NOW + timedelta(hours=1))[0].now == 2  # a night of rest is no burst


def test_ten_thousand_are_spread_and_looked_at_again_soon() -> None:
    grant, _ = pacing.draw(Budget(1.0, NOW), USUAL, 10_000, 2, NOW)
    assert max(grant.later) <= NOW + HORIZON
    assert len({moment for moment in grant.later if moment > NOW + HORIZON / 2}) > 100


def test_in_an_hour_a_provider_gets_what_its_rule_says_whoever_asks() -> None:
    rule, budget, sent, now = ProviderRule(2, 100, 0.5), Budget(0.0, NOW), 0, NOW
    while now < NOW + timedelta(hours=1):
        grant, budget = pacing.draw(budget, rule, 50, 2, now)
        sent += grant.now
        now += timedelta(seconds=0.37)
    assert 1790 <= sent <= 1800


def test_each_pause_is_longer_than_the_last_and_two_complaints_in_one_pause_are_one() -> None:
    budget, now = Budget(1.0, NOW), NOW
    for step in (*SLOW_STEPS, SLOW_STEPS[-1]):
        budget = pacing.slow_down(budget, now)
        assert budget.slowed_until == now + step
        assert pacing.slow_down(budget, now + step / 2) == budget
        grant, _ = pacing.draw(budget, USUAL, 3, 2, now + step / 2)
        assert grant.now == 0
        assert min(grant.later) > now + step
        now += step


@pytest.mark.parametrize(
    ("reply", "is_slow"),
    [
        ("421 4.7.0 Too many connections, slow down OFR_104", True),
        ("421 mwinf5c04 ME Trop de connexions", True),
        ("450 4.7.1 policy", True),
        ("550 5.2.0 Mail rejete. OFR004_104", True),
        ("451 rate limit exceeded", True),
        ("450 4.2.0 Greylisted, try again later", False),
        ("450 4.2.2 mailbox full", False),
        ("550 5.1.1 no such user", False),
        ("250 2.0.0 too many thanks", False),
    ],
)
def test_what_is_said_of_us_is_told_from_what_is_said_of_a_mailbox(reply: str, *, is_slow: bool) -> None:
    assert asks_to_slow_down(reply) is is_slow


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-23T19:59", None),
        ("2026-11-23T20:00", "2026-11-24T06:00"),
        ("2026-11-24T05:59", "2026-11-24T06:00"),
        ("2026-11-24T06:00", None),
        ("2026-03-28T20:30", "2026-03-29T05:00"),  # the clocks go forward in that night
        ("2026-10-24T19:30", "2026-10-25T06:00"),  # and back in this one
    ],
)
def test_the_night_is_the_towns_also_when_the_clocks_change(moment: str, until: str | None) -> None:
    found = quiet_until(datetime.fromisoformat(moment).replace(tzinfo=UTC), NIGHT)
    assert (found and found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")) == until
    assert quiet_until(datetime.fromisoformat(moment).replace(tzinfo=UTC), None) is None


def test_whose_hosts_these_are() -> None:
    assert group_of(["smtp-in.orange.fr"]) == "orange"
    assert group_of(["aspmx.l.google.com", "alt1.aspmx.l.google.com"]) == "gmail"
    assert group_of(["village-fr.mail.protection.outlook.com"]) == "microsoft"
    assert group_of(["mx1.mail.ovh.net", "mx2.mail.ovh.net"]) == "ovh.net"
    assert group_of(["mx.paysdeloire.asso.fr"]) == "paysdeloire.asso.fr"
    assert all(rule.source for rule in PRESETS.values())


async def test_budgets_outlive_the_process_and_are_shared_by_all(database: Database, monday: datetime) -> None:
    async def drawn(wanted: int, in_use: int = 0) -> int:
        async with database.writing() as session:
            return (await paces.draw(session, {"orange": Wish(wanted, in_use)}, clock.now()))["orange"].now

    assert await drawn(5) == 1
    assert await drawn(5) == 0
    with clock.frozen(monday + timedelta(seconds=30)):
        assert await drawn(5, in_use=1) == 1
        async with database.writing() as session:
            await paces.change_rule(session, "orange", ProviderRule(4, 50, 2.0))
    with clock.frozen(monday + timedelta(seconds=60)):
        assert await drawn(9) == 4
        async with database.writing() as session:
            await paces.restore_rule(session, "orange")
            said = {"orange": "421 4.7.0 slow down <zoe@orange.fr>"}
            await paces.note_answers(session, said, slow=["orange"], blocked=["orange"], now=clock.now())
    with clock.frozen(monday + timedelta(seconds=90)):
        assert await drawn(1) == 0
        async with database.writing() as session:
            (pace,) = await paces.slowed(session, clock.now())
            assert (pace.name, pace.slowed_until) == ("orange", monday + timedelta(seconds=120))
            assert (pace.said, pace.blocked_at) == ("421 4.7.0 slow down …", monday + timedelta(seconds=60))
            await paces.note_recovery(session, ["orange"])
    with clock.frozen(monday + timedelta(seconds=121)):
        assert await drawn(1) == 1


async def test_a_town_gets_its_messages_of_the_day_and_then_new_ones(
    database: Database, cast: Cast, monday: datetime
) -> None:
    by_the_day, by_the_hour = Quota(per_day=300), Quota(per_day=300, per_hour=200)

    async def drawn(wanted: int, quota: Quota = by_the_day) -> int:
        async with database.writing() as session:
            return (await paces.draw_quota(session, cast.town_id, wanted, quota, clock.now())).granted

    assert sorted(await asyncio.gather(drawn(200), drawn(200), drawn(1))) in ([0, 100, 200], [1, 99, 200])
    with clock.frozen(monday + timedelta(days=1)):
        assert await drawn(500) == 300
    for hour, granted in ((48, 200), (48.9, 0), (49, 100), (71, 0), (72, 200)):
        with clock.frozen(monday + timedelta(hours=hour)):
            assert await drawn(500, by_the_hour) == granted, hour
