"""The paper for a cut: everything the town hall needs to inform by hand, made by hand and each week, sealed for a key."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.files import FileStore
from server.core.i18n import sentence, speaking
from server.core.templating import format_day
from server.municipalities.models import Municipality
from server.municipalities.paper import hours_of, style_of
from server.municipalities.queries import get_municipality, list_municipalities
from server.press.kit import Kit, print_kit
from server.prints.models import PrintFile, PrintJob, PrintState
from server.prints.products import Made, Order, product
from server.prints.service import ask_print
from server.urgent import by_hand
from server.urgent.names import PERSONAL

DOSSIER = product(
    "cut_dossier", sentence("Paper for a cut"), Role.EDITOR, Role.PUBLISHER, Role.COUNTER, names_people=True
)
WEEK = timedelta(days=7)
_NEVER = datetime.min.replace(tzinfo=UTC)


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
    sections = await by_hand.everything(session, municipality)
    return Kit(
        issuer=municipality.name,
        number=format_day(datetime.fromisoformat(day).date()),
        title=str(sentence("Paper for a cut")),
        what=str(sentence("To inform by hand when nothing digital works.")),
        facts=(municipality.phone, hours_of(municipality).replace("\n", " · ")),
        sheets=by_hand.counted(sections),
        sections=sections,
        mark=str(PERSONAL),
        language=municipality.languages[0],
        style=style_of(municipality),
    )
