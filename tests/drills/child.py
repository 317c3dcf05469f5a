"""Workers in processes of their own, so that a drill may kill them: of the mail, with what it said in a file; of imports."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from server.core.database import Database
from server.core.logging import start_logging
from server.core.secrets import Secrets
from server.residents import import_work
from server.residents.importing import staged_rows
from tests.workers import child


def work(url: str, secret: bytes, port: int, crash_at: str, name: str, lines: int, log: str) -> None:
    """Send to the sink on `port` until killed."""
    start_logging("DEBUG")
    handler = logging.FileHandler(Path(log))
    handler.setFormatter(logging.getLogger().handlers[0].formatter)
    logging.getLogger().addHandler(handler)
    child.work(url, secret, port, crash_at, name, lines, lease=1.5)


def bring_in(url: str, secret: bytes, row: int, statement: int, piece: int) -> None:
    """Take an import a step further, `piece` rows at a time; killed at that row or statement, if there is one."""
    import_work._PIECE = piece

    def dying(*given: Any) -> Iterator[Any]:
        for number, one in enumerate(staged_rows(*given), 1):
            if number == row:
                os.kill(os.getpid(), signal.SIGKILL)
            yield one

    database, executed = Database(url), count(1)

    def count_down(*_given: Any) -> None:
        if next(executed) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine.sync_engine, "after_cursor_execute", count_down)
    with patch.object(import_work, "staged_rows", dying):
        asyncio.run(import_work.advance_imports(database, Secrets(secret)))
