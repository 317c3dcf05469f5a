"""How fast mail may leave, decided from values alone: budgets that refill, pauses that grow, hours in which nothing rings.

Nobody waits for a budget: what it does not cover is put off to a moment, and whoever sends goes on with the rest.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.core.clock import PARIS
from server.mailings.provider_rules import ProviderRule

HORIZON = timedelta(minutes=5)
"""What cannot leave within it is put off to its second half, and then looked at again."""
SLOW_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120))
"""How long a provider that says "slow down" is left alone; the last one repeats (SFR blocks for two hours)."""

_SLOW_CODE = re.compile(r"^(421\b|4\d\d 4\.7\.|\d\d\d [45]\.4\.5\b)")
_SLOW_WORDS = re.compile(
    r"\bOFR\w*_10[45]\b|rate.?limit|too (many|fast)|throttl|slow(ing)? down|try again later", re.IGNORECASE
)
_GREYLISTED = re.compile(r"gr[ea]y.?list", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a provider may still get. `level` messages were left at `at`; nothing before `slowed_until`."""

    level: float
    at: datetime
    slowed_until: datetime | None = None
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """How many may leave now, and when each of the others may come back."""

    now: int
    later: tuple[datetime, ...]


def draw(budget: Budget, rule: ProviderRule, wanted: int, room: int, now: datetime) -> tuple[Grant, Budget]:
    """Up to `wanted` messages, never more than `room`, the connections that are free."""
    if budget.slowed_until is not None and budget.slowed_until > now:
        return Grant(0, _spread(budget.slowed_until, rule, wanted)), budget
    level = min(float(rule.connections), budget.level + _seconds(now - budget.at) * rule.per_second)
    granted = max(0, min(wanted, room, int(level)))
    left = replace(budget, level=level - granted, at=max(now, budget.at), slowed_until=None)
    return Grant(granted, _spread(now, rule, wanted - granted)), left


def slow_down(budget: Budget, now: datetime) -> Budget:
    """The provider asked for it: a pause, longer each time until something is accepted again."""
    if budget.slowed_until is not None and budget.slowed_until > now:
        return budget
    pause = SLOW_STEPS[min(budget.steps, len(SLOW_STEPS) - 1)]
    return replace(budget, level=0.0, at=now, slowed_until=now + pause, steps=budget.steps + 1)


def asks_to_slow_down(reply: str) -> bool:
    """Whether an answer is about how we send, not about one mailbox. Greylisting is about one message."""
    if reply.startswith("2") or _GREYLISTED.search(reply):
        return False
    return bool(_SLOW_CODE.match(reply) or (reply.startswith(("4", "5")) and _SLOW_WORDS.search(reply)))


def hours_of(setting: str) -> tuple[int, int] | None:
    """`21-7` as two hours; nothing written is no quiet hours."""
    if not setting.strip():
        return None
    begins, _, ends = setting.partition("-")
    return int(begins) % 24, int(ends) % 24


def quiet_until(now: datetime, hours: tuple[int, int] | None, zone: ZoneInfo = PARIS) -> datetime | None:
    """The end of the quiet hours if they are on, by the town's clock; what is urgent does not ask."""
    if hours is None:
        return None
    begins, ends = hours
    there = now.astimezone(zone)
    is_quiet = begins <= there.hour < ends if begins < ends else there.hour >= begins or there.hour < ends
    if not is_quiet:
        return None
    day = there.date() + timedelta(days=1 if there.hour >= ends else 0)
    return datetime.combine(day, time(ends), zone)


def window_of(now: datetime, per: timedelta) -> datetime:
    """When the span of `per` that `now` lies in began."""
    since = datetime.min.replace(tzinfo=now.tzinfo)
    return now - (now - since) % per


def _spread(since: datetime, rule: ProviderRule, count: int) -> tuple[datetime, ...]:
    """One moment each, as far apart as the provider wants; within the horizon, the rest in its second half."""
    apart = timedelta(seconds=1 / rule.per_second)
    half = HORIZON / 2
    moments = []
    for place in range(1, count + 1):
        later = place * apart
        moments.append(since + (later if later <= HORIZON else half + later % half))
    return tuple(moments)


def _seconds(span: timedelta) -> float:
    return max(0.0, span.total_seconds())
