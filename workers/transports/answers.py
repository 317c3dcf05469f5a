"""What a relay says, read as it comes: bounded in size and in time, each answer in its turn."""

import asyncio
import re
from collections import deque
from typing import NamedTuple

_ROOM = 4_096
_MOST_UNREAD = 32_768
"""No honest answer is as long."""


_LINE = re.compile(rb"[2-5]\d\d(?:[ \r-]|\Z)")
_MORE = ord("-")


class Said(NamedTuple):
    """A code and its words; the lines of a long answer are joined."""

    code: int
    text: str


class Silence(Exception):
    """No answer came, or none that could be understood. The sentence says what happened instead."""


class Listener(asyncio.BufferedProtocol):
    """Takes a connected transport over. Answers come out in the order in which they were said."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._room = memoryview(bytearray(_ROOM))
        self._unread = b""
        self._seen = 0
        self._said: deque[Said] = deque()
        self._asking: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._awaited = 0
        self._end = ""
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        return not self._end and not self._transport.is_closing()

    def say(self, words: bytes, answers: int) -> None:
        """Send `words`, to which so many answers are expected. Raises Silence."""
        if not self.is_open:
            raise Silence(self._end or "the line is closed")
        self._awaited += answers
        self._transport.write(words)

    async def hear(self, seconds: float) -> Said:
        """The next answer. Raises Silence when it does not come in time; then the line is of no use any more."""
        while not self._said:
            if self._end:
                raise Silence(self._end)
            self._asking = self._loop.create_future()
            self._watch(seconds)
            try:
                await self._asking
            finally:
                self._asking = None
                self._deadline = 0.0
        return self._said.popleft()

    def hang_up(self, reason: str = "the line is closed") -> None:
        """At once, without a word."""
        self._finish(reason)
        self._transport.abort()

    async def part(self, seconds: float) -> None:
        """Say goodbye, and wait a little for the other side to say it too."""
        try:
            if self.is_open and not self._awaited:
                self.say(b"QUIT\r\n", 1)
                await self.hear(seconds)
        except Silence:
            pass
        finally:
            self._finish("the line is closed")
            self._transport.close()

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        self._unread += self._room[:nbytes]
        try:
            self._read()
        except ValueError as error:
            self.hang_up(str(error))
        if self._said and self._asking is not None and not self._asking.done():
            self._asking.set_result(None)

    def eof_received(self) -> bool:
        self._finish("the relay hung up")
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._finish(f"the line broke: {error}" if error else "the relay hung up")

    def _read(self) -> None:
        """Whole answers out of what has come. Raises ValueError at what is none."""
        unread, start = self._unread, 0
        while (end := unread.find(b"\n", self._seen)) >= 0:
            begin, self._seen = self._seen, end + 1
            if not _LINE.match(unread, begin, end):
                raise ValueError("this is no answer of a relay")
            if unread[begin + 3] == _MORE:
                continue
            words = unread[begin + 4 : end].strip() if begin == start else _joined(unread[start:end])
            self._hear(Said(int(unread[begin : begin + 3]), words.decode("utf-8", "replace")))
            start = self._seen
        self._unread = unread[start:]
        self._seen -= start
        if len(self._unread) > _MOST_UNREAD:
            raise ValueError("the relay's answer does not end")

    def _hear(self, said: Said) -> None:
        if not self._awaited:
            # Nobody asked: it takes its leave, or the two of us are out of step.
            raise ValueError(f"the relay said by itself: {said.code} {said.text}")
        self._awaited -= 1
        self._said.append(said)

    def _finish(self, reason: str) -> None:
        self._end = self._end or reason
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._asking is not None and not self._asking.done():
            self._asking.set_result(None)

    def _watch(self, seconds: float) -> None:
        """One alarm a line, set anew only when it rings too early: answers usually come at once."""
        self._deadline = self._loop.time() + seconds
        if self._alarm is None or self._alarm.when() > self._deadline:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if not self._deadline:
            return
        if self._loop.time() >= self._deadline:
            self.hang_up("the relay did not answer in time")
        else:
            self._alarm = self._loop.call_at(self._deadline, self._ring)


def _joined(lines: bytes) -> bytes:
    """The words of an answer of several lines."""
    return b"\n".join(line[4:].strip() for line in lines.split(b"\n"))
