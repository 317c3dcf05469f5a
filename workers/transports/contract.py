"""What the mail worker asks of a way out, and how a way out says that it cannot."""

from enum import StrEnum
from typing import NamedTuple, Protocol

from server.mailings.policies import Answer
from workers.transports.wire import Wire


class Trouble(StrEnum):
    """Why no line to the relay can be had. Says nothing about any message or person."""

    UNREACHABLE = "unreachable"
    REFUSES = "refuses"
    LOGIN = "login"
    TLS = "tls"
    CLEARTEXT = "cleartext"


class RelayDown(Exception):
    """No line can be opened. Nothing was sent; everything waits and is sent later."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble
        self.detail = detail


class LineLost(Exception):
    """The line broke, or nobody answered in time. After the dot nobody knows whether the message was taken."""

    def __init__(self, detail: str, *, after_dot: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.after_dot = after_dot


class Parcel(NamedTuple):
    """One message to one recipient."""

    sender: str
    recipient: str
    content: Wire


class Line(Protocol):
    """An open line to a relay. It carries one message at a time, and many one after another."""

    @property
    def carried(self) -> int:
        """How many messages it was asked to carry."""

    @property
    def is_usable(self) -> bool:
        """Whether another message may be tried on it."""

    @property
    def looks_ahead(self) -> bool:
        """Whether it is worth telling it what comes next."""

    async def carry(self, parcel: Parcel, ahead: Parcel | None = None) -> Answer:
        """One message, and the relay's definite answer. `ahead` is announced behind it: the next one to be carried, if
        the line lives. Nothing of its content leaves before it is carried itself. Raises LineLost.
        """

    async def close(self) -> None:
        """Say goodbye if there is somebody to say it to. Never raises."""


class Transport(Protocol):
    """A way out."""

    async def open(self) -> Line:
        """Raises RelayDown."""
