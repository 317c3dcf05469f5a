"""Answers that take the same time whatever was found: the clock must not tell who is known here."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def at_least(seconds: float) -> AsyncIterator[None]:
    """What is done inside takes `seconds`, also when it is refused; longer only if it cannot be done in less."""
    start = time.monotonic()
    try:
        yield
    finally:
        await asyncio.sleep(start + seconds - time.monotonic())
