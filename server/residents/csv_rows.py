"""Reading a list somebody else's program wrote: which letters, which separator, which column is what. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.core.i18n import Message, sentence
from server.core.search import searchable

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
_SEPARATORS = (";", ",", "\t", "|")
_LONGEST_CELL = 1_000

# What a column may be called, folded, in the lists town halls have.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "nom", "nom complet", "nom et prenom", "nom prenom", "destinataire"),
    "first_name": ("first name", "firstname", "prenom"),
    "email": (
        *("email", "e-mail", "mail", "email address", "adresse email", "adresse e-mail", "adresse mail"),
        *("courriel", "adresse electronique", "adresse de courriel", "mel"),
    ),
    "phone": ("phone", "telephone", "tel", "tel.", "portable", "mobile"),
    "channel": ("channel", "canal", "mode", "envoi", "mode d'envoi"),
    "topics": ("topics", "topic", "rubriques", "rubrique", "listes", "liste"),
    "place": ("place", "sector", "secteur", "quartier", "lieu"),
    "address_inside": ("address_inside", "inside", "appartement", "complement", "complement d'adresse", "etage"),
    "address_outside": ("address_outside", "outside", "batiment", "residence", "entree"),
    "address_street": ("address_street", "address", "street", "adresse", "rue", "voie", "adresse postale", "adresse 1"),
    "address_locality": ("address_locality", "locality", "lieu-dit", "lieu dit", "hameau", "bp"),
    "postcode": ("postcode", "postal code", "zip", "code postal", "cp"),
    "post_town": ("post_town", "town", "city", "ville", "commune", "localite"),
    "edition": ("edition", "version"),
    "language": ("language", "langue", "lang"),
}
_COLUMNS = {name: field for field, names in _NAMES.items() for name in names}


class NotAList(Exception):
    """The bytes are not a list of people; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.msgid)
        self.message = message


@dataclass(frozen=True)
class Row:
    """One person of the file, by our names of the columns, and the line it begins on."""

    line: int
    cells: Mapping[str, str]
    is_too_long: bool = False
    """It has more cells than the file has columns: a separator stands unquoted in a cell, and the rest has shifted."""


def read_rows(content: bytes) -> list[Row]:
    """The people of a file. Raises NotAList."""
    text = _text(content)
    lines = text.splitlines()
    if not lines:
        raise NotAList(sentence("This file is empty."))
    separator = max(_SEPARATORS, key=lambda sign: len(_known(_cells(lines[0], sign))))
    columns = [_COLUMNS.get(_folded(cell)) for cell in _cells(lines[0], separator)]
    if "email" not in columns and "name" not in columns:
        raise NotAList(
            sentence("The first line must name the columns, with at least “email” or “name”. Save the list as CSV.")
        )
    try:
        rows = list(_rows(text, separator, columns))
    except csv.Error as error:
        raise NotAList(sentence("This file is not a CSV that can be read: save the list as CSV again.")) from error
    if len(rows) > MOST_ROWS:
        raise NotAList(sentence("This list has more than {most} lines: split it.", most=MOST_ROWS))
    return rows


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise NotAList(sentence("This file is too heavy: {most} MB at most.", most=MOST_BYTES // 1_000_000))
    if b"\x00" in content[:4096] or content[:4] in {b"PK\x03\x04", b"%PDF"}:
        raise NotAList(sentence("This file is not a CSV: open it in your spreadsheet and save it as “CSV UTF-8”."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAList(sentence("The letters of this file cannot be read: save the list as “CSV UTF-8”."))


def _rows(text: str, separator: str, columns: list[str | None]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    next(reader)
    first = reader.line_num + 1
    for cells in reader:
        named = {
            name: cell[:_LONGEST_CELL].strip() for name, cell in zip(columns, cells, strict=False) if name is not None
        }
        if any(cell.strip() for cell in cells):
            yield Row(first, named, is_too_long=any(cell.strip() for cell in cells[len(columns) :]))
        first = reader.line_num + 1


def is_damaged(text: str) -> bool:
    """Whether these letters were read in the wrong alphabet once already: « CattÃ©nières » for « Catténières »."""
    if text.isascii():
        return False
    try:
        return bool(text.encode("cp1252").decode("utf-8"))
    except UnicodeError:
        return "\ufffd" in text


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _known(cells: list[str]) -> list[str]:
    return [cell for cell in cells if _folded(cell) in _COLUMNS]


def _folded(cell: str) -> str:
    return searchable(cell.strip().strip('"'))
