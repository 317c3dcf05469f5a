"""How fast a message was accepted: from the button to half, nearly all, all of the mailboxes, provider by provider."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.mailings.providers import provider_name

SHARES = (50, 95, 100)


@dataclass(frozen=True)
class Speed:
    """Seconds from the button until each share of `mailboxes` had accepted; None for what has not been reached yet."""

    name: str
    mailboxes: int
    accepted: int
    seconds: tuple[float | None, ...]


def speeds_of(rows: Iterable[tuple[str, datetime | None]], sent_at: datetime) -> tuple[Speed, list[Speed]]:
    """The speed of the whole, and of each provider, the biggest first. `rows` are (provider, accepted at)."""
    by_provider: dict[str, list[datetime | None]] = defaultdict(list)
    for provider, accepted_at in rows:
        by_provider[provider].append(accepted_at)
    everything = [moment for moments in by_provider.values() for moment in moments]
    parts = [_speed(provider_name(provider), moments, sent_at) for provider, moments in by_provider.items()]
    return _speed("", everything, sent_at), sorted(parts, key=lambda part: (-part.mailboxes, part.name))


def _speed(name: str, moments: list[datetime | None], sent_at: datetime) -> Speed:
    reached = sorted((moment - sent_at).total_seconds() for moment in moments if moment is not None)
    return Speed(name, len(moments), len(reached), tuple(_until(reached, share, len(moments)) for share in SHARES))


def _until(reached: list[float], share: int, count: int) -> float | None:
    """When the first `share` percent of `count` had been reached, rounded up to whole mailboxes."""
    needed = -(-count * share // 100)
    return max(0.0, reached[needed - 1]) if 0 < needed <= len(reached) else None
