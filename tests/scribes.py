"""The writing processes of a worker: found among its children."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_GONE = (FileNotFoundError, ProcessLookupError)


def scribes(owner: int) -> Iterator[int]:
    for task in Path(f"/proc/{owner}/task").iterdir():
        with suppress(*_GONE):  # a thread that ended meanwhile
            yield from filter(is_scribe, map(int, (task / "children").read_text().split()))


def is_scribe(process: int) -> bool:
    """Not any more when it is only waiting for somebody to ask how it ended."""
    try:
        return "server.core.scribe" in Path(f"/proc/{process}/cmdline").read_text()
    except _GONE:
        return False
