"""Tables for a spreadsheet: semicolons, and no cell that it takes for a formula, whoever wrote it (ASVS 1.2.10)."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
BYTE_ORDER_MARK = "\ufeff"
"""By which the usual spreadsheet knows that accents are UTF-8."""


def as_table(rows: Iterable[Sequence[str]]) -> str:
    sheet = StringIO()
    csv.writer(sheet, delimiter=";", lineterminator="\r\n").writerows([as_cell(one) for one in row] for row in rows)
    return sheet.getvalue()


def as_cell(words: str) -> str:
    """A number like +33 6 stays readable behind its apostrophe."""
    return f"'{words}" if _is_formula(words) else words


def from_cell(cell: str) -> str:
    """What `as_cell` was given."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(words: str) -> bool:
    return words.lstrip(" ").startswith(_FORMULA)
