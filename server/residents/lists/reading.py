"""One file that somebody brought, as tables of rows: whatever its format, its rows come one after another."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from server.core.i18n import sentence
from server.residents.lists.archive import members_of, open_archive
from server.residents.lists.cells import LONGEST_CELL, read_cells
from server.residents.lists.columns import Standing, guess_fields, is_header, standing_of_file
from server.residents.lists.letters import NO_LIST, read_letters
from server.residents.lists.refusal import NotAList
from server.residents.lists.spreadsheet import is_spreadsheet, read_spreadsheet

MOST_BYTES = 24_000_000
MOST_ROWS = 200_000
_SAMPLE = 3
_OTHER_THINGS = (
    b"%pdf",
    b"\x89png",
    b"gif8",
    b"\xff\xd8\xff",
    b"<html",
    b"<!doctype",
    b"<?xml",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
)
Rows = Iterator[tuple[int, list[str]]]


@dataclass
class Table:
    """One list of a file: the names of its columns, what we make of them, and its rows with their numbers."""

    name: str
    header: list[str]
    """Empty for a bare list of addresses."""
    fields: list[str]
    standing: Standing
    """What being in this list says of everybody in it."""
    rows: Rows
    sample: list[list[str]] = field(default_factory=list)


def read_tables(content: bytes, name: str) -> Iterator[Table]:
    """The lists in a file. Raises NotAList, also while the rows are read."""
    if not content:
        raise NotAList(sentence("This file is empty."))
    if len(content) > MOST_BYTES:
        raise NotAList(sentence("This file is too heavy: {most} MB at most.", most=MOST_BYTES // 1_000_000))
    if not content.startswith(b"PK\x03\x04"):
        yield _table(name, _text_rows(content))
        return
    archive = open_archive(content)
    if is_spreadsheet(archive):
        yield _table(name, read_spreadsheet(content, archive, MOST_ROWS))
        return
    for member, inside in members_of(archive):
        if inside:
            yield _table(member, _text_rows(inside))


def _text_rows(content: bytes) -> Rows:
    if content.lstrip()[:9].lower().startswith(_OTHER_THINGS):
        raise NotAList(NO_LIST)
    return read_cells(read_letters(content))


def _table(name: str, rows: Rows) -> Table:
    first = next(rows, None)
    if first is None:
        raise NotAList(sentence("This file is empty."))
    if not is_header(first[1]):
        return _sampled(Table(name, [], [], standing_of_file(name), _short(chain([first], rows))))
    return _sampled(Table(name, first[1], guess_fields(first[1]), standing_of_file(name), _short(rows)))


def _sampled(table: Table) -> Table:
    first = list(islice(table.rows, _SAMPLE))
    table.sample = [cells for _, cells in first]
    table.rows = chain(first, table.rows)
    return table


def _short(rows: Rows) -> Rows:
    for place, (number, cells) in enumerate(rows):
        if place >= MOST_ROWS:
            raise NotAList(sentence("This list has more than {most} lines: split it.", most=MOST_ROWS))
        yield number, [cell if len(cell) <= LONGEST_CELL else cell[:LONGEST_CELL] for cell in cells]
