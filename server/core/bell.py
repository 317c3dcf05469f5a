"""A bell between processes: whoever waits for work hears that there may be some, and does not lie in wait for it.

A lost connection rings no bell, and what becomes due with time neither: whoever waits also looks for himself now and then.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CHANNEL = "tambour"
"""Where PostgreSQL rings."""


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
