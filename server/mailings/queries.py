"""Questions about mailings: figures are always sums of the ledger's rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import col

from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.secrets import Secrets
from server.mailings.models import (
    Delivery,
    DeliveryState,
    Mailing,
    MailingKind,
    MailingState,
    Suppression,
    SuppressionReason,
)
from server.mailings.policies import cause_of, explain
from server.mailings.providers import provider_name
from server.mailings.schemas import Figures, MailingLine, ProviderProgress, RefusedDelivery
from server.web.pagination import Page, Slice

LISTED = (MailingKind.ISSUE, MailingKind.NOTICE)
_TWICE = func.sum(case((col(Delivery.doubts) > 0, 1), else_=0))


async def get_mailing(session: ReadSession, municipality_id: int, mailing_id: int) -> Mailing:
    """Raises NotFound, also for another town's mailing."""
    query = select(Mailing).where(col(Mailing.municipality_id) == municipality_id, col(Mailing.id) == mailing_id)
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def find_mailing(session: ReadSession, municipality_id: int, idempotency_key: str) -> Mailing | None:
    """The mailing that was started with this key."""
    query = select(Mailing).where(
        col(Mailing.municipality_id) == municipality_id, col(Mailing.idempotency_key) == idempotency_key
    )
    return (await session.scalars(query)).one_or_none()


async def list_mailings(
    session: ReadSession, municipality_id: int, asked: Slice, *, kinds: Sequence[MailingKind] = LISTED
) -> Page[MailingLine]:
    """Mailings with their figures, the latest first."""
    where = (col(Mailing.municipality_id) == municipality_id, col(Mailing.kind).in_(kinds))
    total = (await session.execute(select(func.count()).select_from(Mailing).where(*where))).scalar_one()
    query = select(Mailing).where(*where).order_by(col(Mailing.id).desc()).limit(asked.size).offset(asked.offset)
    mailings = (await session.scalars(query)).all()
    known = await figures_of(session, municipality_id, mailings)
    return Page([MailingLine(one, known[one.id]) for one in mailings], total, asked.number, asked.size)


async def figures(session: ReadSession, municipality_id: int, mailing_id: int) -> Figures:
    """One mailing's ledger in figures."""
    mailing = await get_mailing(session, municipality_id, mailing_id)
    return (await figures_of(session, municipality_id, [mailing]))[mailing_id]


async def figures_of(session: ReadSession, municipality_id: int, mailings: Iterable[Mailing]) -> dict[int, Figures]:
    """The figures of several mailings of one town."""
    known = {one.id: Figures() if one.final is None else Figures(**one.final) for one in mailings}
    open_ids = [one.id for one in mailings if one.final is None]
    return known | await _sums(session, municipality_id, open_ids) if open_ids else known


async def progress_by_provider(session: ReadSession, municipality_id: int, mailing_id: int) -> list[ProviderProgress]:
    """The figures by provider, the biggest first."""
    is_deferred = col(Delivery.state) == DeliveryState.DEFERRED
    query = (
        select(
            col(Delivery.provider),
            col(Delivery.state),
            func.count(),
            _TWICE,
            func.max(case((is_deferred, col(Delivery.reply)), else_="")),
            func.min(case((is_deferred, col(Delivery.next_at)))),
        )
        .where(col(Delivery.municipality_id) == municipality_id, col(Delivery.mailing_id) == mailing_id)
        .group_by(col(Delivery.provider), col(Delivery.state))
    )
    by_provider: dict[str, list[Any]] = defaultdict(list)
    for provider, *row in await session.execute(query):
        by_provider[provider].append(row)
    found = [_progress(provider, rows) for provider, rows in by_provider.items()]
    return sorted(found, key=lambda one: (-one.figures.total, one.name))


async def refused_deliveries(
    session: ReadSession, municipality_id: int, mailing_id: int, asked: Slice
) -> Page[RefusedDelivery]:
    """Those who were not reached, with the reason in plain words."""
    where = (
        col(Delivery.municipality_id) == municipality_id,
        col(Delivery.mailing_id) == mailing_id,
        col(Delivery.state) == DeliveryState.REFUSED,
    )
    total = (await session.execute(select(func.count()).select_from(Delivery).where(*where))).scalar_one()
    query = select(Delivery).where(*where).order_by(col(Delivery.recipient)).limit(asked.size).offset(asked.offset)
    found = [
        RefusedDelivery(row.recipient, row.address, explain(cause_of(row.reply)), row.reply, row.settled_at)
        for row in await session.scalars(query)
    ]
    return Page(found, total, asked.number, asked.size)


