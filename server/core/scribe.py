"""The writing process of SQLite's pens, `python -m server.core.scribe`: a request, an answer, and so on.

It ends when its owner hangs up or dies, and never in the midst of a transaction: signals are for its owner.
"""

import contextlib
import marshal
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

from server.core.pen import Each, NotWritten, Step
from server.core.sqlite_hand import SqliteHand

SIZE = 4  # bytes before each word, which say how long it is


def as_word(thing: Any) -> bytes:
    """What owner and scribe say to each other: they are one program, and run by one Python."""
    said = marshal.dumps(thing)
    return len(said).to_bytes(SIZE) + said


def from_word(said: bytes) -> Any:
    """The same without its size."""
    return marshal.loads(said)  # noqa: S302  # it comes from the other half of this program, over a pair of sockets


def _heard(hear: Callable[[int], bytes]) -> Any:
    """None when the other one has hung up."""
    size = hear(SIZE)
    return from_word(hear(int.from_bytes(size))) if size else None


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    nobody_to_tell = contextlib.suppress(ConnectionError, EOFError)  # the owner was killed in the midst of a word
    with nobody_to_tell, socket.socket(fileno=sys.stdin.fileno()) as owner, owner.makefile("rwb") as talk:
        hand = SqliteHand(**_heard(talk.read))
        while (request := _heard(talk.read)) is not None:
            talk.write(as_word(_answer(hand, request)))
            talk.flush()
        hand.close()


def _answer(hand: SqliteHand, request: Sequence[Any]) -> tuple[bool, Any]:
    """Whether it was written, and what was found or why not."""
    steps = [Step(*one) if isinstance(one[1], dict) else Each(*one) for one in request]
    try:
        return True, hand.write(steps)
    except NotWritten as error:
        return False, str(error)


if __name__ == "__main__":
    main()
