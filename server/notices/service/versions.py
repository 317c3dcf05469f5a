"""The history of a notice: one version per save, autosaves of one sitting as one, late texts kept aside."""

from datetime import timedelta

from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import WriteSession
from server.notices.models import Notice, NoticeVersion
from server.notices.schemas import NoticeContent

# Saves that a form makes by itself, this close to each other, are one version: history stays readable.
SITTING = timedelta(minutes=10)


async def keep_version(
    session: WriteSession, notice: Notice, content: NoticeContent, actor: Actor, *, is_autosave: bool
) -> None:
    """What the notice says at its present revision. Takes the place of what the same form saved by itself just before."""
    last = await _last_version(session, notice)
    version = last if last is not None and _is_same_sitting(last, actor) else _version(notice, content, actor)
    version.revision = notice.revision
    version.is_autosave = is_autosave
    _fill(version, content)
    session.add(version)
    await session.flush()


async def keep_aside(
    session: WriteSession, notice: Notice, content: NoticeContent, actor: Actor, base_revision: int
) -> NoticeVersion:
    """A text that came too late. A form that goes on trying fills the same one."""
    query = select(NoticeVersion).where(
        col(NoticeVersion.municipality_id) == notice.municipality_id,
        col(NoticeVersion.notice_id) == notice.id,
        col(NoticeVersion.revision) == base_revision,
        col(NoticeVersion.saved_by_id) == actor.account_id,
        col(NoticeVersion.is_aside).is_(True),
        col(NoticeVersion.settled_at).is_(None),
    )
    version = (await session.scalars(query.limit(1))).first() or _version(notice, content, actor)
    version.revision = base_revision
    version.is_aside = True
    _fill(version, content)
    session.add(version)
    await session.flush()
    return version


async def settle(session: WriteSession, aside: NoticeVersion) -> None:
    aside.settled_at = aside.settled_at or clock.now()
    session.add(aside)


async def _last_version(session: WriteSession, notice: Notice) -> NoticeVersion | None:
    query = (
        select(NoticeVersion)
        .where(
            col(NoticeVersion.municipality_id) == notice.municipality_id,
            col(NoticeVersion.notice_id) == notice.id,
            col(NoticeVersion.is_aside).is_(False),
        )
        .order_by(col(NoticeVersion.revision).desc(), col(NoticeVersion.id).desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


def _is_same_sitting(last: NoticeVersion, actor: Actor) -> bool:
    is_recent = clock.now() - last.saved_at <= SITTING
    return last.is_autosave and last.saved_by_id == actor.account_id and is_recent


def _version(notice: Notice, content: NoticeContent, actor: Actor) -> NoticeVersion:
    return NoticeVersion(
        municipality_id=notice.municipality_id,
        notice_id=notice.id,
        revision=notice.revision,
        content=content.frozen(),
        content_hash=content.content_hash,
        saved_by_id=actor.account_id,
        saved_at=clock.now(),
    )


def _fill(version: NoticeVersion, content: NoticeContent) -> None:
    version.content = content.frozen()
    version.content_hash = content.content_hash
    version.saved_at = clock.now()
