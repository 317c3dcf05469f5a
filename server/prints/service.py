"""Use cases of the print jobs: ask for one, ask again for one that failed, forget old ones."""

import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.errors import Conflict
from server.core.files import FileStore
from server.core.i18n import LANGUAGES, sentence
from server.prints.models import PrintFile, PrintJob, PrintState
from server.prints.products import codes_that_name_people, product_of
from server.prints.queries import get_print

KEPT = timedelta(days=14)
"""A round's pack is printed again when it was rained on; after two weeks it is made anew."""
_GRACE = timedelta(hours=1)
"""Longer than a job at work needs to store a file that its row names already."""
_AT_ONCE = 100


async def ask_print(
    session: WriteSession,
    municipality_id: int,
    actor: Actor | None,
    product: str,
    parameters: Mapping[str, Any],
    *,
    title: str = "",
    origin: str = "",
    is_urgent: bool = False,
) -> PrintJob:
    """A job for the render worker; without `actor` the clock asked. The same one asked for again before it is begun is the same job."""
    asked = json.dumps([product, dict(parameters)], sort_keys=True)
    now = clock.now()
    values = {
        "municipality_id": municipality_id,
        "product": product,
        "title": (title or str(product_of(product).name))[:200],
        "origin": origin,
        "parameters": dict(parameters),
        "fingerprint": sha256(asked.encode()).hexdigest(),
        "language": actor.language if actor else LANGUAGES[0],
        "is_urgent": is_urgent,
        "state": PrintState.WAITING,
        "next_at": now,
        "asked_by_id": actor.account_id if actor else None,
        "asked_at": now,
        **dict.fromkeys(("done", "total", "attempt", "tries"), 0),
        **dict.fromkeys(("worker", "trouble", "place"), ""),
    }
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(insert(PrintJob).values(values).on_conflict_do_nothing())
    query = select(PrintJob).where(
        col(PrintJob.municipality_id) == municipality_id, col(PrintJob.fingerprint) == values["fingerprint"]
    )
    return (await session.scalars(query.order_by(col(PrintJob.id).desc()).limit(1))).one()


async def ask_again(session: WriteSession, municipality_id: int, actor: Actor, print_id: int) -> PrintJob:
    """A job that failed is tried once more from the start. Raises Conflict if it has not failed."""
    job = await get_print(session, municipality_id, actor, print_id)
    moved = await session.execute(
        update(PrintJob)
        .where(col(PrintJob.id) == job.id, col(PrintJob.state) == PrintState.FAILED)
        .values(state=PrintState.WAITING, tries=0, done=0, next_at=clock.now(), trouble="", place="", finished_at=None)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        raise Conflict(sentence("This job has not failed: look at its state before you act."), "print_moved")
    await session.refresh(job)
    return job


async def forget_prints(database: Database, files: FileStore) -> None:
    """Jobs that ended two weeks ago, and their files unless a later job made the same ones; what was made in vain."""
    now = clock.now()
    ended = select(col(PrintJob.id)).where(col(PrintJob.finished_at) < now - KEPT).limit(_AT_ONCE)
    file = (col(PrintFile.id), col(PrintFile.municipality_id), col(PrintFile.file_key))
    in_vain = select(*file).join(PrintJob, col(PrintJob.id) == col(PrintFile.job_id))
    async with database.writing() as session:
        ids = (await session.scalars(ended)).all()
        gone = list(await session.execute(select(*file).where(col(PrintFile.job_id).in_(ids))))
        gone += [
            row
            for row in await session.execute(in_vain.where(col(PrintFile.attempt) < col(PrintJob.attempt)))
            if files.is_older(row[1], row[2], than=now - _GRACE)
        ]
        await session.execute(delete(PrintFile).where(col(PrintFile.id).in_([row[0] for row in gone])))
        await session.execute(delete(PrintJob).where(col(PrintJob.id).in_(ids)))
        for municipality_id, key in {(row[1], row[2]) for row in gone}:
            same = select(col(PrintFile.id)).where(file[1] == municipality_id, file[2] == key).limit(1)
            if (await session.scalars(same)).one_or_none() is None:
                files.remove_old(municipality_id, key, before=now - _GRACE)


async def forget_names(session: WriteSession, municipality_id: int) -> None:
    """Somebody was erased: whatever was printed with people's names goes as soon as no job can still be writing it.

    What is being made is made anew; what waits is taken by no worker before the erasure holds.
    """
    named = (col(PrintJob.municipality_id) == municipality_id, col(PrintJob.product).in_(codes_that_name_people()))
    await session.execute(select(col(PrintJob.id)).where(*named, _is(PrintState.WAITING)).with_for_update())
    anew = update(PrintJob).where(*named, _is(PrintState.MAKING))
    begins = {"state": PrintState.WAITING, "attempt": PrintJob.attempt + 1, "tries": 0, "done": 0}
    await session.execute(anew.values(**begins, next_at=clock.now()).execution_options(synchronize_session=False))
    due = clock.now() - KEPT + _GRACE
    over = update(PrintJob).where(*named, col(PrintJob.finished_at) > due).values(finished_at=due)
    await session.execute(over.execution_options(synchronize_session=False))


def _is(state: PrintState) -> ColumnElement[bool]:
    return col(PrintJob.state) == state
