"""The pack of a round: the sheets to put up, in the right format and number, with the cover list and the round sheet."""

import io
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from server.accounts.models import Role
from server.boards.kinds import LineAction, SheetFormat
from server.boards.models import BoardRound
from server.boards.posters import choose_poster
from server.boards.queries.rounds import SheetLine, SheetStop, get_round, read_sheet
from server.boards.sheet_words import cover_list, round_sheet
from server.core.database import Database
from server.core.files import FileStore
from server.core.i18n import sentence, translate
from server.municipalities.queries import get_municipality
from server.notices.everywhere import SHELF
from server.press.errors import PressError
from server.press.poster import preview_poster, print_tiled
from server.press.roundsheet import print_cover_list, print_round_sheet, thumbnail
from server.prints.products import Made, Order, product

PACK = product("board_pack", sentence("Pack of a round"), Role.POSTER, Role.EDITOR, Role.PUBLISHER, Role.COUNTER)
_PPI = {SheetFormat.A4: 36.0, SheetFormat.A3: 26.0, SheetFormat.A2: 18.0}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same pack has the same bytes

Print = tuple[int, SheetFormat]
"""One poster: a notice on a format."""


@dataclass
class Posters:
    """Each poster set once, however many boards it hangs on; and why some could not be set."""

    pdfs: dict[Print, bytes] = field(default_factory=dict)
    tiled: dict[Print, bytes] = field(default_factory=dict)
    """Those too large for a printer of the town hall, on sheets of A3 to be glued."""
    thumbnails: dict[str, bytes] = field(default_factory=dict)
    troubles: dict[Print, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pack:
    """Everything of a round, by name of file. `pages` counts those of each."""

    files: Mapping[str, bytes]
    pages: Mapping[str, int]


def picture_name(one: SheetLine) -> str:
    return f"p{one.sheet.posting.notice_id}-{one.sheet.posting.format.value}"


def print_of(one: SheetLine) -> Print:
    return one.sheet.posting.notice_id, one.sheet.posting.format


async def make_pack(order: Order) -> AsyncIterator[Made]:
    """The recipe: each file alone, for who prints now, and all of them in one archive."""
    pack = await build_pack(order.database, order.files, order.municipality_id, _id_of(order), order)
    for name, content in pack.files.items():
        yield Made(name, content, pack.pages[name])
    name = f"{translate(_NAMES['pack'], order.language)}.zip"
    yield Made(name, zipped(pack.files), 0, "application/zip")


async def build_pack(
    database: Database, files: FileStore, municipality_id: int, round_id: int, order: Order | None = None
) -> Pack:
    """The files of a round's pack. Raises NotFound, PressError."""
    async with database.reading() as session:
        made = await get_round(session, municipality_id, round_id)
        municipality = await get_municipality(session, municipality_id)
        stops = await read_sheet(session, municipality_id, round_id)
    language = order.language if order else municipality.languages[0]
    posters = await _set_posters(database, files, municipality_id, stops, order)
    sheet = round_sheet(municipality, made, stops, set(posters.thumbnails), language)
    parts = _collated(stops, posters)
    cover = cover_list(
        municipality, made, stops, posters.troubles, {size: len(pages) for size, pages in parts.items()}, language
    )
    named = {name: f"{translate(words, language)}-{made.number}.pdf" for name, words in _NAMES.items()}
    contents = {
        named["sheet"]: await print_round_sheet(sheet, posters.thumbnails),
        named["list"]: await print_cover_list(cover),
    }
    contents |= {
        f"{size.value.upper()}-{made.number}.pdf": joined([posters.pdfs[one] for one in wanted])
        for size, wanted in parts.items()
        if wanted
    }
    if posters.tiled:
        name = f"{translate(_ON_A3, language)}-{made.number}.pdf"
        contents[name] = joined([posters.tiled[one] for one in parts[SheetFormat.A2]])
    in_order = [
        contents[named["list"]],
        contents[named["sheet"]],
        *(posters.pdfs[one] for one in _by_board(stops, posters)),
    ]
    contents[named["pack"]] = joined(in_order)
    return Pack(contents, {name: _pages(content) for name, content in contents.items()})


_ON_A3 = sentence("A2-on-sheets-of-A3")
_NAMES = {"sheet": sentence("round-sheet"), "list": sentence("pack-list"), "pack": sentence("pack")}


async def _set_posters(
    database: Database, files: FileStore, municipality_id: int, stops: Sequence[SheetStop], order: Order | None
) -> Posters:
    posters = Posters()
    lines = {print_of(one): one for stop in stops for one in stop.lines}
    to_post = {print_of(one) for one in _to_post(stops)}
    for done, (wanted, one) in enumerate(sorted(lines.items()), 1):
        try:
            async with database.reading() as session:
                choice = await choose_poster(session, files, municipality_id, *wanted)
            if choice.fit.refusal and not choice.is_printable:
                raise choice.fit.refusal
            if wanted in to_post:
                posters.pdfs[wanted] = await SHELF.pdf(choice.poster)
                if choice.poster.format == "a2":
                    posters.tiled[wanted] = await SHELF.once(
                        "tiled-a3", choice.poster, partial(print_tiled, sheet="a3")
                    )
            page = (await preview_poster(choice.poster, _PPI[wanted[1]]))[0]
            posters.thumbnails[picture_name(one)] = thumbnail(page)
        except PressError as problem:
            posters.troubles[wanted] = str(problem.message)
        if order:
            await order.progress(done, len(lines))
    return posters


def _to_post(stops: Sequence[SheetStop]) -> list[SheetLine]:
    return [one for stop in stops for one in stop.lines if one.line.action is LineAction.POST]


def _by_board(stops: Sequence[SheetStop], posters: Posters) -> list[Print]:
    return [wanted for one in _to_post(stops) if (wanted := print_of(one)) in posters.pdfs]


def _collated(stops: Sequence[SheetStop], posters: Posters) -> dict[SheetFormat, list[Print]]:
    """For each tray of the printer the posters in the order of the way."""
    return {size: [one for one in _by_board(stops, posters) if one[1] is size] for size in SheetFormat}


def joined(pdfs: Sequence[bytes]) -> bytes:
    """One PDF of many; what is there several times is written once."""
    import pikepdf

    sources: dict[bytes, pikepdf.Pdf] = {}
    with pikepdf.new() as whole:
        for content in pdfs:
            if content not in sources:
                sources[content] = pikepdf.open(io.BytesIO(content))
            whole.pages.extend(sources[content].pages)
        output = io.BytesIO()
        whole.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    for source in sources.values():
        source.close()
    return output.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive whose bytes depend on nothing but its files."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return output.getvalue()


def _pages(content: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _id_of(order: Order) -> int:
    return int(order.parameters["round_id"])


def title_of(made: BoardRound) -> str:
    """What a print job for this round is called."""
    return str(sentence("Pack of round no. {number}", number=made.number))
