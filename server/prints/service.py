"""Use cases of the print jobs: ask for one, ask again for one that failed, forget old ones."""

import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import CursorResult, delete, update
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
"""Longer than a job at work has stored a file that its row does not name yet."""
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
    """Jobs that ended two weeks ago, and their files unless a later job made the same ones."""
    now = clock.now()
    ended = select(col(PrintJob.id)).where(col(PrintJob.finished_at) < now - KEPT).limit(_AT_ONCE)
    place = (col(PrintFile.municipality_id), col(PrintFile.file_key))
    async with database.writing() as session:
        ids = (await session.scalars(ended)).all()
        keys = set(await session.execute(select(*place).where(col(PrintFile.job_id).in_(ids))))
        await session.execute(delete(PrintFile).where(col(PrintFile.job_id).in_(ids)))
        await session.execute(delete(PrintJob).where(col(PrintJob.id).in_(ids)))
        for municipality_id, key in keys:
            same = select(col(PrintFile.id)).where(place[0] == municipality_id, place[1] == key).limit(1)
            if (await session.scalars(same)).one_or_none() is None:
                files.remove_old(municipality_id, key, before=now - _GRACE)


async def forget_names(session: WriteSession, municipality_id: int) -> None:
    """Somebody was erased: whatever was printed with people's names goes as soon as no job can still be writing it."""
    due = clock.now() - KEPT + _GRACE
    named = update(PrintJob).where(
        col(PrintJob.municipality_id) == municipality_id,
        col(PrintJob.product).in_(codes_that_name_people()),
        col(PrintJob.finished_at) > due,
    )
    await session.execute(named.values(finished_at=due).execution_options(synchronize_session=False))
