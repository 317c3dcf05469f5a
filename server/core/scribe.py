"""The writing process of SQLite's pens, `python -m server.core.scribe`: a request a line, an answer a line.

It ends when its owner hangs up or dies, and never in the midst of a transaction: signals are for its owner.
"""

import contextlib
import json
import signal
import socket
import sys
from typing import Any

from server.core.pen import Each, NotWritten, Step
from server.core.sqlite_hand import SqliteHand


def as_line(thing: Any) -> bytes:
    """What owner and scribe say to each other."""
    return json.dumps(thing, separators=(",", ":")).encode() + b"\n"


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    is_gone = contextlib.suppress(ConnectionError)  # killed with a question on the line: there is nobody to tell
    with is_gone, socket.socket(fileno=sys.stdin.fileno()) as owner, owner.makefile("rwb") as talk:
        hand = SqliteHand(**json.loads(talk.readline()))
        for request in talk:
            talk.write(as_line(_answer(hand, request)))
            talk.flush()
        hand.close()


def _answer(hand: SqliteHand, request: bytes) -> tuple[bool, Any]:
    """Whether it was written, and what was found or why not."""
    steps = [Step(*one) if isinstance(one[1], dict) else Each(*one) for one in json.loads(request)]
    try:
        return True, hand.write(steps)
    except NotWritten as error:
        return False, str(error)


if __name__ == "__main__":
    main()
