"""The mail worker's pen: thousands of small transactions a second, handed to the driver as they are, which costs a tenth
of the way through sessions. A pen writes; it never reads what somebody else is writing.
"""

import asyncio
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Self

PATIENCE = 10.0
"""Seconds until it is said that an SQLite file is locked."""
_FIRST_MOMENT, _LONGEST_MOMENT = 0.0003, 0.01  # a transaction of a pen takes a thousandth of a second


class NotWritten(Exception):
    """The database is away or busy. Whether the transaction held is not known."""


class Step(NamedTuple):
    """A statement with named parameters, and what stands for them, as the driver takes it."""

    words: str
    given: Mapping[str, Any]


class Pen(ABC):
    """Short transactions, written as one stroke on a connection that is kept."""

    is_sqlite: bool

    @abstractmethod
    async def write(self, *steps: Step) -> list[list[Any]]:
        """All of the steps or none: the rows each of them gives. Raises NotWritten."""

    @abstractmethod
    async def change(self, step: Step) -> int:
        """One statement alone: how many rows it changed. Raises NotWritten."""

    @abstractmethod
    async def close(self) -> None:
        """What was written stays."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()


class SqlitePen(Pen):
    """The whole transaction is one visit to the writing thread, which the loop does not wait for."""

    is_sqlite = True

    def __init__(self, path: str, hand: ThreadPoolExecutor, pragmas: Mapping[str, str]) -> None:
        self._path = path
        self._pragmas = pragmas
        self._hand = hand
        self._connection: sqlite3.Connection | None = None

    async def write(self, *steps: Step) -> list[list[Any]]:
        return await asyncio.get_running_loop().run_in_executor(self._hand, self._write, steps)

    async def change(self, step: Step) -> int:
        return await asyncio.get_running_loop().run_in_executor(self._hand, self._change, step)

    async def close(self) -> None:
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._hand, self._connection.close)
            self._connection = None

    def _write(self, steps: tuple[Step, ...]) -> list[list[Any]]:
        try:
            connection = self._opened()
            self._in_turn(Step("BEGIN IMMEDIATE", {}))
            try:
                found = [connection.execute(*step).fetchall() for step in steps]
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise
        except sqlite3.Error as error:
            raise NotWritten(str(error)) from error
        return found

    def _change(self, step: Step) -> int:
        """A transaction by itself: one call of the library, during which this thread needs Python's lock for nothing."""
        try:
            return self._in_turn(step).rowcount
        except sqlite3.Error as error:
            raise NotWritten(str(error)) from error

    def _in_turn(self, step: Step) -> sqlite3.Cursor:
        """While somebody else writes, try again soon: SQLite's own patience sleeps longer each time, and two workers of
        one file would spend their time asleep.
        """
        deadline, moment = time.monotonic() + PATIENCE, _FIRST_MOMENT
        while True:
            try:
                return self._opened().execute(*step)
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise
            time.sleep(moment)
            moment = min(1.1 * moment, _LONGEST_MOMENT)

    def _opened(self) -> sqlite3.Connection:
        self._connection = self._connection or self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for name, value in self._pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")
        connection.execute("PRAGMA busy_timeout=0")
        return connection


def is_busy(error: BaseException | None) -> bool:
    """Whether somebody else is writing to the SQLite file."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
