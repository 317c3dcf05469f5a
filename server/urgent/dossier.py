"""The paper for a cut: everything the town hall needs to inform by hand, made by hand and each week, sealed for a key."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.boards.queries import list_boards
from server.boards.queries.postings import list_hanging
from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.files import FileStore
from server.core.i18n import sentence, speaking
from server.core.templating import format_day
from server.municipalities.models import Municipality
from server.municipalities.paper import style_of
from server.municipalities.queries import get_municipality, list_municipalities, list_places
from server.notices import queries as notices
from server.press.kit import Blank, Kit, Rows, Section, Texts, print_kit
from server.prints.models import PrintFile, PrintJob, PrintState
from server.prints.products import Made, Order, product
from server.prints.service import ask_print
from server.residents import queries as residents
from server.residents.models import Resident
from server.urgent import queries
from server.urgent.area import Homes, doors_in
from server.urgent.models import UrgentKind
from server.urgent.names import PERSONAL, telephone_tree
from server.urgent.words import KINDS

DOSSIER = product(
    "cut_dossier", sentence("Paper for a cut"), Role.EDITOR, Role.PUBLISHER, Role.COUNTER, names_people=True
)
WEEK = timedelta(days=7)
_NEVER = datetime.min.replace(tzinfo=UTC)
_HOW = (
    (
        sentence("Who does what"),
        sentence("One person keeps this file and the telephone. The others walk the rounds and post the sheets."),
    ),
    (
        sentence("Write"),
        sentence("Take a prepared text, complete it on a blank poster with a thick pen, and copy it for the boards."),
    ),
    (
        sentence("Tell"),
        sentence("Walk the sheets of the doors sector by sector. Tick who was told, leave paper where nobody answers."),
    ),
    (
        sentence("Keep"),
        sentence("Keep the ticked sheets: they are keyed in at the counter when the power is back."),
    ),
)
_BOARDS = (sentence("Board"), sentence("Sector"), sentence("What hangs there"))
_PEOPLE = (sentence("Name"), sentence("Address"), sentence("Telephone"))
_FIELDS = (sentence("What happens"), sentence("Where, until when"), sentence("What to do"))


async def ask_dossier(session: WriteSession, municipality_id: int, actor: Actor | None) -> PrintJob:
    """The job that makes today's; the clock asks for it when nobody did for a week."""
    day = clock.today().isoformat()
    town = await get_municipality(session, municipality_id)
    with speaking(town.languages[0]):
        title = str(sentence("Paper for a cut"))
    return await ask_print(session, municipality_id, actor, DOSSIER, {"day": day}, title=title)


async def find_last(session: ReadSession, municipality_id: int) -> PrintJob | None:
    """The last one that was made: its age stands on the desk."""
    query = select(PrintJob).where(
        col(PrintJob.municipality_id) == municipality_id,
        col(PrintJob.product) == DOSSIER,
        col(PrintJob.state) == PrintState.DONE,
    )
    return (await session.scalars(query.order_by(col(PrintJob.id).desc()).limit(1))).one_or_none()


async def make_dossier(order: Order) -> AsyncIterator[Made]:
    """The recipe."""
    async with order.database.reading() as session:
        municipality = await get_municipality(session, order.municipality_id)
        with speaking(municipality.languages[0]):
            kit = await _kit(session, municipality, str(order.parameters["day"]))
    yield Made(f"dossier-papier-{order.parameters['day']}.pdf", await print_kit(kit))


async def look_after_dossiers(database: Database, files: FileStore, folder: Path | None, password: str) -> None:
    """One a week for every town, asked for one town at a time: three hundred at once would keep a machine busy for an
    hour. A sealed copy of the last one is laid in the folder, if the administrator named one.
    """
    async with database.reading() as session:
        towns = [town for town in await list_municipalities(session) if town.suspended_at is None]
        asked = await _last_asked(session)
        last = {town.id: await find_last(session, town.id) for town in towns} if folder and password else {}
    due = [town for town in towns if asked.get(town.id, _NEVER) < clock.now() - WEEK]
    if due:
        async with database.writing() as session:
            await ask_dossier(session, min(due, key=lambda town: asked.get(town.id, _NEVER)).id, None)
    for town in towns:
        if folder and (job := last.get(town.id)):
            await _lay_down(database, files, town, job, folder, password)


async def _last_asked(session: ReadSession) -> dict[int, datetime]:
    """When each town's last one was asked for, whatever became of it."""
    query = select(col(PrintJob.municipality_id), col(PrintJob.asked_at)).where(col(PrintJob.product) == DOSSIER)
    return {row[0]: row[1] for row in await session.execute(query.order_by(col(PrintJob.id)))}


