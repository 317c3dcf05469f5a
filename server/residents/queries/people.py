"""Questions about people: one, a page of the list, what they receive, the proofs."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.search import like, searchable
from server.residents.addresses import email_key
from server.residents.models import Channel, Consent, Resident, ResidentMerge, ResidentPlace, Subscription
from server.residents.schemas import Want
from server.web.pagination import Page, Slice

_MOST_WORDS = 6


@dataclass(frozen=True)
class ResidentFilter:
    """Which people a list shows."""

    words: str = ""
    channel: Channel | None = None
    topic_id: int | None = None
    place_id: int | None = None
    has_left: bool = False

    @property
    def is_whole(self) -> bool:
        """Nothing but the choice between those who stay and those who left."""
        return not self.words.strip() and self.channel is None and self.topic_id is None and self.place_id is None


@dataclass(frozen=True)
class ResidentLine:
    """Somebody in a list, with the channels they receive by."""

    resident: Resident
    wants: list[Want] = field(default_factory=list)

    @property
    def channels(self) -> list[Channel]:
        return [channel for channel in Channel if any(want.channel is channel for want in self.wants)]


@dataclass(frozen=True)
class RecordedConsent:
    """A yes or a no, and who wrote it down; nobody when it came by a link."""

    consent: Consent
    by: str | None

    @property
    def pause(self) -> tuple[date, date] | None:
        """The first and the last day that were said, if it is about a pause."""
        days = (self.consent.detail.get("from"), self.consent.detail.get("until"))
        first, last = (date.fromisoformat(str(day)) if day else None for day in days)
        return (first, last) if first and last else None


async def find_resident(session: ReadSession, municipality_id: int, resident_id: int) -> Resident | None:
    """Also by the number they had before two entries became one."""
    here = select(Resident).where(col(Resident.municipality_id) == municipality_id)
    found = (await session.scalars(here.where(col(Resident.id) == resident_id))).one_or_none()
    if found is not None:
        return found
    merged = select(col(ResidentMerge.resident_id)).where(
        col(ResidentMerge.municipality_id) == municipality_id, col(ResidentMerge.old_id) == resident_id
    )
    return (await session.scalars(here.where(col(Resident.id).in_(merged)))).one_or_none()


async def get_resident(session: ReadSession, municipality_id: int, resident_id: int) -> Resident:
    """Raises NotFound, also for another town's resident."""
    resident = await find_resident(session, municipality_id, resident_id)
    if resident is None:
        raise NotFound
    return resident


async def find_by_email(session: ReadSession, municipality_id: int, email: str) -> Resident | None:
    """Whose mailbox this is, whether they left or not."""
    query = select(Resident).where(
        col(Resident.municipality_id) == municipality_id, col(Resident.email_key) == email_key(email)
    )
    return (await session.scalars(query)).one_or_none()


async def list_residents(
    session: ReadSession, municipality_id: int, wanted: ResidentFilter, part: Slice | None = None
) -> Page[ResidentLine]:
    """One page of the people of a town, by name."""
    part = part or Slice()
    ids, total = await _slice_of(session, _conditions(municipality_id, wanted), part, is_whole=wanted.is_whole)
    in_order = (col(Resident.list_key), col(Resident.id))
    people = list(await session.scalars(select(Resident).where(col(Resident.id).in_(ids)).order_by(*in_order)))
    wants = await current_wants(session, municipality_id, ids)
    return Page([ResidentLine(one, wants.get(one.id, [])) for one in people], total, part.number, part.size)


