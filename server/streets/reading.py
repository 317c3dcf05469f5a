"""An address file read whole: its streets, their doors, and the rows that were left out. Pure."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.postal.abbreviations import spelt_out
from server.postal.address_file import AddressPoint, BadRow, NotAnAddressFile, read_address_file

_SHOWN = 50
DoorKey = tuple[int, str]


@dataclass
class ReadStreet:
    """A street of the file, and its doors: each one once, however many positions the file has of it."""

    name: str
    label: str
    doors: dict[DoorKey, AddressPoint] = field(default_factory=dict)


@dataclass
class Reading:
    """What an address file says. `bad` shows the first rows that are no addresses; `bad_rows` counts them all."""

    streets: dict[str, ReadStreet] = field(default_factory=dict)
    bad: list[tuple[int, Message]] = field(default_factory=list)
    bad_rows: int = 0
    elsewhere: int = 0

    @property
    def doors(self) -> int:
        return sum(len(street.doors) for street in self.streets.values())


def read_addresses(content: bytes, insee_code: str = "") -> Reading:
    """The addresses of `insee_code`, of the whole file if that is not known. Raises Invalid."""
    reading = Reading()
    try:
        points = list(_good(read_address_file(io.BytesIO(content)), reading, insee_code))
    except NotAnAddressFile as error:
        raise Invalid({"file": error.message}) from error
    if not points:
        words = sentence("No row of this file is an address of the commune. Check its INSEE code in the settings.")
        raise Invalid({"file": words})
    twice = _names_in_two_districts(points)
    for point in points:
        name = f"{point.street} ({point.district})" if spelt_out(point.street) in twice else point.street
        street = reading.streets.setdefault(spelt_out(name), ReadStreet(name[:120], point.label[:60]))
        door = (point.number, point.repetition)
        if door not in street.doors or street.doors[door].place is None:
            street.doors[door] = point
    return reading


def _good(rows: Iterable[AddressPoint | BadRow], reading: Reading, insee_code: str) -> Iterable[AddressPoint]:
    for row in rows:
        if isinstance(row, BadRow):
            reading.bad_rows += 1
            if len(reading.bad) < _SHOWN:
                reading.bad.append((row.line, row.reason))
        elif insee_code and row.insee_code != insee_code:
            reading.elsewhere += 1
        else:
            yield row


def _names_in_two_districts(points: Iterable[AddressPoint]) -> set[str]:
    """Streets that are called the same in two former communes are two streets."""
    districts: dict[str, set[str]] = {}
    for point in points:
        districts.setdefault(spelt_out(point.street), set()).add(point.district)
    return {key for key, found in districts.items() if len(found) > 1 and all(found)}
