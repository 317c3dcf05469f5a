"""What every use case here does: move a notice only if nobody else did, and record the step."""

from typing import Any

from sqlalchemy import func
from sqlmodel import col, select, update

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import WriteSession
from server.municipalities.models import Municipality
from server.notices.models import Notice, NoticeStep, NoticeStepKind, NoticeVersion, Publication
from server.notices.signatures import PaperSignature


async def next_number(session: WriteSession, municipality_id: int) -> str:
    """The town's next number of the year ("2026-087"), without gaps.

    The town's row is held until the commit, so that two notices written at once wait for each other: by this lock on
    PostgreSQL, by the writing transaction itself on SQLite.
    """
    await session.execute(
        select(Municipality.id).where(col(Municipality.id) == municipality_id).with_for_update(key_share=True)
    )
    prefix = f"{clock.today().year}-"
    # a longer number is a later one: 2026-1000 comes after 2026-999
    last = await session.scalar(
        select(Notice.number)
        .where(col(Notice.municipality_id) == municipality_id, col(Notice.number).like(f"{prefix}%"))
        .order_by(func.length(Notice.number).desc(), col(Notice.number).desc())
        .limit(1)
    )
    serial = int(last.removeprefix(prefix)) + 1 if last else 1
    return f"{prefix}{serial:03}"


async def move(session: WriteSession, notice: Notice, **values: Any) -> bool:
    """Change a notice that is still as it was read; False, and nothing changed, if somebody was faster."""
    moved = await session.execute(
        update(Notice)
        .where(
            col(Notice.municipality_id) == notice.municipality_id,
            col(Notice.id) == notice.id,
            col(Notice.revision) == notice.revision,
            col(Notice.state) == notice.state,
        )
        .values(updated_at=clock.now(), **values)
        .execution_options(synchronize_session=False)
    )
    is_moved: bool = moved.rowcount == 1  # type: ignore[attr-defined]  # a cursor result has it
    await session.refresh(notice)
    return is_moved


async def note_step(
    session: WriteSession,
    said: Notice | Publication,
    kind: NoticeStepKind,
    actor: Actor | None,
    note: str = "",
    signature: PaperSignature | None = None,
) -> None:
    """Record who did what, and the hash of the exact text: of the text in work, or of the one that was public."""
    notice_id = said.notice_id if isinstance(said, Publication) else said.id
    session.add(
        NoticeStep(
            municipality_id=said.municipality_id,
            notice_id=notice_id,
            kind=kind,
            revision=said.revision,
            content_hash=said.content_hash,
            note=note,
            signed_by=signature.signed_by if signature else "",
            signed_on=signature.signed_on if signature else None,
            by_id=actor.account_id if actor else None,
            at=clock.now(),
        )
    )
    # what a step names must stay as it was, even if it was only saved by itself
    await session.execute(
        update(NoticeVersion)
        .where(col(NoticeVersion.notice_id) == notice_id, col(NoticeVersion.revision) == said.revision)
        .values(is_autosave=False)
        .execution_options(synchronize_session=False)
    )
