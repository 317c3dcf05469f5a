"""Waiting for a database that is locked or away: again and again, slower each time, up to a limit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from server.core.pen import NotWritten

log = logging.getLogger(__name__)

DATABASE_AWAY = (SQLAlchemyError, NotWritten, OSError)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0

Result = TypeVar("Result")


async def patiently(attempt: Callable[[], Awaitable[Result]], patience: timedelta) -> Result:
    """The result of `attempt`, tried until it succeeds. After `patience` its last failure is raised."""
    loop = asyncio.get_running_loop()
    pause, deadline = _FIRST_PAUSE, loop.time() + patience.total_seconds()
    while True:
        try:
            return await attempt()
        except DATABASE_AWAY as error:
            if loop.time() + pause > deadline:
                raise
            log.warning("the database does not answer, trying again", extra=reason(error))
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def reason(error: Exception) -> dict[str, str]:
    """For the log: while the database is away there is a line several times a second."""
    return {"reason": f"{type(error).__name__}: {error}".partition("\n")[0]}
