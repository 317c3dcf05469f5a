"""Certificates, acts online and on paper, and copies asked for."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select

from server.boards.models import ActOnline, ActOnPaper, Certificate, PaperCopy
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.notices.models import NoticeKind, Publication, PublicationEnd
from server.web.pagination import Page, Slice


@dataclass(frozen=True)
class NamedCertificate:
    certificate: Certificate
    number: str
    title: str


async def list_certificates(session: ReadSession, municipality_id: int, limit: int = 100) -> list[NamedCertificate]:
    """Those asked for first, then those issued, the latest first."""
    query = (
        select(Certificate, Publication.number, Publication.title)
        .join(Publication, col(Publication.notice_id) == col(Certificate.notice_id))
        .where(col(Certificate.municipality_id) == municipality_id, _is_last(), col(Certificate.dropped_at).is_(None))
        .order_by(col(Certificate.issued_at).is_not(None), col(Certificate.id).desc())
        .limit(limit)
    )
    return [NamedCertificate(*row) for row in await session.execute(query)]


async def get_certificate(session: ReadSession, municipality_id: int, certificate_id: int) -> Certificate:
    query = select(Certificate).where(
        col(Certificate.municipality_id) == municipality_id, col(Certificate.id) == certificate_id
    )
    found = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def count_asked(session: ReadSession, municipality_id: int) -> int:
    """Certificates that wait for the mayor."""
    query = select(func.count()).where(
        col(Certificate.municipality_id) == municipality_id,
        col(Certificate.issued_at).is_(None),
        col(Certificate.dropped_at).is_(None),
    )
    return int(await session.scalar(query) or 0)


async def list_acts(session: ReadSession, municipality_id: int, part: Slice | None = None) -> Page[ActOnline]:
    """The acts online now, the latest first."""
    part = part or Slice()
    mine = (col(ActOnline.municipality_id) == municipality_id, col(ActOnline.ended_at).is_(None))
    query = select(ActOnline).where(*mine).order_by(col(ActOnline.posted_at).desc(), col(ActOnline.id).desc())
    items = list(await session.scalars(query.offset(part.offset).limit(part.size)))
    total = await session.scalar(select(func.count()).select_from(ActOnline).where(*mine))
    return Page(items, int(total or 0), part.number, part.size)


async def find_act(session: ReadSession, municipality_id: int, number: str) -> ActOnline | None:
    """The act of this number that is online."""
    query = select(ActOnline).where(
        col(ActOnline.municipality_id) == municipality_id,
        col(ActOnline.number) == number,
        col(ActOnline.ended_at).is_(None),
    )
    return (await session.scalars(query.order_by(col(ActOnline.id).desc()).limit(1))).one_or_none()


async def acts_of_notice(session: ReadSession, municipality_id: int, notice_id: int) -> list[ActOnline]:
    query = select(ActOnline).where(
        col(ActOnline.municipality_id) == municipality_id, col(ActOnline.notice_id) == notice_id
    )
    return list(await session.scalars(query.order_by(col(ActOnline.id))))


async def papers_of_notice(session: ReadSession, municipality_id: int, notice_id: int) -> list[ActOnPaper]:
    query = select(ActOnPaper).where(
        col(ActOnPaper.municipality_id) == municipality_id, col(ActOnPaper.notice_id) == notice_id
    )
    return list(await session.scalars(query.order_by(col(ActOnPaper.id))))


async def list_copies(session: ReadSession, municipality_id: int, notice_id: int) -> list[PaperCopy]:
    """The copies asked for of an act, the last first."""
    query = select(PaperCopy).where(
        col(PaperCopy.municipality_id) == municipality_id, col(PaperCopy.notice_id) == notice_id
    )
    return list(await session.scalars(query.order_by(col(PaperCopy.id).desc())))


async def list_acts_due(session: ReadSession, limit: int = 20) -> list[Publication]:
    """Acts of all towns that residents read and that are not yet online as a document."""
    query = (
        select(Publication)
        .outerjoin(ActOnline, col(ActOnline.publication_id) == col(Publication.id))
        .where(
            col(Publication.kind) == NoticeKind.OFFICIAL_ACT,
            col(Publication.ended_at).is_(None),
            or_(col(Publication.valid_from).is_(None), col(Publication.valid_from) <= clock.today()),
            col(ActOnline.id).is_(None),
        )
        .order_by(col(Publication.id))
        .limit(limit)
    )
    return list(await session.scalars(query))


def _is_last() -> ColumnElement[bool]:
    return or_(col(Publication.ended_as).is_(None), col(Publication.ended_as) != PublicationEnd.REPLACED)
