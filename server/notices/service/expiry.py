"""What the clock does: a notice whose last day is over is no longer current. A row that is due, never a missed tick."""

from datetime import datetime

from sqlmodel import col, update

from server.core import clock
from server.core.database import WriteSession
from server.notices import queries
from server.notices.models import Notice, NoticeState, NoticeStepKind, Publication, PublicationEnd
from server.notices.service.records import note_step


async def expire_due(session: WriteSession, now: datetime) -> int:
    """End what was public until yesterday, in all towns, a batch at a time; says how many ended."""
    due = await queries.list_due_to_expire(session, clock.day_of(now))
    return sum([await _expire(session, publication, now) for publication in due])


async def expire_notice(session: WriteSession, municipality_id: int, notice_id: int, now: datetime) -> bool:
    """End what residents see of one notice, because it is over by its own hour; False if they see nothing."""
    publication = await queries.find_in_force(session, municipality_id, notice_id)
    return publication is not None and await _expire(session, publication, now)


async def _expire(session: WriteSession, publication: Publication, now: datetime) -> bool:
    ended = await session.execute(
        update(Publication)
        .where(col(Publication.id) == publication.id, col(Publication.ended_at).is_(None))
        .values(ended_at=now, ended_as=PublicationEnd.EXPIRED)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result has it
        return False
    # A newer text in work goes on; only what was public comes to its end.
    await session.execute(
        update(Notice)
        .where(col(Notice.id) == publication.notice_id, col(Notice.state) == NoticeState.PUBLISHED)
        .values(state=NoticeState.EXPIRED, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    await note_step(session, publication, NoticeStepKind.EXPIRED, None)
    return True
