"""Things made ahead in a thread, the last one first: whoever comes to what is not made yet makes it, and nobody waits.

It pays where Python itself rests meanwhile, as in a signature, which OpenSSL makes.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Made = TypeVar("Made")


class Foresight(Generic[Asked, Made]):
    """`make` is called in a thread; what it refuses with a ValueError is left to whoever comes for it. At most `most`
    things are kept for takers that may never come.
    """

    def __init__(self, make: Callable[[Asked], Made], most: int) -> None:
        self._make = make
        self._most = most
        self._asked: dict[int, Asked] = {}
        self._made: dict[int, Made] = {}
        self._working: asyncio.Future[None] | None = None

    def ask(self, number: int, asked: Asked) -> None:
        """It will be taken by this number, after those that were asked for before."""
        self._asked[number] = asked
        if self._working is None or self._working.done():
            self._working = asyncio.get_running_loop().run_in_executor(None, self._work)

    def take(self, number: int) -> Made | None:
        """What was made, if it was; otherwise it need not be made any more."""
        self._asked.pop(number, None)
        return self._made.pop(number, None)

    async def close(self) -> None:
        """Nothing more is made."""
        self._asked.clear()
        if self._working is not None:
            await self._working

    def _work(self) -> None:
        while self._asked:
            if len(self._made) >= self._most:
                self._made.clear()
            with contextlib.suppress(KeyError, ValueError):  # KeyError: the last one was taken just now
                number, asked = self._asked.popitem()
                self._made[number] = self._make(asked)
