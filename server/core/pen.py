"""The mail worker's pen: thousands of small transactions a second, handed to the driver as they are, which costs a tenth
of the way through sessions. A pen writes; it never reads what somebody else is writing.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

PATIENCE = 10.0
"""Seconds until it is said that an SQLite file is locked."""


class NotWritten(Exception):
    """The database is away or busy. Whether the transaction held is not known."""


class Step(NamedTuple):
    """A statement with named parameters, and what stands for them, as the driver takes it."""

    words: str
    given: Mapping[str, Any]


class Each(NamedTuple):
    """A statement done for each of many rows: their values stand for `?1`, `?2` and so on, then those they share.
    For SQLite alone: to PostgreSQL many rows come as one value.
    """

    words: str
    rows: Sequence[Sequence[Any]]
    shared: Sequence[Any]


class Pen(ABC):
    """Short transactions, written as one stroke on a connection that is kept."""

    is_sqlite: bool

    @abstractmethod
    async def write(self, *steps: Step | Each) -> list[list[Any]]:
        """All of the steps or none: the rows each of them gives; an `Each`, how many it changed. Raises NotWritten."""

    @abstractmethod
    async def close(self) -> None:
        """What was written stays."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()
