"""The clock: periodic work found by looking. A chore asks the database what is due; a missed tick is only a late one."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from server.core.database import Database
from server.core.secrets import Secrets

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """Something to look after every so often. It may run late, twice, or in two processes at once."""

    name: str
    run: Callable[[Database, Secrets], Awaitable[None]]
    every: float
    """Seconds."""


async def run_chores(chores: Sequence[Chore], database: Database, secrets: Secrets, stop: asyncio.Event) -> None:
    """Each chore in its own time until `stop`. One that fails is logged, and tried again when its turn comes."""
    loop = asyncio.get_running_loop()
    due = {chore.name: loop.time() for chore in chores}
    while not stop.is_set():
        for chore in chores:
            if due[chore.name] <= loop.time() and not stop.is_set():
                await _run(chore, database, secrets)
                due[chore.name] = loop.time() + chore.every
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), max(0.0, min(due.values()) - loop.time()))


async def _run(chore: Chore, database: Database, secrets: Secrets) -> None:
    try:
        await chore.run(database, secrets)
    except Exception:  # a broken chore must not stop the others, whatever broke
        log.exception("a chore failed", extra={"chore": chore.name})