async def recipients_of(session: ReadSession, municipality_id: int, mailing_id: int) -> set[int]:
    """The caller's numbers of the people a mailing was addressed to, whatever became of it."""
    query = select(col(Delivery.recipient)).where(
        col(Delivery.municipality_id) == municipality_id,
        col(Delivery.mailing_id) == mailing_id,
        col(Delivery.recipient) > 0,
    )
    return set(await session.scalars(query))


async def is_leaving(session: ReadSession, municipality_id: int, origin: str) -> bool:
    """Whether anything of the mailings called `origin` may still leave."""
    query = select(col(Delivery.id)).join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
    where = (
        col(Mailing.municipality_id) == municipality_id,
        col(Mailing.origin) == origin,
        col(Mailing.state).in_((MailingState.SENDING, MailingState.SCHEDULED)),
        col(Delivery.next_at).is_not(None),
        col(Delivery.state).not_in((DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.CANCELLED)),
    )
    return await session.scalar(query.where(*where).limit(1)) is not None


async def acceptances_of(session: ReadSession, municipality_id: int, origin: str) -> list[tuple[str, datetime | None]]:
    """Every row of the mailings called `origin`: its provider, and when the message was accepted there, if it was."""
    accepted_at = case((col(Delivery.state) == DeliveryState.ACCEPTED, col(Delivery.settled_at)), else_=None)
    query = (
        select(col(Delivery.provider), accepted_at)
        .join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
        .where(col(Mailing.municipality_id) == municipality_id, col(Mailing.origin) == origin)
    )
    return [(provider, moment) for provider, moment in await session.execute(query)]


async def rows_of(session: ReadSession, municipality_id: int, origin: str) -> list[Delivery]:
    """The ledger's rows of the mailings called `origin`, as they were written."""
    query = (
        select(Delivery)
        .join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
        .where(col(Mailing.municipality_id) == municipality_id, col(Mailing.origin) == origin)
        .order_by(col(Delivery.id))
    )
    return list(await session.scalars(query))


async def suppressed_hashes(session: ReadSession, municipality_id: int) -> set[str]:
    """Every address of this town that must not be written to, as a keyed hash (`address_hash`)."""
    query = select(col(Suppression.address_hash)).where(col(Suppression.municipality_id) == municipality_id)
    return set(await session.scalars(query))


async def find_suppression(
    session: ReadSession, municipality_id: int, secrets: Secrets, address: str
) -> SuppressionReason | None:
    """Why this address must not be written to, if it must not."""
    query = select(col(Suppression.reason)).where(
        col(Suppression.municipality_id) == municipality_id,
        col(Suppression.address_hash) == address_hash(secrets, address),
    )
    return (await session.scalars(query)).one_or_none()


async def is_suppressed(session: ReadSession, municipality_id: int, secrets: Secrets, address: str) -> bool:
    return await find_suppression(session, municipality_id, secrets, address) is not None


def address_hash(secrets: Secrets, address: str) -> str:
    """What stands for an address where it must not be kept."""
    return secrets.fingerprint("suppression", address.strip().lower())


async def _sums(session: ReadSession, municipality_id: int, mailing_ids: Collection[int]) -> dict[int, Figures]:
    query = (
        select(col(Delivery.mailing_id), col(Delivery.state), func.count(), _TWICE)
        .where(col(Delivery.municipality_id) == municipality_id, col(Delivery.mailing_id).in_(mailing_ids))
        .group_by(col(Delivery.mailing_id), col(Delivery.state))
    )
    counts: dict[int, dict[DeliveryState, int]] = {one: {} for one in mailing_ids}
    twice: dict[int, int] = dict.fromkeys(mailing_ids, 0)
    for mailing_id, state, count, maybe_twice in await session.execute(query):
        counts[mailing_id][state] = count
        twice[mailing_id] += maybe_twice
    return {one: Figures.of(counts[one], twice[one]) for one in mailing_ids}


def _progress(provider: str, rows: list[Any]) -> ProviderProgress:
    counts = {state: count for state, count, *_ in rows}
    figures = Figures.of(counts, sum(twice for _, _, twice, *_ in rows))
    said, resumes_at = next(
        ((said, at) for state, _, _, said, at in rows if state is DeliveryState.DEFERRED), ("", None)
    )
    return ProviderProgress(provider, provider_name(provider), figures, said, resumes_at)


async def states_by_recipient(session: ReadSession, municipality_id: int, mailing_id: int) -> dict[int, DeliveryState]:
    """What became of a mailing's message to each recipient that still has a line in the ledger."""
    query = select(col(Delivery.recipient), col(Delivery.state)).where(
        col(Delivery.municipality_id) == municipality_id, col(Delivery.mailing_id) == mailing_id
    )
    return {recipient: DeliveryState(state) for recipient, state in await session.execute(query)}
