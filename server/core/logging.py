"""Structured logs: one JSON object a line, ids only, never an address, a body or a token."""

import json
import logging
import sys
from datetime import UTC, datetime
from socket import gaierror
from typing import Any

_OWN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """JSON escapes line ends, so nothing typed by a stranger can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "room": record.name,
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in record.__dict__.items() if key not in _OWN}
        if record.exc_info:
            error = record.exc_info[1]
            if (away := _away(error)) is not None:
                line["reason"] = away
            else:
                line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def _away(error: BaseException | None) -> str | None:
    """That the database does not answer, in a few words: it is said every moment as long as it lasts, and an hour of traces
    would push everything else out of the logs.
    """
    said = getattr(error, "orig", error)
    is_down = str(getattr(said, "sqlstate", "")).startswith(("08", "57P"))
    return f"{type(said).__name__}: {said}" if is_down or isinstance(said, ConnectionError | gaierror) else None


def start_logging(level: str) -> None:
    """Send every log line to standard error. Libraries speak only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for room in ("server", "workers"):
        logging.getLogger(room).setLevel(level)
