"""The pen of SQLite: its hand is a thread, or for a worker in earnest a process of its own.

A thread that writes stands in line for Python's lock before and after each call of the library, and so does the loop beside
it: a fifth of all that a sending takes. A process (`scribe`) has its own.
"""

import asyncio
import socket
import sys
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from server.core.pen import Each, NotWritten, Pen, Step
from server.core.scribe import SIZE, as_word, from_word
from server.core.sqlite_hand import SqliteHand

_CODE = Path(__file__).parents[2]
_REST = 30.0  # seconds without work until the scribe is let go
_ROOM = 65_536


class ThreadPen(Pen):
    """The whole transaction is one visit to the writing thread, which the loop does not wait for."""

    is_sqlite = True

    def __init__(self, path: str, thread: ThreadPoolExecutor, pragmas: Mapping[str, str]) -> None:
        self._thread = thread
        self._hand = SqliteHand(path, pragmas)

    async def write(self, *steps: Step | Each) -> list[list[Any]]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._hand.write, steps)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._hand.close)


class ScribePen(Pen):
    """All pens of a process share one scribe: SQLite has one writer at a time."""

    is_sqlite = True

    def __init__(self, scribe: "Scribe") -> None:
        self._scribe = scribe

    async def write(self, *steps: Step | Each) -> list[list[Any]]:
        return await self._scribe.write(steps)

    async def close(self) -> None:
        """The scribe leaves by itself."""


class Scribe:
    """The writing process as its owner sees it: born with the first request, let go when idle."""

    def __init__(self, path: str, pragmas: Mapping[str, str]) -> None:
        self._about = {"path": str(Path(path).absolute()), "pragmas": dict(pragmas)}
        self._opening = asyncio.Lock()
        self._talk: _Talk | None = None
        self._used_at = 0.0

    async def write(self, steps: tuple[Step | Each, ...]) -> list[list[Any]]:
        """As `Pen.write`."""
        async with self._opening:
            talk = self._talk
            if talk is None or talk.is_over:
                talk = self._talk = await self._born()
        self._used_at = asyncio.get_running_loop().time()
        return await talk.ask(as_word([tuple(step) for step in steps]))

    def close(self) -> None:
        """It writes what it was asked for, and leaves."""
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.end()

    async def _born(self) -> "_Talk":
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with theirs:
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server.core.scribe", stdin=theirs.fileno(), stdout=theirs.fileno(), cwd=_CODE
            )
        ours.setblocking(False)
        _, talk = await loop.create_connection(_Talk, sock=ours)
        talk.tell(as_word(self._about))
        loop.call_later(_REST, self._rest)
        return talk

    def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() - self._used_at > _REST:
            self.close()
        elif self._talk is not None:
            loop.call_later(_REST, self._rest)


class _Talk(asyncio.BufferedProtocol):
    """One scribe's line: it answers in the order in which it is asked."""

    def __init__(self) -> None:
        self.is_over = False
        self._room = memoryview(bytearray(_ROOM))
        self._heard = b""
        self._waiting: deque[asyncio.Future[list[list[Any]]]] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def tell(self, word: bytes) -> None:
        self._transport.write(word)

    def ask(self, word: bytes) -> asyncio.Future[list[list[Any]]]:
        answer: asyncio.Future[list[list[Any]]] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        self.tell(word)
        return answer

    def end(self) -> None:
        self.is_over = True
        self._transport.write_eof()

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        self._heard += self._room[:nbytes]
        while len(self._heard) >= (end := SIZE + int.from_bytes(self._heard[:SIZE])) > SIZE:
            word, self._heard = self._heard[SIZE:end], self._heard[end:]
            self._hear(*from_word(word))

    def _hear(self, is_written: bool, found: Any) -> None:
        answer = self._waiting.popleft()
        if answer.done():
            return
        if is_written:
            answer.set_result(found)
        else:
            answer.set_exception(NotWritten(found))

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_over = True
        for answer in self._waiting:
            if not answer.done():
                answer.set_exception(NotWritten("the writing process ended"))
