"""The commune's address file, row by row: the national base's CSV (BAN) or the commune's own (BAL 1.3 and 1.4)."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from server.core.i18n import Message, sentence
from server.postal.doors import as_repetition

_NO_NUMBER = "99999"
_LONGEST_NAME = 120
# What we read is called what, there; those in the second table may be missing.
_BAN: Mapping[str, str] = {
    "street": "nom_voie",
    "number": "numero",
    "repetition": "rep",
    "insee_code": "code_insee",
    "commune": "nom_commune",
    "postcode": "code_postal",
    "lon": "lon",
    "lat": "lat",
}
_BAN_MORE: Mapping[str, str] = {
    "district": "nom_ancienne_commune",
    "post_town": "libelle_acheminement",
    "label": "nom_afnor",
}
_BAL: Mapping[str, str] = {
    "street": "voie_nom",
    "number": "numero",
    "repetition": "suffixe",
    "insee_code": "commune_insee",
    "commune": "commune_nom",
    "lon": "long",
    "lat": "lat",
}
_BAL_MORE: Mapping[str, str] = {
    "district": "commune_deleguee_nom",
    "postcode": "code_postal",
    "post_town": "libelle_acheminement",
    "label": "nom_afnor",
}


class NotAnAddressFile(Exception):
    """The file is neither of the two formats; the sentence says what to bring instead."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.msgid)
        self.message = message


@dataclass(frozen=True, slots=True)
class AddressPoint:
    """One door. `number` is 0 where a hamlet or a street has none; BAL files know no postcode."""

    street: str
    number: int
    repetition: str
    insee_code: str
    commune: str
    district: str = ""
    """The former commune it lay in: the same street may exist in two of them."""
    postcode: str = ""
    post_town: str = ""
    label: str = ""
    """The street as the post shortens it."""
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no address: its line in the file, and why."""

    line: int
    reason: Message


def read_address_file(file: BinaryIO) -> Iterator[AddressPoint | BadRow]:
    """Each row in turn, never the whole file at once. Raises NotAnAddressFile."""
    with _as_text(file) as text, _told():
        reader = csv.DictReader(text, delimiter=";")
        columns = _columns(reader.fieldnames or ())
        for row in reader:
            if None in row or None in row.values():
                yield BadRow(reader.line_num, sentence("The row has another number of columns than the first one."))
            elif any(row.values()):
                yield _checked(reader.line_num, {name: value.strip() for name, value in row.items()}, columns)


def _columns(names: Sequence[str]) -> Mapping[str, str]:
    """What we read, by the names of this format."""
    for needed, more in ((_BAN, _BAN_MORE), (_BAL, _BAL_MORE)):
        if set(names) >= set(needed.values()):
            return {**needed, **more}
    raise NotAnAddressFile(
        sentence("This is neither a BAN file nor a BAL file: bring the CSV of your commune, with semicolons.")
    )


@contextmanager
def _as_text(file: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """`file` stays its owner's: it is not closed with the wrapper."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield text
    finally:
        text.detach()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise NotAnAddressFile(sentence("The file is not in UTF-8: bring it as it was downloaded.")) from error
    except csv.Error as error:
        raise NotAnAddressFile(sentence("The file is damaged: a row does not end. Download it again.")) from error


def _checked(line: int, cells: Mapping[str, str], columns: Mapping[str, str]) -> AddressPoint | BadRow:
    read = {ours: cells.get(theirs, "") for ours, theirs in columns.items()}
    number = "0" if read["number"] == _NO_NUMBER else read["number"]
    if not (number.isascii() and number.isdigit() and len(number) <= 5):
        return BadRow(line, sentence("“{number}” is not a number of a house.", number=number[:20]))
    if not read["street"]:
        return BadRow(line, sentence("The street has no name."))
    if len(read["street"]) > _LONGEST_NAME:
        return BadRow(line, sentence("The name of the street has more than {limit} letters.", limit=_LONGEST_NAME))
    return AddressPoint(
        street=" ".join(read["street"].split()),
        number=int(number),
        repetition=as_repetition(read["repetition"])[:12],
        insee_code=read["insee_code"],
        commune=read["commune"],
        district=read["district"],
        postcode=read["postcode"],
        post_town=read["post_town"],
        label=read["label"],
        place=_place(read["lon"], read["lat"]),
    )


def _place(lon: str, lat: str) -> tuple[float, float] | None:
    """None where the file has no position, or one outside of the earth."""
    try:
        place = float(lon.replace(",", ".")), float(lat.replace(",", "."))
    except ValueError:
        return None
    return place if abs(place[0]) <= 180 and abs(place[1]) <= 90 and place != (0, 0) else None
