"""A bell between processes: whoever waits for work hears that there may be some, and does not lie in wait for it.

PostgreSQL has NOTIFY for it; SQLite has not, but each commit changes a number that costs a few microseconds to read. A lost
connection rings no bell, and what becomes due with time neither: whoever waits also looks for himself now and then.
"""

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

CHANNEL = "tambour"
_BLINK = 0.05  # seconds


class Bell(ABC):
    """One for all who listen in a process; it hangs for as long as somebody does."""

    def __init__(self) -> None:
        self._ears: set[Callable[[], None]] = set()
        self._hanging: asyncio.Task[None] | None = None

    @contextmanager
    def heard_by(self, ear: Callable[[], None]) -> Iterator[None]:
        """`ear` is called at each stroke while the block runs."""
        self._ears.add(ear)
        self._hanging = self._hanging or asyncio.create_task(self._hang())
        try:
            yield
        finally:
            self._ears.discard(ear)
            if not self._ears and self._hanging is not None:
                self._hanging.cancel()
                self._hanging = None

    @abstractmethod
    async def _hang(self) -> None:
        """Strike at once, for what came before, and then whenever there is a reason, until cancelled."""

    def _strike(self) -> None:
        for ear in self._ears:
            ear()


class FileBell(Bell):
    """Strikes when somebody has written to an SQLite file, whoever it was."""

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
