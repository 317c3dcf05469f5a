"""A mail worker in a process of its own that logs to a file, so that a drill may kill it and read what it said."""

import logging
from pathlib import Path

from server.core.logging import start_logging
from tests.workers import child


def work(url: str, secret: bytes, port: int, crash_at: str, name: str, lines: int, log: str) -> None:
    """Send to the sink on `port` until killed."""
    start_logging("DEBUG")
    handler = logging.FileHandler(Path(log))
    handler.setFormatter(logging.getLogger().handlers[0].formatter)
    logging.getLogger().addHandler(handler)
    child.work(url, secret, port, crash_at, name, lines)
