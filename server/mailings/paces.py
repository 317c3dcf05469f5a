"""Budgets of the providers and quotas of the towns, kept in the database: all workers share them, no restart forgets them."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.limits import count_some
from server.mailings import pacing
from server.mailings.models import Delivery, DeliveryState, Mailing, ProviderChange, ProviderPace
from server.mailings.pacing import Budget, Grant
from server.mailings.provider_rules import PRESETS, ProviderRule, preset_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_CHANGED = "—"
_ADDRESS = re.compile(r"\S*@\S*")  # it is kept for the provider, and must not tell of a person


@dataclass(frozen=True, slots=True)
class Wish:
    """How many messages somebody would like to send to a provider now, over how many free connections."""

    wanted: int
    in_use: int


@dataclass(frozen=True, slots=True)
class Quota:
    """Most messages of a town; 0: no limit."""

    per_day: int = 0
    per_hour: int = 0


NO_LIMIT = Quota()


@dataclass(frozen=True, slots=True)
class Drawn:
    """So many are counted until the first span ends; the others may ask `again`."""

    granted: int
    again: datetime
    until: datetime


async def draw(session: WriteSession, wishes: Mapping[str, Wish], now: datetime) -> dict[str, Grant]:
    """What each provider's budget grants. The budgets change with it."""
    rules = await rules_of(session, wishes)
    paces = await _locked(session, wishes, now)
    grants: dict[str, Grant] = {}
    for name, pace in paces.items():
        wish, rule = wishes[name], rules[name]
        grants[name], left = pacing.draw(_budget(pace), rule, wish.wanted, rule.connections - wish.in_use, now)
        _keep(pace, left)
    return grants


async def draw_quota(session: WriteSession, municipality_id: int, wanted: int, quota: Quota, now: datetime) -> Drawn:
    """How many of the town's messages may leave within this hour and day. What the day refuses had its place in the
    hour, which is over before the day is.
    """
    granted, again, until = wanted, now, now + DAY
    for key, limit, per in (
        (f"mail/{municipality_id}/hour", quota.per_hour, HOUR),
        (f"mail/{municipality_id}", quota.per_day, DAY),
    ):
        if limit:
            asked = granted
            granted, ends = await count_some(session, key, wanted=asked, limit=limit, per=per, now=now)
            again, until = max(again, ends) if granted < asked else again, min(until, ends)
    return Drawn(granted, again, until)


async def put_off(session: WriteSession, rows: Iterable[tuple[int, int, datetime]]) -> None:
    """Claims (id, attempt) that may not leave before a moment: back in the queue, due then."""
    connection = await session.connection()
    delivery = Delivery.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from the type checker
    for row_id, attempt, moment in rows:
        await connection.execute(
            update(delivery)
            .where(
                delivery.c.id == row_id,
                delivery.c.attempt == attempt,
                delivery.c.state == DeliveryState.CLAIMED,
                delivery.c.next_at.is_not(None),
            )
            .values(state=DeliveryState.QUEUED, next_at=moment, worker=None, lease_until=None)
        )


async def note_answers(
    session: WriteSession, said: Mapping[str, str], *, slow: Collection[str], blocked: Collection[str], now: datetime
) -> None:
    """The last words of some providers; those in `slow` are left alone for a while, `blocked` ones refuse us."""
    for name, pace in (await _locked(session, said, now)).items():
        pace.said, pace.said_at = _ADDRESS.sub("…", said[name]), now
        if name in slow:
            _keep(pace, pacing.slow_down(_budget(pace), now))
        if name in blocked:
            pace.blocked_at = now


async def note_recovery(session: WriteSession, names: Collection[str]) -> None:
    """They accept mail again: the next pause is a short one."""
    await session.execute(update(ProviderPace).where(col(ProviderPace.name).in_(names)).values(steps=0))


async def slowed(session: ReadSession, now: datetime) -> list[ProviderPace]:
    """The providers and relays that are left alone for a while, the one for longest first."""
    query = select(ProviderPace).where(col(ProviderPace.slowed_until) > now)
    return list(await session.scalars(query.order_by(col(ProviderPace.slowed_until).desc(), col(ProviderPace.name))))


