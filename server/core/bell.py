"""A bell between processes: whoever waits for work hears that there may be some, and does not lie in wait for it.

A stroke may go unheard: the connection was lost, or it came in the same blink as the one before. So whoever waits also looks
for himself now and then. PostgreSQL has NOTIFY for it; SQLite has not, but its log changes with each commit.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CHANNEL = "tambour"
_BLINK = 0.02  # seconds


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


class LogBell(Bell):
    """Strikes when anything was written to an SQLite file, whoever did it."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._log = Path(f"{path}-wal")

    async def _hang(self) -> None:
        seen = self._mark()
        self._strike()
        while True:
            await asyncio.sleep(_BLINK)
            if (mark := self._mark()) != seen:
                seen = mark
                self._strike()

    def _mark(self) -> tuple[int, int]:
        try:
            found = self._log.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size
