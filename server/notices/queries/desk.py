"""Questions about the texts in work: lists, versions, steps."""

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Exists, Select, exists, func
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import col, select

from server.accounts.models import Account
from server.content.cleaning import clean_line
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.search import like, searchable
from server.notices.models import (
    Notice,
    NoticeKind,
    NoticeState,
    NoticeStep,
    NoticeVersion,
    Publication,
)
from server.web.pagination import Page, Slice

AnySelect = TypeVar("AnySelect", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class NoticeFilter:
    """Which notices a list shows. `state` "public" means: residents see a text of it now."""

    words: str = ""
    state: str = ""
    kind: str = ""


@dataclass(frozen=True)
class NoticeLine:
    """A notice in a list, without its body."""

    notice: Notice
    is_public: bool
    author: str


@dataclass(frozen=True)
class SavedVersion:
    version: NoticeVersion
    author: str


@dataclass(frozen=True)
class TakenStep:
    step: NoticeStep
    by: str | None
    """Nobody when the clock did it."""


async def get_notice(session: ReadSession, municipality_id: int, notice_id: int) -> Notice:
    query = select(Notice).where(col(Notice.municipality_id) == municipality_id, col(Notice.id) == notice_id)
    notice = (await session.scalars(query)).one_or_none()
    if notice is None:
        raise NotFound
    return notice


async def find_notice_numbered(session: ReadSession, municipality_id: int, number: str) -> Notice | None:
    query = select(Notice).where(col(Notice.municipality_id) == municipality_id, col(Notice.number) == number)
    return (await session.scalars(query)).one_or_none()


async def find_notice_known_as(session: ReadSession, municipality_id: int, uid: str) -> Notice | None:
    query = select(Notice).where(col(Notice.municipality_id) == municipality_id, col(Notice.uid) == uid)
    return (await session.scalars(query)).one_or_none()


async def list_notices(
    session: ReadSession,
    municipality_id: int,
    wanted: NoticeFilter,
    part: Slice | None = None,
    *,
    has_text: bool = False,
) -> Page[NoticeLine]:
    """One page of the town's notices, the last touched first; with their bodies if `has_text`."""
    part = part or Slice()
    query = (
        _lines(municipality_id, wanted, has_text=has_text)
        .order_by(col(Notice.updated_at).desc(), col(Notice.id).desc())
        .offset(part.offset)
        .limit(part.size)
    )
    counted = _filtered(select(func.count()).select_from(Notice), municipality_id, wanted)
    items = [NoticeLine(*row) for row in await session.execute(query)]
    return Page(items, int(await session.scalar(counted) or 0), part.number, part.size)


async def list_waiting(
    session: ReadSession, municipality_id: int, state: NoticeState, limit: int = 10
) -> list[NoticeLine]:
    """Notices that wait in `state`, the longest waiting first: for the page of what there is to do."""
    query = _lines(municipality_id, NoticeFilter(state=state)).order_by(col(Notice.updated_at)).limit(limit)
    return [NoticeLine(*row) for row in await session.execute(query)]


async def count_by_state(session: ReadSession, municipality_id: int) -> dict[str, int]:
    """How many notices are in each state, and under "public" how many residents see now."""
    query = select(col(Notice.state), func.count()).where(col(Notice.municipality_id) == municipality_id)
    counts = {state.value: 0 for state in NoticeState}
    counts |= {state.value: count for state, count in await session.execute(query.group_by(col(Notice.state)))}
    public = select(func.count()).where(
        col(Publication.municipality_id) == municipality_id, col(Publication.ended_at).is_(None)
    )
    return counts | {"public": int(await session.scalar(public) or 0)}


async def list_steps(session: ReadSession, municipality_id: int, notice_id: int) -> list[TakenStep]:
    """The steps of a notice's life, the last first."""
    query = (
        select(NoticeStep, col(Account.name))
        .outerjoin(Account, col(Account.id) == col(NoticeStep.by_id))
        .where(col(NoticeStep.municipality_id) == municipality_id, col(NoticeStep.notice_id) == notice_id)
        .order_by(col(NoticeStep.id).desc())
    )
    return [TakenStep(*row) for row in await session.execute(query)]


async def list_versions(
    session: ReadSession, municipality_id: int, notice_id: int, limit: int = 50
) -> list[SavedVersion]:
    """What the notice said, the last version first; texts set aside are not in this line."""
    query = _versions(municipality_id, notice_id).where(col(NoticeVersion.is_aside).is_(False)).limit(limit)
    return [SavedVersion(*row) for row in await session.execute(query)]


async def last_version(session: ReadSession, municipality_id: int, notice_id: int) -> SavedVersion:
    """Who saved what the notice says now, and when."""
    (saved,) = await list_versions(session, municipality_id, notice_id, limit=1)
    return saved


async def list_open_asides(session: ReadSession, municipality_id: int, notice_id: int) -> list[SavedVersion]:
    """Texts that were saved too late and that nobody has chosen about yet."""
    query = _versions(municipality_id, notice_id).where(
        col(NoticeVersion.is_aside).is_(True), col(NoticeVersion.settled_at).is_(None)
    )
    return [SavedVersion(*row) for row in await session.execute(query)]


async def get_version(session: ReadSession, municipality_id: int, notice_id: int, version_id: int) -> SavedVersion:
    query = _versions(municipality_id, notice_id).where(col(NoticeVersion.id) == version_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    return SavedVersion(*row)


def _versions(municipality_id: int, notice_id: int) -> Select[NoticeVersion, str]:
    return (
        select(NoticeVersion, col(Account.name))
        .join(Account, col(Account.id) == col(NoticeVersion.saved_by_id))
        .where(col(NoticeVersion.municipality_id) == municipality_id, col(NoticeVersion.notice_id) == notice_id)
        .order_by(col(NoticeVersion.revision).desc(), col(NoticeVersion.id).desc())
    )


def _lines(municipality_id: int, wanted: NoticeFilter, *, has_text: bool = False) -> Select[Notice, bool, str]:
    body: QueryableAttribute[str] = Notice.body  # type: ignore[assignment]  # SQLModel hides the column
    key: QueryableAttribute[str] = Notice.search_key  # type: ignore[assignment]  # as above
    query = select(Notice, _is_public(), col(Account.name)).join(Account, col(Account.id) == col(Notice.created_by_id))
    left_out = [defer(one, raiseload=True) for one in ((key,) if has_text else (key, body))]
    return _filtered(query, municipality_id, wanted).options(*left_out)


def _is_public() -> Exists:
    return exists().where(col(Publication.notice_id) == col(Notice.id), col(Publication.ended_at).is_(None))


def _filtered(query: AnySelect, municipality_id: int, wanted: NoticeFilter) -> AnySelect:
    query = query.where(col(Notice.municipality_id) == municipality_id)
    if wanted.state == "public":
        query = query.where(_is_public())
    elif wanted.state in set(NoticeState):
        query = query.where(col(Notice.state) == NoticeState(wanted.state))
    if wanted.kind in set(NoticeKind):
        query = query.where(col(Notice.kind) == NoticeKind(wanted.kind))
    for word in searchable(clean_line(wanted.words)).split():
        query = query.where(col(Notice.search_key).like(like(word), escape="\\"))
    return query
