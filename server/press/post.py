"""Postal lines on their way to paper: how long they may be, and those that do not fit, each with its place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from server.core.i18n import sentence, sentences
from server.press.errors import PressError

Lines = Sequence[str]
"""The lines of one address, as `server.postal` makes them: nothing is changed here."""

MOST_LINES = 7  # a country is the seventh
PITCH_MM = 2.124  # a letter of 10 pt in the face of constant pitch: 12 to an inch


@dataclass(frozen=True, slots=True)
class Misfit:
    """A line that has no room: the address and the line are counted from one."""

    address: int
    line: int
    text: str
    room: int


class LinesDoNotFit(PressError):
    """Nothing was printed: a line is never cut. All of them are listed, to be corrected at once."""

    code = "line_too_long"

    def __init__(self, product: str, found: Sequence[Misfit]) -> None:
        self.misfits = tuple(found)
        first = found[0]
        message = sentences(
            "{count} line does not fit, in address {address}: “{text}” has more than {room} characters.",
            "{count} lines do not fit; the first, in address {address}: “{text}” has more than {room} characters.",
            count=len(found),
            address=first.address,
            text=first.text[:60],
            room=first.room,
        )
        super().__init__(message, product, f"address {first.address}, line {first.line}")


class NoAddress(PressError):
    """A sheet without an address is paper lost."""

    code = "no_address"

    def __init__(self, product: str) -> None:
        super().__init__(sentence("There is no address to print."), product, "address")


def misfits(addresses: Iterable[Lines], room: int, first: int = 1) -> list[Misfit]:
    """The lines longer than `room` characters, and those below the last line there is room for."""
    return [
        Misfit(number, at, text, room)
        for number, lines in enumerate(addresses, start=first)
        for at, text in enumerate(lines, start=1)
        if len(text) > room or at > MOST_LINES
    ]


def checked(product: str, addresses: Sequence[Lines], room: int) -> None:
    """Raises LinesDoNotFit, or NoAddress."""
    if not addresses:
        raise NoAddress(product)
    if found := misfits(addresses, room):
        raise LinesDoNotFit(product, found)


def in_chunks(addresses: Sequence[Lines], first_size: int, size: int) -> Iterator[tuple[int, list[Lines]]]:
    """So many at a time, each with the number of its first address."""
    rest = iter(addresses)
    first, chunk = 1, list(islice(rest, first_size))
    while chunk:
        yield first, chunk
        first += len(chunk)
        chunk = list(islice(rest, size))