async def _lay_down(
    database: Database, files: FileStore, town: Municipality, job: PrintJob, folder: Path, password: str
) -> None:
    async with database.reading() as session:
        query = select(PrintFile).where(col(PrintFile.job_id) == job.id, col(PrintFile.attempt) == job.attempt)
        file = (await session.scalars(query.limit(1))).one_or_none()
    place = folder / town.slug / f"{file.name.removesuffix('.pdf')}.zip" if file else None
    if file is None or place is None or await asyncio.to_thread(place.exists):
        return
    content = await asyncio.to_thread(files.get, town.id, file.file_key)
    await asyncio.to_thread(_write, place, sealed(file.name, content, password))


def sealed(name: str, content: bytes, password: str) -> bytes:
    """A ZIP that opens with the password alone (AES-256): it names people, and a USB key is easily lost."""
    import pyzipper

    output = io.BytesIO()
    with pyzipper.AESZipFile(output, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.writestr(name, content)
    return output.getvalue()


def _write(place: Path, content: bytes) -> None:
    """Whole or not at all: a key pulled out in the middle leaves the copy of the week before."""
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_suffix(".part")
    half.write_bytes(content)
    half.replace(place)


async def _kit(session: ReadSession, municipality: Municipality, day: str) -> Kit:
    doors = await doors_in(session, municipality.id)
    sections: list[Section] = [
        Texts(str(sentence("How to do without a network")), [(str(title), str(words)) for title, words in _HOW]),
        await _current(session, municipality),
        await _prepared(session, municipality),
        *(await _lists(session, municipality)),
        *doors,
        *[_blank(municipality)] * 3,
    ]
    return Kit(
        issuer=municipality.name,
        number=format_day(datetime.fromisoformat(day).date()),
        title=str(sentence("Paper for a cut")),
        what=str(sentence("To inform by hand when nothing digital works.")),
        facts=(municipality.phone, municipality.opening_hours.replace("\n", " · ")),
        sheets=(
            (str(sentence("Doors to knock at")), sum(one.count for one in doors)),
            (str(sentence("Boards to visit")), len(await list_boards(session, municipality.id))),
            (str(sentence("Blank posters")), 3),
        ),
        sections=[one for one in sections if _is_filled(one)],
        mark=str(PERSONAL),
        language=municipality.languages[0],
        style=style_of(municipality),
    )


def _is_filled(section: Section) -> bool:
    return not (isinstance(section, Rows) and not section.rows) and not (
        isinstance(section, Texts) and not section.texts
    )


async def _current(session: ReadSession, municipality: Municipality) -> Texts:
    current = await notices.current_notices(session, municipality.id)
    told = [(one.title, "\n".join(filter(None, (one.summary, one.where_text)))) for one in current]
    return Texts(str(sentence("Notices in force")), told)


async def _prepared(session: ReadSession, municipality: Municipality) -> Texts:
    language = municipality.languages[0]
    texts = []
    for kind in UrgentKind:
        words = await queries.wording(session, municipality.id, kind, language)
        if words.what:
            texts.append((f"{KINDS[kind]} – {words.title}", f"{words.what}\n{words.instruction}"))
    return Texts(str(sentence("Prepared texts")), texts)


async def _lists(session: ReadSession, municipality: Municipality) -> list[Section]:
    hanging: dict[int, list[str]] = {}
    for sheet in await list_hanging(session, municipality.id):
        hanging.setdefault(sheet.posting.board_id, []).append(sheet.number)
    sectors = {place.id: place.name for place in await list_places(session, municipality.id)}
    boards = [
        (board.name, sectors.get(board.place_id or 0, ""), ", ".join(sorted(hanging.get(board.id, []))))
        for board in await list_boards(session, municipality.id)
    ]
    return [
        Rows(str(sentence("Boards to visit")), [str(words) for words in _BOARDS], boards),
        *(await telephone_tree(session, municipality.id)),
        *(await _paper_people(session, municipality.id)),
    ]


async def _paper_people(session: ReadSession, municipality_id: int) -> list[Rows]:
    """Who receives the news on paper: a table for each sector, in the order of the walk."""
    homes = await Homes.of(session, municipality_id)
    by_sector: dict[int | None, list[Resident]] = {}
    for one in sorted(await residents.paper_readers(session, municipality_id), key=lambda one: homes.find(one)[1]):
        by_sector.setdefault(homes.find(one)[0], []).append(one)
    return [
        Rows(
            str(sentence("Who receives the news on paper – {sector}", sector=homes.sector_name(sector_id))),
            [str(words) for words in _PEOPLE],
            [(one.name or "–", one.address_street or "–", one.phone or "–") for one in people],
        )
        for sector_id, people in by_sector.items()
    ]


def _blank(municipality: Municipality) -> Blank:
    foot = sentence("{town}, telephone {phone}", town=municipality.name, phone=municipality.phone)
    return Blank(str(sentence("Urgent notice")), [str(words) for words in _FIELDS], str(foot))
