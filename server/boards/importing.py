"""Boards from a CSV, all of them or none: the report names each wrong line."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.boards.kinds import BoardKind
from server.boards.queries.boards import find_by_name
from server.boards.schemas import BoardDraft
from server.boards.service import add_board, change_board
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.core.search import searchable
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.web.forms import validated

MOST_BYTES = 500_000
_MOST_LINES = 2_000

# What a column may be called, folded.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "nom", "panneau"),
    "location": ("location", "lieu", "emplacement", "adresse", "ou"),
    "kind": ("kind", "type", "usage"),
    "sector": ("sector", "secteur", "quartier"),
    "position": ("position", "ordre", "rang"),
    "room_a4": ("a4",),
    "room_a3": ("a3",),
    "room_a2": ("a2",),
    "surface": ("surface", "surface (m2)"),
    "is_glazed": ("glazed", "vitre", "vitree"),
    "keys": ("keys", "cle", "cles"),
    "in_charge": ("in charge", "in_charge", "responsable"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "long"),
}
_COLUMNS = {name: field for field, names in _NAMES.items() for name in names}
_KINDS: Mapping[str, BoardKind] = {
    **{kind.value: kind for kind in BoardKind},
    **dict.fromkeys(("officiel", "legal", "actes", "actes officiels"), BoardKind.LEGAL),
    **dict.fromkeys(("municipal", "communal", "information"), BoardKind.MUNICIPAL),
    **dict.fromkeys(("libre", "expression libre", "affichage libre"), BoardKind.FREE),
    **dict.fromkeys(("partenaire", "commerce"), BoardKind.PARTNER),
}
_YES = {"oui", "yes", "x", "1", "vrai", "true"}


@dataclass(frozen=True)
class BoardsReport:
    added: int
    changed: int


class BadLines(Invalid):
    """Nothing was brought in: these lines must be corrected."""

    def __init__(self, lines: list[tuple[int, Message]]) -> None:
        super().__init__({"file": sentence("Some lines cannot be used, so nothing was brought in.")})
        self.lines = lines


async def import_boards(session: WriteSession, municipality_id: int, content: bytes) -> BoardsReport:
    """A board known by its name is changed, another is added. Raises Invalid, BadLines."""
    sectors = await _sectors(session, municipality_id)
    bad: list[tuple[int, Message]] = []
    added = changed = 0
    for line, cells in _rows(content):
        try:
            draft = _draft(cells, sectors)
            known = await find_by_name(session, municipality_id, draft.name)
            if known is not None and known.removed_at is None:
                await change_board(session, municipality_id, known.id, draft)
                changed += 1
            else:
                await add_board(session, municipality_id, draft)
                added += 1
        except Invalid as refusal:
            bad += [(line, message) for message in refusal.fields.values()]
    if bad:
        raise BadLines(bad)
    return BoardsReport(added, changed)


def _draft(cells: Mapping[str, str], sectors: Mapping[str, int]) -> BoardDraft:
    given: dict[str, object] = {name: cell for name, cell in cells.items() if cell}
    if (kind := given.get("kind")) is not None:
        if searchable(str(kind)) not in _KINDS:
            raise Invalid(
                {"kind": sentence("“{word}” is not a kind of board: legal, municipal, free or partner.", word=kind)}
            )
        given["kind"] = _KINDS[searchable(str(kind))]
    if (sector := given.pop("sector", None)) is not None:
        if searchable(str(sector)) not in sectors:
            raise Invalid({"place_id": sentence("There is no sector called “{word}”.", word=sector)})
        given["place_id"] = sectors[searchable(str(sector))]
    given["is_glazed"] = searchable(str(given.get("is_glazed", ""))) in _YES
    return validated(BoardDraft, given)


async def _sectors(session: ReadSession, municipality_id: int) -> dict[str, int]:
    sectors = await list_places(session, municipality_id, PlaceKind.SECTOR)
    return {searchable(one.name): one.id for one in sectors}


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line's number, and its cells by our names of the columns."""
    lines = _text(content).splitlines()
    if not lines or len(lines) > _MOST_LINES:
        raise Invalid({"file": sentence("A list of boards has between 1 and {most} lines.", most=_MOST_LINES)})
    separator = max(";,\t", key=lines[0].count)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    columns = [_COLUMNS.get(searchable(cell)) for cell in next(reader)]
    if "name" not in columns:
        raise Invalid({"file": sentence("The first line must name the columns, with at least “name”.")})
    for cells in reader:
        named = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}
        if any(named.values()):
            yield reader.line_num, named


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES or b"\x00" in content:
        raise Invalid({"file": sentence("This file is not a list of boards: save it as CSV.")})
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
