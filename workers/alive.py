"""Whether what runs on this machine is well: asked by the health check of a container."""

import asyncio
import urllib.request

from server.cli.opening import Refused, opened
from server.core.settings import settings
from server.mailings.heartbeats import MACHINE, living_workers

_PATIENCE = 8


async def look_at_web() -> None:
    """The web answers, and reaches its database. Raises Refused."""
    try:
        await asyncio.to_thread(_ask_web)
    except OSError as error:
        raise Refused(f"The web is not well: {error}") from error


async def look_at_workers() -> None:
    """A worker of this machine gave a sign of life lately. Raises Refused."""
    async with opened() as instance, instance.database.reading() as session:
        alive = await living_workers(session)
    if not any(f"-{MACHINE}-" in sign.name for signs in alive.values() for sign in signs):
        raise Refused("No worker of this machine gives a sign of life.")


def _ask_web() -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{settings().port}/health/database", timeout=_PATIENCE).close()
