"""What residents see: publications in force, the archive, the agenda. The text in work is never asked here."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import col, select

from server.core import clock
from server.core.clock import PARIS
from server.core.database import ReadSession
from server.notices.models import Publication, PublicationEnd
from server.notices.schemas import NoticeContent
from server.web.pagination import Page, Slice

_MOST = 500
_NUMBER = re.compile(r"[0-9]{4}-[0-9]{3,7}")


@dataclass(frozen=True)
class PublishedNotice:
    """What another room may take of a notice: its frozen text, and what names it."""

    notice_id: int
    number: str
    content: NoticeContent
    content_hash: str
    published_at: datetime

    @classmethod
    def of(cls, publication: Publication) -> "PublishedNotice":
        return cls(
            publication.notice_id,
            publication.number,
            NoticeContent.thawed(publication.content),
            publication.content_hash,
            publication.published_at,
        )


async def current_notices(
    session: ReadSession, municipality_id: int, *, topic_id: int | None = None, place_id: int | None = None
) -> list[Publication]:
    """What is posted today, urgent ones first, then the newest; without `content`."""
    query = _lines(municipality_id).where(*_is_current()).limit(_MOST)
    query = query.order_by(col(Publication.is_urgent).desc(), *_newest_first())
    return [one for one in await session.scalars(query) if _concerns(one, topic_id, place_id)]


async def find_public(session: ReadSession, municipality_id: int, number: str) -> Publication | None:
    """The text of a notice that residents see or saw last, withdrawn ones included: its `ended_as` says so."""
    if not _NUMBER.fullmatch(number):
        return None
    query = select(Publication).where(
        col(Publication.municipality_id) == municipality_id,
        col(Publication.number) == number,
        _is_not_replaced(),
        _has_begun(),
    )
    return (await session.scalars(query)).one_or_none()


async def find_in_force(session: ReadSession, municipality_id: int, notice_id: int) -> Publication | None:
    """The publication of a notice that has not ended."""
    query = select(Publication).where(
        col(Publication.municipality_id) == municipality_id,
        col(Publication.notice_id) == notice_id,
        col(Publication.ended_at).is_(None),
    )
    return (await session.scalars(query)).one_or_none()


async def find_last_publication(session: ReadSession, municipality_id: int, notice_id: int) -> Publication | None:
    """The publication of a notice that no later one replaced, whether it goes on, has ended or is still to begin."""
    query = select(Publication).where(
        col(Publication.municipality_id) == municipality_id,
        col(Publication.notice_id) == notice_id,
        _is_not_replaced(),
    )
    return (await session.scalars(query)).one_or_none()


async def archived_notices(
    session: ReadSession, municipality_id: int, year: int, part: Slice | None = None
) -> Page[Publication]:
    """What was posted in `year` and has expired, the newest first; without `content`."""
    part = part or Slice()
    first, last = _moment(date(year, 1, 1)), _moment(date(year + 1, 1, 1))
    conditions = (*_is_past(), col(Publication.published_at) >= first, col(Publication.published_at) < last)
    counted = select(func.count()).where(col(Publication.municipality_id) == municipality_id, *conditions)
    query = _lines(municipality_id).where(*conditions).order_by(*_newest_first())
    items = list(await session.scalars(query.offset(part.offset).limit(part.size)))
    return Page(items, int(await session.scalar(counted) or 0), part.number, part.size)


async def archive_years(session: ReadSession, municipality_id: int) -> list[int]:
    """Years of which something has expired, the newest first."""
    query = select(func.min(Publication.published_at), func.max(Publication.published_at)).where(
        col(Publication.municipality_id) == municipality_id, *_is_past()
    )
    first, last = (await session.execute(query)).one()
    if first is None:
        return []
    return list(range(last.astimezone(PARIS).year, first.astimezone(PARIS).year - 1, -1))


async def agenda_between(session: ReadSession, municipality_id: int, first: date, last: date) -> list[Publication]:
    """What happens from the day `first` to the day `last`, in order, past events included; without `content`."""
    begins = col(Publication.happens_from)
    query = (
        _lines(municipality_id)
        .where(
            _is_not_replaced(),
            _has_begun(),
            _is_not_withdrawn(),
            begins < _moment(last + timedelta(days=1)),
            func.coalesce(Publication.happens_to, Publication.happens_from) >= _moment(first),
        )
        .order_by(begins, col(Publication.id))
        .limit(_MOST)
    )
    return list(await session.scalars(query))


async def recent_publications(session: ReadSession, municipality_id: int, limit: int = 30) -> list[Publication]:
    """The last texts posted, `content` included: for a feed."""
    query = (
        select(Publication)
        .where(
            col(Publication.municipality_id) == municipality_id,
            _is_not_replaced(),
            _is_not_withdrawn(),
            _has_begun(),
        )
        .order_by(*_newest_first())
        .limit(limit)
    )
    return list(await session.scalars(query))


async def list_publishable(
    session: ReadSession, municipality_id: int, *, already_in: Collection[int] = ()
) -> list[Publication]:
    """What an issue may take, without `content`: what no issue has had yet first (`already_in`: notices that one had)."""
    query = _lines(municipality_id).where(*_is_current()).order_by(*_newest_first()).limit(_MOST)
    found = list(await session.scalars(query))
    return sorted(found, key=lambda publication: publication.notice_id in already_in)


async def published_contents(
    session: ReadSession, municipality_id: int, notice_ids: Collection[int]
) -> dict[int, PublishedNotice]:
    """The frozen texts of those among `notice_ids` that are public now."""
    query = select(Publication).where(
        col(Publication.municipality_id) == municipality_id,
        col(Publication.notice_id).in_(notice_ids),
        col(Publication.ended_at).is_(None),
    )
    return {one.notice_id: PublishedNotice.of(one) for one in await session.scalars(query)}


async def list_due_to_expire(session: ReadSession, today: date, limit: int = 200) -> list[Publication]:
    """Publications of all towns whose last day is over."""
    query = (
        select(Publication)
        .where(col(Publication.ended_at).is_(None), col(Publication.valid_to) < today)
        .order_by(col(Publication.id))
        .limit(limit)
    )
    return list(await session.scalars(query))


def _lines(municipality_id: int) -> Select[Publication]:
    """Publications without their text, which lists do not show."""
    content: QueryableAttribute[dict[str, object]] = Publication.content  # type: ignore[assignment]  # SQLModel hides it
    query = select(Publication).where(col(Publication.municipality_id) == municipality_id)
    return query.options(defer(content, raiseload=True))


def _is_current() -> tuple[ColumnElement[bool], ...]:
    """In force today: not ended, begun, and its last day not over, even if the clock worker is late."""
    last_day = col(Publication.valid_to)
    return (col(Publication.ended_at).is_(None), _has_begun(), or_(last_day.is_(None), last_day >= clock.today()))


def _is_past() -> tuple[ColumnElement[bool], ...]:
    is_over = col(Publication.ended_at).is_(None) & (col(Publication.valid_to) < clock.today())
    return (or_(col(Publication.ended_as) == PublicationEnd.EXPIRED, is_over), _has_begun())


def _has_begun() -> ColumnElement[bool]:
    first_day = col(Publication.valid_from)
    return or_(first_day.is_(None), first_day <= clock.today())


def _is_not_replaced() -> ColumnElement[bool]:
    return or_(col(Publication.ended_as).is_(None), col(Publication.ended_as) != PublicationEnd.REPLACED)


def _is_not_withdrawn() -> ColumnElement[bool]:
    return or_(col(Publication.ended_as).is_(None), col(Publication.ended_as) != PublicationEnd.WITHDRAWN)


def _newest_first() -> tuple[ColumnElement[datetime], ColumnElement[int]]:
    return col(Publication.published_at).desc(), col(Publication.id).desc()


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _concerns(publication: Publication, topic_id: int | None, place_id: int | None) -> bool:
    """Whether a notice is of a topic and about a place. One without places is about the whole town."""
    is_topic = topic_id is None or topic_id in publication.topic_ids
    return is_topic and (place_id is None or not publication.place_ids or place_id in publication.place_ids)
