"""From text to rows of cells: the separator is found from the rows, and every row keeps the number a spreadsheet gives it."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from server.core.i18n import sentence
from server.residents.lists.refusal import NotAList

LONGEST_CELL = 1_000
_SEPARATORS = (";", ",", "\t", "|")
_LOOKED_AT = 50
_FIELD_LIMIT = 1_000_000
_NONE = (0.0, 0)
Cells = list[str]


def read_cells(text: str) -> Iterator[tuple[int, Cells]]:
    """The rows that hold something, with their numbers. Raises NotAList where a quotation mark is wrong."""
    separator = find_separator(text)
    if not separator:
        yield from _one_column(text)
        return
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise NotAList(
                sentence(
                    "Line {line}: a quotation mark is not closed, or stands in the midst of a cell. Save the list again.",
                    line=reader.line_num,
                )
            ) from error
        number += 1
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


def _one_column(text: str) -> Iterator[tuple[int, Cells]]:
    """A line is a row: a quotation mark in it belongs to somebody's name."""
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        cell = line.strip()
        if len(cell) > 1 and cell[0] == cell[-1] == '"':
            cell = cell[1:-1].replace('""', '"')
        if cell:
            yield number, [cell]


def find_separator(text: str) -> str:
    """What parts the first rows into the same number of cells, the more the better; "" for a list of one column."""
    head = "".join(io.StringIO(text, newline="").readlines()[:_LOOKED_AT]) if len(text) < 200_000 else _head(text)
    evenness = {sign: _evenness(head, sign) for sign in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda sign: evenness[sign])
    return best if evenness[best] > _NONE else ""


def _head(text: str) -> str:
    lines = io.StringIO(text[:200_000], newline="")
    return "".join(line for line, _ in zip(lines, range(_LOOKED_AT), strict=False))


def _evenness(head: str, separator: str) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    try:
        for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator):
            if row:
                widths[len(row)] += 1
    except csv.Error:
        return _NONE
    if not widths:
        return _NONE
    width, rows = widths.most_common(1)[0]
    return (rows / widths.total(), width) if width > 1 else _NONE
