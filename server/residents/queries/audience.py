"""Who would receive something: rows for the mail ledger, figures for the pages. Nobody who left is ever in them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, exists, func, or_
from sqlmodel import col, select

from server.core import clock
from server.core.database import ReadSession
from server.residents.models import Channel, Resident, ResidentPlace, Subscription
from server.residents.schemas import PAPER, AudienceRow

_PAPER_ORDER = case({channel: order for order, channel in enumerate(PAPER)}, value=col(Subscription.channel))


@dataclass(frozen=True)
class PaperCopy:
    """One copy on paper: whose name stands on it, how it is brought, and who else reads it."""

    resident: Resident
    channel: Channel
    shared_with: list[Resident]


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
            not_paused(clock.today()),
            receives,
        )
        .order_by(col(Resident.id))
    )
    if place_ids:
        query = query.where(lives_in(place_ids))
    rows = await session.execute(query)
    return [AudienceRow(one, email, language, edition) for one, email, language, edition in rows if email]


async def paper_audience(
    session: ReadSession,
    municipality_id: int,
    topic_ids: Collection[int],
    place_ids: Collection[int] = (),
    *,
    on: date | None = None,
) -> list[PaperCopy]:
    """The copies to bring on the day `on` (today): one a household and edition, unless somebody asked for their own."""
    query = (
        select(Resident, func.min(_PAPER_ORDER))
        .join(Subscription, col(Subscription.resident_id) == col(Resident.id))
        .where(
            col(Resident.municipality_id) == municipality_id,
            col(Resident.left_at).is_(None),
            not_paused(on or clock.today()),
            col(Subscription.channel).in_(PAPER),
            *_runs(municipality_id, topic_ids),
        )
        .group_by(col(Resident.id))
        .order_by(col(Resident.id))
    )
    if place_ids:
        query = query.where(lives_in(place_ids))
    copies: dict[tuple[object, ...], PaperCopy] = {}
    for resident, order in await session.execute(query):
        alone = resident.household_id is None or resident.own_copy
        key = ("own", resident.id) if alone else ("shared", resident.household_id, resident.edition)
        copy = copies.setdefault(key, PaperCopy(resident, PAPER[order], []))
        if copy.resident is not resident:
            copy.shared_with.append(resident)
    return list(copies.values())


def not_paused(on: date) -> ColumnElement[bool]:
    """Who receives on this day."""
    return or_(col(Resident.paused_until).is_(None), col(Resident.paused_until) < on, col(Resident.paused_from) > on)


async def count_audience(session: ReadSession, municipality_id: int, topic_ids: Collection[int]) -> dict[str, int]:
    """How many people receive one of `topic_ids`, by channel: "email", "post", "hand", "counter"."""
    runs = _runs(municipality_id, topic_ids)
    found = await _people_by_channel(session, *runs)
    # They are few and have an index of their own: the many are counted without looking at anybody.
    paused = select(col(Resident.id)).where(
        col(Resident.municipality_id) == municipality_id,
        col(Resident.paused_until).is_not(None),
        ~not_paused(clock.today()),
    )
    absent = await _people_by_channel(session, *runs, col(Subscription.resident_id).in_(paused))
    return {channel.value: found.get(channel, 0) - absent.get(channel, 0) for channel in Channel}


async def paper_readers(session: ReadSession, municipality_id: int) -> list[Resident]:
    """Everybody who receives something on paper, street by street."""
    on_paper = exists().where(
        col(Subscription.resident_id) == col(Resident.id),
        col(Subscription.municipality_id) == municipality_id,
        col(Subscription.channel).in_(PAPER),
        col(Subscription.ended_at).is_(None),
    )
    query = (
        select(Resident)
        .where(col(Resident.municipality_id) == municipality_id, col(Resident.left_at).is_(None), on_paper)
        .order_by(col(Resident.address_street), col(Resident.list_key))
    )
    return list(await session.scalars(query))


async def who_may_be_called(
    session: ReadSession, municipality_id: int, place_ids: Collection[int] = ()
) -> list[Resident]:
    """Those who agreed to be telephoned on an urgent day, street by street; with `place_ids` as in `email_audience`."""
    query = (
        select(Resident)
        .where(
            col(Resident.municipality_id) == municipality_id,
            col(Resident.left_at).is_(None),
            col(Resident.calls_agreed_at).is_not(None),
            col(Resident.phone) != "",
        )
        .order_by(col(Resident.address_street), col(Resident.list_key))
    )
    if place_ids:
        query = query.where(lives_in(place_ids))
    return list(await session.scalars(query))


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


def lives_in(place_ids: Collection[int]) -> ColumnElement[bool]:
    chosen = exists().where(col(ResidentPlace.resident_id) == col(Resident.id))
    return ~chosen | chosen.where(col(ResidentPlace.place_id).in_(place_ids))
