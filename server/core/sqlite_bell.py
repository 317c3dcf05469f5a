"""The bell on SQLite, which tells nobody anything: but each commit changes a number that costs a few microseconds to read."""

import asyncio
import sqlite3
from contextlib import closing, suppress

from server.core.bell import Bell

_BLINK = 0.05  # seconds


class SqliteBell(Bell):
    """Strikes when somebody has written to the file, whoever it was."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    async def _hang(self) -> None:
        with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as watching:
            seen = 0
            while True:
                with suppress(sqlite3.Error):  # somebody has it for himself: look again
                    (number,) = watching.execute("PRAGMA data_version").fetchone()
                    if number != seen:
                        seen = number
                        self._strike()
                await asyncio.sleep(_BLINK)
