"""The worker's side of the print jobs: take one under a lease, say how far it is, end it. An older claim changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, case, update
from sqlmodel import col, select

from server.core.database import WriteSession
from server.core.files import FileStore
from server.prints.models import PrintFile, PrintJob, PrintState
from server.prints.products import Made

MOST_TRIES = 3


class Lost(Exception):
    """The lease ran out and another worker has the job, or it was forgotten, or begins anew."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of a worker."""

    id: int
    municipality_id: int
    attempt: int
    tries: int
    product: str
    parameters: dict[str, Any]
    language: str


async def take(session: WriteSession, worker: str, *, now: datetime, lease: datetime) -> Claim | None:
    """The next job that is due. A job whose workers died with it again and again is not handed out any more."""
    due = (
        select(col(PrintJob.id))
        .where(col(PrintJob.state).in_((PrintState.WAITING, PrintState.MAKING)), col(PrintJob.next_at) <= now)
        .order_by(col(PrintJob.is_urgent).desc(), col(PrintJob.next_at), col(PrintJob.id))
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    is_worn = col(PrintJob.tries) >= MOST_TRIES
    taken = await session.execute(
        update(PrintJob)
        .where(col(PrintJob.id).in_(select(due.c.id)))
        .values(
            state=case((is_worn, PrintState.FAILED), else_=PrintState.MAKING),
            finished_at=case((is_worn, now), else_=None),
            attempt=PrintJob.attempt + 1,
            tries=PrintJob.tries + 1,
            done=0,
            worker=worker,
            next_at=lease,
        )
        .returning(PrintJob)
        .execution_options(synchronize_session=False)
    )
    job = taken.scalar_one_or_none()
    if job is None or job.state is PrintState.FAILED:
        return None
    return Claim(job.id, job.municipality_id, job.attempt, job.tries, job.product, dict(job.parameters), job.language)


async def hold(session: WriteSession, claim: Claim, *, lease: datetime, **changes: Any) -> None:
    """The worker lives and still has the job; `changes` are how far it is. Raises Lost."""
    await _change(session, claim, next_at=lease, **changes)


async def add_file(session: WriteSession, claim: Claim, made: Made, *, lease: datetime) -> None:
    """A file that will be in the store belongs to the job. Raises Lost."""
    await hold(session, claim, lease=lease)
    session.add(
        PrintFile(
            municipality_id=claim.municipality_id,
            job_id=claim.id,
            attempt=claim.attempt,
            name=made.name,
            media_type=made.media_type,
            file_key=FileStore.key_of(made.content),
            bytes=len(made.content),
            pages=made.pages,
        )
    )


async def finish(session: WriteSession, claim: Claim, *, now: datetime) -> None:
    """Everything is made. Raises Lost."""
    await _change(session, claim, state=PrintState.DONE, finished_at=now, trouble="", place="")


async def fail(session: WriteSession, claim: Claim, trouble: str, place: str, *, now: datetime) -> None:
    """Parked, with what somebody must mend. Raises Lost."""
    await _change(session, claim, state=PrintState.FAILED, finished_at=now, trouble=trouble[:600], place=place[:200])


async def give_back(session: WriteSession, claim: Claim, trouble: str, *, next_at: datetime, tries: int) -> None:
    """Back among those that wait: the worker stops, or the next try comes after a pause. Raises Lost."""
    await _change(session, claim, state=PrintState.WAITING, next_at=next_at, tries=tries, trouble=trouble[:600])


async def _change(session: WriteSession, claim: Claim, **values: Any) -> None:
    changed = await session.execute(
        update(PrintJob)
        .where(
            col(PrintJob.id) == claim.id,
            col(PrintJob.attempt) == claim.attempt,
            col(PrintJob.state) == PrintState.MAKING,
        )
        .values(values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        raise Lost
