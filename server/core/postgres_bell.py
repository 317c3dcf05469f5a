"""The bell on PostgreSQL: LISTEN on a connection of its own. Loaded only where PostgreSQL is, as its pen."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import asyncpg

from server.core.bell import CHANNEL, Bell

log = logging.getLogger(__name__)
_AGAIN = 5.0  # seconds until a lost connection is tried again: those who wait look for themselves meanwhile


class PostgresBell(Bell):
    """Strikes when a transaction that rang has been committed."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        super().__init__()
        self._arguments = arguments

    async def _hang(self) -> None:
        while True:
            try:
                await self._listen()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                log.info("no bell for a while", extra={"reason": type(error).__name__})
            await asyncio.sleep(_AGAIN)

    async def _listen(self) -> None:
        """Until the connection ends."""
        connection = await asyncpg.connect(**self._arguments)
        try:
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _connection: ended.set())
            await connection.add_listener(CHANNEL, lambda *_stroke: self._strike())
            self._strike()
            await ended.wait()
        finally:
            connection.terminate()
