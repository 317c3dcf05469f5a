"""What waits to leave, provider by provider, and what each of them said last: for the page, the terminal and the metrics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import col

from server.core.database import ReadSession
from server.core.i18n import Message
from server.mailings import paces
from server.mailings.models import Delivery, DeliveryState, Mailing, MailingState, ProviderPace, TownRelay
from server.mailings.policies import explain_waiting
from server.mailings.providers import provider_name

RELAY = "relay"
"""Under which name the instance's relay is known among the providers."""


def relay_of(municipality_id: int) -> str:
    """The same of a town's own relay."""
    return f"{RELAY}/{municipality_id}"


def is_relay(name: str) -> bool:
    """Whether this is a relay's name among the providers."""
    return name.partition("/")[0] == RELAY


_OPEN = (MailingState.SENDING, MailingState.PAUSED)
_IN_HAND = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.SENDING)
_WAITING = (*_IN_HAND, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)
_OUTCOMES = {
    "accepted": col(Delivery.state) == DeliveryState.ACCEPTED,
    "refused": col(Delivery.state) == DeliveryState.REFUSED,
    "cancelled": col(Delivery.state) == DeliveryState.CANCELLED,
    "maybe_twice": col(Delivery.doubts) > 0,
}


@dataclass(frozen=True, slots=True)
class ProviderQueue:
    """One provider's part of what waits. `said` is the answer of who waits longest for another one."""

    provider: str
    name: str
    waiting: int
    deferred: int
    uncertain: int
    next_at: datetime | None
    said: str
    why: Message | None
    slowed_until: datetime | None = None
    blocked_at: datetime | None = None


async def queue_by_provider(
    session: ReadSession, now: datetime, municipality_id: int | None = None
) -> list[ProviderQueue]:
    """What waits, the longest line first: of one town, or of the whole instance."""
    known = {pace.name: pace for pace in await session.scalars(select(ProviderPace))}
    way = await _way_of(session, municipality_id)
    found = [_queue(row, known, way, now) for row in await session.execute(_waiting_rows(municipality_id))]
    return sorted(found, key=lambda one: (-one.waiting, one.name))


async def other_pauses(session: ReadSession, now: datetime, shown: Iterable[ProviderQueue]) -> list[ProviderPace]:
    """Who is left alone for a while besides those that are shown: a house that keeps the mailboxes of many domains."""
    known = {one.provider for one in shown}
    return [pace for pace in await paces.slowed(session, now) if pace.name not in known]


async def count_twice(session: ReadSession, municipality_id: int | None = None) -> list[tuple[Mailing, int]]:
    """The open mailings of a town, or of all, that some people possibly got twice, and how many."""
    query = (
        select(Mailing, func.count())
        .join(Delivery, col(Delivery.mailing_id) == col(Mailing.id))
        .where(
            *_of_town(municipality_id),
            col(Mailing.state).in_(_OPEN),
            col(Delivery.doubts) > 0,
        )
        .group_by(col(Mailing.id))
        .order_by(col(Mailing.id).desc())
    )
    return [(mailing, count) for mailing, count in await session.execute(query)]


async def count_by_state(session: ReadSession) -> dict[DeliveryState, int]:
    """The whole instance's open mailings in figures."""
    query = (
        select(col(Delivery.state), func.count())
        .where(col(Delivery.mailing_id).in_(select(col(Mailing.id)).where(col(Mailing.state).in_(_OPEN))))
        .group_by(col(Delivery.state))
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def count_outcomes(session: ReadSession) -> dict[str, int]:
    """How all messages ever ended, of what is over and of what is under way: these figures only grow."""
    over = {name: func.sum(col(Mailing.final)[name].as_integer()) for name in _OUTCOMES}
    under_way = {name: func.sum(case((is_so, 1), else_=0)) for name, is_so in _OUTCOMES.items()}
    of_open = (Mailing, col(Mailing.id) == col(Delivery.mailing_id))
    done = (await session.execute(select(*over.values()))).one()
    now = (await session.execute(select(*under_way.values()).join(*of_open).where(col(Mailing.final).is_(None)))).one()
    return {name: (before or 0) + (since or 0) for name, before, since in zip(_OUTCOMES, done, now, strict=True)}


def _waiting_rows(municipality_id: int | None) -> Any:
    is_deferred = col(Delivery.state) == DeliveryState.DEFERRED
    return (
        select(
            col(Delivery.provider),
            func.count(),
            func.sum(case((is_deferred, 1), else_=0)),
            func.sum(case((col(Delivery.state) == DeliveryState.UNCERTAIN, 1), else_=0)),
            func.min(col(Delivery.next_at)),
            func.max(case((is_deferred, col(Delivery.reply)), else_="")),
        )
        .join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
        .where(
            *_of_town(municipality_id),
            col(Mailing.state).in_(_OPEN),
            col(Delivery.state).in_(_WAITING),
            col(Delivery.state).in_(_IN_HAND) | col(Delivery.next_at).is_not(None),
        )
        .group_by(col(Delivery.provider))
    )


def _of_town(municipality_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if municipality_id is None else (col(Mailing.municipality_id) == municipality_id,)


async def _way_of(session: ReadSession, municipality_id: int | None) -> str:
    """The relay whose pauses concern the town: its own one's or the instance's."""
    if municipality_id is None:
        return RELAY
    query = select(func.count()).where(col(TownRelay.municipality_id) == municipality_id)
    return relay_of(municipality_id) if await session.scalar(query) else RELAY


def _queue(row: Sequence[Any], known: dict[str, ProviderPace], way: str, now: datetime) -> ProviderQueue:
    """A provider is left alone for what it said itself where we keep its pace, or for what the relay said."""
    provider, waiting, deferred, uncertain, next_at, reply = row
    slowing = [known[name] for name in ((provider, way) if way == RELAY else (way,)) if name in known]
    until, slowed_by = max(
        ((pace.slowed_until, pace.said) for pace in slowing if pace.slowed_until and pace.slowed_until > now),
        default=(None, ""),
    )
    blocked = known.get(provider)
    said = reply or slowed_by
    return ProviderQueue(
        provider,
        provider_name(provider),
        waiting,
        deferred,
        uncertain,
        next_at,
        said,
        explain_waiting(said) if said else None,
        until,
        blocked.blocked_at if blocked is not None else None,
    )
