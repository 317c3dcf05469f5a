"""Who would receive something: rows for the mail ledger, figures for the pages. Nobody who left is ever in them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func
from sqlmodel import col, select

from server.core.database import ReadSession
from server.residents.models import Channel, Resident, ResidentPlace, Subscription
from server.residents.schemas import PAPER, AudienceRow


@dataclass(frozen=True)
class Reach:
    """The people of a town by channel. One person with two channels counts in both, and once in `people`."""

    people: int
    by_channel: dict[Channel, int]


async def email_audience(
    session: ReadSession, municipality_id: int, topic_ids: Collection[int], place_ids: Collection[int] = ()
) -> list[AudienceRow]:
    """Everybody who receives one of `topic_ids` by email, once. With `place_ids`: who chose one of them, or none at all.

    Whoever starts a mailing holds the recipients first (`mailings.service.hold_recipients`).
    """
    receives = exists().where(
        col(Subscription.resident_id) == col(Resident.id),
        col(Subscription.channel) == Channel.EMAIL,
        *_runs(municipality_id, topic_ids),
    )
    query = (
        select(col(Resident.id), col(Resident.email), col(Resident.language), col(Resident.edition))
        .where(
            col(Resident.municipality_id) == municipality_id,
            col(Resident.left_at).is_(None),
            col(Resident.email).is_not(None),
            receives,
        )
        .order_by(col(Resident.id))
    )
    if place_ids:
        query = query.where(_lives_in(place_ids))
    rows = await session.execute(query)
    return [AudienceRow(one, email, language, edition) for one, email, language, edition in rows if email]


async def count_audience(session: ReadSession, municipality_id: int, topic_ids: Collection[int]) -> dict[str, int]:
    """How many people receive one of `topic_ids`, by channel: "email", "post", "hand", "counter"."""
    found = await _people_by_channel(session, *_runs(municipality_id, topic_ids))
    counts = {channel.value: 0 for channel in Channel}
    return counts | {channel.value: count for channel, count in found.items()}


async def paper_counts(session: ReadSession, municipality_id: int, topic_ids: Collection[int]) -> dict[str, int]:
    """How many sheets a printing needs, by the channel that brings them."""
    counts = await count_audience(session, municipality_id, topic_ids)
    return {channel.value: counts[channel.value] for channel in PAPER}


async def reach(session: ReadSession, municipality_id: int) -> Reach:
    """How many people the town reaches, and how."""
    stays = select(func.count()).where(
        col(Resident.municipality_id) == municipality_id, col(Resident.left_at).is_(None)
    )
    runs = (col(Subscription.municipality_id) == municipality_id, col(Subscription.ended_at).is_(None))
    counts = dict.fromkeys(Channel, 0) | await _people_by_channel(session, *runs)
    return Reach(int(await session.scalar(stays) or 0), counts)


async def _people_by_channel(session: ReadSession, *conditions: ColumnElement[bool]) -> dict[Channel, int]:
    """Each person once per channel. Told apart by a hash first: COUNT(DISTINCT …) would sort them all."""
    people = select(col(Subscription.channel), col(Subscription.resident_id)).where(*conditions).distinct().subquery()
    query = select(people.c.channel, func.count()).group_by(people.c.channel)
    return {row[0]: row[1] for row in await session.execute(query)}


def _runs(municipality_id: int, topic_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Subscription.municipality_id) == municipality_id,
        col(Subscription.topic_id).in_(topic_ids),
        col(Subscription.ended_at).is_(None),
    )


def _lives_in(place_ids: Collection[int]) -> ColumnElement[bool]:
    chosen = exists().where(col(ResidentPlace.resident_id) == col(Resident.id))
    return ~chosen | chosen.where(col(ResidentPlace.place_id).in_(place_ids))