async def insisting(session: ReadSession) -> dict[str, datetime | None]:
    """The providers and relays that asked us to slow down and have taken nothing since, and until when they rest."""
    query = select(ProviderPace.name, ProviderPace.slowed_until).where(col(ProviderPace.steps) > 0)
    return {row[0]: row[1] for row in await session.execute(query)}


async def blocked_lately(session: ReadSession) -> list[str]:
    """The providers that refused us as senders within a day."""
    return list(
        await session.scalars(select(ProviderPace.name).where(col(ProviderPace.blocked_at) > clock.now() - DAY))
    )


async def list_blocking(session: ReadSession, municipality_id: int) -> list[str]:
    """The providers that refused us as senders within a day, and that the town has written to."""
    query = (
        select(ProviderPace.name)
        .where(col(ProviderPace.blocked_at) > clock.now() - DAY)
        .where(
            select(Delivery.id)
            .join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
            .where(
                col(Mailing.municipality_id) == municipality_id,
                col(Mailing.created_at) > clock.now() - 7 * DAY,
                col(Delivery.provider) == col(ProviderPace.name),
                col(Delivery.state) == DeliveryState.REFUSED,
            )
            .exists()
        )
    )
    return sorted(await session.scalars(query))


async def rules_of(session: ReadSession, names: Iterable[str]) -> dict[str, ProviderRule]:
    """What these providers take: as an administrator said, else as the presets do."""
    wanted = list(names)
    query = select(ProviderChange).where(col(ProviderChange.name).in_(wanted))
    changed = {
        one.name: ProviderRule(one.connections, one.per_connection, one.per_second, _CHANGED)
        for one in await session.scalars(query)
    }
    return {name: changed.get(name) or preset_of(name) for name in wanted}


async def all_rules(session: ReadSession) -> dict[str, tuple[ProviderRule, bool]]:
    """The table of presets with the changes, and which lines were changed."""
    changes = set(await session.scalars(select(ProviderChange.name)))
    rules = await rules_of(session, [*PRESETS, *sorted(changes - set(PRESETS))])
    return {name: (rule, name in changes) for name, rule in rules.items()}


async def per_connection(session: ReadSession) -> dict[str, int]:
    """Messages on one connection, by provider."""
    return {name: rule.per_connection for name, (rule, _) in (await all_rules(session)).items()}


async def change_rule(session: WriteSession, name: str, rule: ProviderRule) -> None:
    """From now on this provider gets this much."""
    await session.execute(delete(ProviderChange).where(col(ProviderChange.name) == name))
    session.add(
        ProviderChange(
            name=name,
            connections=rule.connections,
            per_connection=rule.per_connection,
            per_second=rule.per_second,
            changed_at=clock.now(),
        )
    )


async def restore_rule(session: WriteSession, name: str) -> None:
    """The preset is right again."""
    await session.execute(delete(ProviderChange).where(col(ProviderChange.name) == name))


async def _locked(session: WriteSession, names: Iterable[str], now: datetime) -> dict[str, ProviderPace]:
    """The providers' rows, made if need be, and nobody else's until the transaction ends."""
    wanted = sorted(names)
    if not wanted:
        return {}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [{"name": name, "level": 1.0, "at": now, "steps": 0, "said": ""} for name in wanted]
    await session.execute(insert(ProviderPace).on_conflict_do_nothing(), rows)
    query = select(ProviderPace).where(col(ProviderPace.name).in_(wanted)).order_by(col(ProviderPace.name))
    found = await session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {one.name: one for one in found}


def _budget(pace: ProviderPace) -> Budget:
    return Budget(pace.level, pace.at, pace.slowed_until, pace.steps)


def _keep(pace: ProviderPace, budget: Budget) -> None:
    pace.level, pace.at, pace.steps = budget.level, budget.at, budget.steps
    pace.slowed_until = budget.slowed_until
