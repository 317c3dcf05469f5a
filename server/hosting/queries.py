"""Questions over every town at once, each in one statement: three hundred towns are one page."""

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy import case, func, select
from sqlmodel import col

from server.core.database import ReadSession
from server.core.files import FileStore
from server.hosting.schemas import HostedTown
from server.mailings.models import Delivery, DeliveryState, DomainCheck, Mailing, MailingState
from server.mailings.queries import LISTED
from server.mailings.schemas import Figures
from server.municipalities.models import Municipality
from server.residents.models import Resident

_OPEN = (MailingState.SENDING, MailingState.PAUSED)


async def list_hosted_towns(session: ReadSession, files: FileStore) -> list[HostedTown]:
    """Every town, suspended ones too, by name."""
    towns = list(await session.scalars(select(Municipality).order_by(col(Municipality.name), col(Municipality.id))))
    sizes = await asyncio.to_thread(lambda: {town.id: files.size_lately(town.id) for town in towns})
    return await _described(session, towns, sizes)


async def get_hosted_town(session: ReadSession, files: FileStore, town: Municipality) -> HostedTown:
    size = await asyncio.to_thread(files.size, town.id)
    return (await _described(session, [town], {town.id: size}))[0]


async def _described(session: ReadSession, towns: Sequence[Municipality], sizes: Mapping[int, int]) -> list[HostedTown]:
    ids = [town.id for town in towns]
    people = await _people(session, ids)
    last = await _last_mailings(session, ids)
    refused = await _refused(session, last)
    waiting = await _waiting(session, ids)
    aligned = {
        row[0]: row[1]
        for row in await session.execute(
            select(col(DomainCheck.municipality_id), col(DomainCheck.is_aligned)).where(
                col(DomainCheck.municipality_id).in_(ids)
            )
        )
    }
    return [
        HostedTown(
            town,
            people.get(town.id, 0),
            last[town.id].created_at if town.id in last else None,
            refused.get(town.id),
            waiting.get(town.id, 0),
            aligned.get(town.id),
            sizes[town.id],
        )
        for town in towns
    ]


async def _people(session: ReadSession, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(col(Resident.municipality_id), func.count())
        .where(col(Resident.municipality_id).in_(ids), col(Resident.left_at).is_(None))
        .group_by(col(Resident.municipality_id))
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def _last_mailings(session: ReadSession, ids: Sequence[int]) -> dict[int, Mailing]:
    last = (
        select(func.max(col(Mailing.id)))
        .where(col(Mailing.municipality_id).in_(ids), col(Mailing.kind).in_(LISTED))
        .group_by(col(Mailing.municipality_id))
    )
    found = await session.scalars(select(Mailing).where(col(Mailing.id).in_(last)))
    return {mailing.municipality_id: mailing for mailing in found}


async def _refused(session: ReadSession, last: Mapping[int, Mailing]) -> dict[int, float]:
    """Town → share refused, of its last mailing: summed already, or counted in its rows."""
    totals = {town: Figures(**one.final) for town, one in last.items() if one.final is not None}
    shares = {town: figures.refused / figures.total for town, figures in totals.items() if figures.total}
    open_ids = [one.id for one in last.values() if one.final is None]
    if open_ids:
        is_refused = case((col(Delivery.state) == DeliveryState.REFUSED, 1), else_=0)
        query = (
            select(col(Delivery.municipality_id), func.sum(is_refused), func.count())
            .where(col(Delivery.mailing_id).in_(open_ids))
            .group_by(col(Delivery.municipality_id))
        )
        shares |= {row[0]: int(row[1]) / row[2] for row in await session.execute(query)}
    return shares


async def _waiting(session: ReadSession, ids: Sequence[int]) -> dict[int, int]:
    under_way = select(col(Mailing.id)).where(col(Mailing.municipality_id).in_(ids), col(Mailing.state).in_(_OPEN))
    query = (
        select(col(Delivery.municipality_id), func.count())
        .where(
            col(Delivery.mailing_id).in_(under_way),
            col(Delivery.lease_until).is_(None),
            col(Delivery.next_at).is_not(None),
        )
        .group_by(col(Delivery.municipality_id))
    )
    return {row[0]: row[1] for row in await session.execute(query)}
