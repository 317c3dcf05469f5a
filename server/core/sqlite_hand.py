"""Writing into an SQLite file, waiting for it: what a pen does in a thread or in a process of its own."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from server.core.pen import PATIENCE, Each, NotWritten, Step

_FIRST_MOMENT, _LONGEST_MOMENT = 0.0003, 0.01  # a transaction of a pen takes a thousandth of a second


class SqliteHand:
    """One connection, opened when it is first used."""

    def __init__(self, path: str, pragmas: Mapping[str, str]) -> None:
        self._path = path
        self._pragmas = pragmas
        self._connection: sqlite3.Connection | None = None

    def write(self, steps: Sequence[Step | Each]) -> list[list[Any]]:
        """As `Pen.write`."""
        with self._transaction() as connection:
            return [_write(connection, step) for step in steps]

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connection = self._connection or self._open()
            _begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise
        except sqlite3.Error as error:
            raise NotWritten(str(error)) from error
        except (ValueError, OverflowError) as error:  # its words may hold values, and those may be people's
            raise NotWritten(type(error).__name__) from None

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for name, value in self._pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")
        connection.execute("PRAGMA busy_timeout=0")
        return connection


def _write(connection: sqlite3.Connection, step: Step | Each) -> list[Any]:
    if isinstance(step, Step):
        return connection.execute(*step).fetchall()
    return [(connection.executemany(step.words, ((*row, *step.shared) for row in step.rows)).rowcount,)]


def _begin(connection: sqlite3.Connection) -> None:
    """While somebody else writes, try again soon: SQLite's own patience sleeps longer each time, and two workers of one
    file would spend their time asleep.
    """
    deadline, moment = time.monotonic() + PATIENCE, _FIRST_MOMENT
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(moment)
        moment = min(1.1 * moment, _LONGEST_MOMENT)


def is_busy(error: BaseException | None) -> bool:
    """Whether somebody else is writing to the SQLite file."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