async def _slice_of(
    session: ReadSession, conditions: list[ColumnElement[bool]], part: Slice, *, is_whole: bool
) -> tuple[list[int], int]:
    """The ids of one page and the total. Ids first: a far page would otherwise read every row before it.

    The whole list has an index that counts and orders it. What a search finds has not: it is gone through once for both.
    """
    counted = literal(0) if is_whole else func.count().over()
    query = select(col(Resident.id), counted).where(*conditions).order_by(col(Resident.list_key), col(Resident.id))
    rows = list(await session.execute(query.offset(part.offset).limit(part.size)))
    ids = [row[0] for row in rows]
    if not is_whole and (rows or not part.offset):
        return ids, rows[0][1] if rows else 0
    total = await session.scalar(select(func.count()).select_from(Resident).where(*conditions))
    return ids, int(total or 0)


async def current_wants(
    session: ReadSession, municipality_id: int, resident_ids: Collection[int]
) -> dict[int, list[Want]]:
    """What each of these people receives now."""
    query = (
        select(col(Subscription.resident_id), col(Subscription.topic_id), col(Subscription.channel))
        .where(
            col(Subscription.municipality_id) == municipality_id,
            col(Subscription.resident_id).in_(resident_ids),
            col(Subscription.ended_at).is_(None),
        )
        .order_by(col(Subscription.topic_id), col(Subscription.id))
    )
    found: dict[int, list[Want]] = defaultdict(list)
    for resident_id, topic_id, channel in await session.execute(query):
        found[resident_id].append(Want(topic_id=topic_id, channel=channel))
    return dict(found)


async def chosen_places(
    session: ReadSession, municipality_id: int, resident_ids: Collection[int]
) -> dict[int, list[int]]:
    """The places each of these people wants to hear of."""
    query = (
        select(col(ResidentPlace.resident_id), col(ResidentPlace.place_id))
        .where(col(ResidentPlace.municipality_id) == municipality_id, col(ResidentPlace.resident_id).in_(resident_ids))
        .order_by(col(ResidentPlace.place_id))
    )
    found: dict[int, list[int]] = defaultdict(list)
    for resident_id, place_id in await session.execute(query):
        found[resident_id].append(place_id)
    return dict(found)


async def place_ids_of(session: ReadSession, municipality_id: int, resident_id: int) -> list[int]:
    return (await chosen_places(session, municipality_id, [resident_id])).get(resident_id, [])


async def list_consents(session: ReadSession, municipality_id: int, resident_id: int) -> list[RecordedConsent]:
    """The proofs of one person, the last first."""
    query = (
        select(Consent, col(Account.name))
        .outerjoin(Account, col(Account.id) == col(Consent.recorded_by_id))
        .where(col(Consent.municipality_id) == municipality_id, col(Consent.resident_id) == resident_id)
        .order_by(col(Consent.id).desc())
    )
    return [RecordedConsent(*row) for row in await session.execute(query)]


def _conditions(municipality_id: int, wanted: ResidentFilter) -> list[ColumnElement[bool]]:
    left_at = col(Resident.left_at)
    found: list[Any] = [
        col(Resident.municipality_id) == municipality_id,
        left_at.is_not(None) if wanted.has_left else left_at.is_(None),
    ]
    words = searchable(wanted.words).split()[:_MOST_WORDS]
    found += [col(Resident.search_key).like(like(word), escape="\\") for word in words]
    if wanted.channel is not None or wanted.topic_id is not None:
        found.append(_receives(municipality_id, wanted))
    if wanted.place_id is not None:
        lives_there = exists().where(
            col(ResidentPlace.resident_id) == col(Resident.id), col(ResidentPlace.place_id) == wanted.place_id
        )
        found.append(lives_there)
    return found


def _receives(municipality_id: int, wanted: ResidentFilter) -> ColumnElement[bool]:
    """By this channel, this topic, or this topic by this channel."""
    conditions = [
        col(Subscription.resident_id) == col(Resident.id),
        col(Subscription.municipality_id) == municipality_id,
        col(Subscription.ended_at).is_(None),
    ]
    if wanted.channel is not None:
        conditions.append(col(Subscription.channel) == wanted.channel)
    if wanted.topic_id is not None:
        conditions.append(col(Subscription.topic_id) == wanted.topic_id)
    return exists().where(*conditions)
