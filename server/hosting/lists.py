"""Many towns at once from a list: each line is one town with its administrator; a bad line is named, the others go on."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from server.accounts.actors import Actor
from server.core.database import Database
from server.core.errors import Invalid, Refusal
from server.core.i18n import Message, sentence
from server.hosting.schemas import COLUMNS, Opened, TownOpening
from server.hosting.service import open_town
from server.web.forms import validated

_NO_LIST = sentence("This is no list: save it as CSV, with the names of its columns on the first line.")


@dataclass
class Report:
    """What became of a list: the towns that were opened, and why others were not, by their line."""

    opened: list[Opened] = field(default_factory=list)
    refused: list[tuple[int, Message]] = field(default_factory=list)


async def open_many_towns(database: Database, operator: Actor | None, content: bytes, instance_url: str) -> Report:
    """Each town in a transaction of its own. Raises Invalid where no town can be read at all."""
    report = Report()
    for number, line in read_list(content):
        given = {name: line[name] for name in COLUMNS if name != "insee"} | {"insee_code": line["insee"]}
        try:
            opening = validated(TownOpening, given)
            async with database.writing() as session:
                report.opened.append(await open_town(session, operator, opening, instance_url))
        except Refusal as refusal:
            report.refused.append((number, _why(refusal)))
    return report


def read_list(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines with their numbers. Raises Invalid."""
    try:
        words = _decoded(content)
        dialect = csv.Sniffer().sniff(words.partition("\n")[0], ";,\t")
        reader = csv.DictReader(io.StringIO(words, newline=""), dialect=dialect)
        missing = sorted(set(COLUMNS) - set(reader.fieldnames or ()))
    except csv.Error as error:
        raise Invalid({"file": _NO_LIST}, _NO_LIST) from error
    if missing:
        words_missing = sentence("The list lacks these columns: {columns}.", columns=", ".join(missing))
        raise Invalid({"file": words_missing}, words_missing)
    return ((reader.line_num, {name: (line[name] or "").strip() for name in COLUMNS}) for line in reader)


def _decoded(content: bytes) -> str:
    """French spreadsheets still write CSV in the letters of Windows."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _why(refusal: Refusal) -> Message:
    """The first sentence about a field says more than that something has to be corrected."""
    return next(iter(refusal.fields.values())) if isinstance(refusal, Invalid) and refusal.fields else refusal.message
