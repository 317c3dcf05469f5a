"""The writing processes of a worker: found among its children."""

from collections.abc import Iterator
from pathlib import Path


def scribes(owner: int) -> Iterator[int]:
    for task in Path(f"/proc/{owner}/task").iterdir():
        for child in (task / "children").read_text().split():
            if is_scribe(int(child)):
                yield int(child)


def is_scribe(process: int) -> bool:
    """Not any more when it is only waiting for somebody to ask how it ended."""
    try:
        return "server.core.scribe" in Path(f"/proc/{process}/cmdline").read_text()
    except FileNotFoundError:
        return False
