"""The pen on PostgreSQL. Loaded only where PostgreSQL is: its driver weighs three megabytes."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import asyncpg

from server.core.pen import Each, NotWritten, Pen, Step

# A pen's statements name their rows by key. A plan that was prepared on an empty table must not walk a full one later.
# And a pen lets go of what it holds rather than wait long for somebody who may be waiting for it: it is the one who
# writes the same again, and it does so before PostgreSQL (after a second) chooses whom to stop.
_PEN_SETTINGS = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
    "lock_timeout": "200ms",
}


class PostgresPen(Pen):
    """One statement is its own transaction; statements are prepared once a connection."""

    is_sqlite = False

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()

    async def write(self, *steps: Step | Each) -> list[list[Any]]:
        async with self._turn:
            try:
                return await _write(await self._connected(), steps)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
                if not isinstance(error, asyncpg.PostgresError):
                    await self.close()
                # The driver's own words may hold values, and those may be people's.
                raise NotWritten(f"{type(error).__name__} {getattr(error, 'sqlstate', '')}") from None
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(**self._arguments, server_settings=_PEN_SETTINGS)
        return self._connection


async def _write(connection: asyncpg.Connection, steps: Sequence[Step | Each]) -> list[list[Any]]:
    """A statement alone is a transaction by itself, and one journey to the server instead of three."""
    if len(steps) <= 1:
        return [await _ask(connection, step) for step in steps]
    async with connection.transaction():
        return [await _ask(connection, step) for step in steps]


async def _ask(connection: asyncpg.Connection, step: Step | Each) -> list[Any]:
    assert isinstance(step, Step), "rows come to PostgreSQL as one value"
    words, names = _numbered(step.words)
    found: list[Any] = await connection.fetch(words, *(step.given[name] for name in names))
    return found


@cache
def _numbered(words: str) -> tuple[str, tuple[str, ...]]:
    """The statement with `$1` for its first name, and so on, and the names in that order."""
    names = tuple(dict.fromkeys(re.findall(r"(?<![:\w]):(\w+)", words)))
    for place, name in enumerate(names, 1):
        words = re.sub(rf"(?<![:\w]):{name}\b", f"${place}", words)
    return words, names
