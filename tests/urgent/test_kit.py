"""The paper kit: the doors of the area in the order of the walk, the posters and slips, the words to read aloud."""

import io
import subprocess

import pikepdf
import pytest

from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.municipalities.models import Place, PlaceKind
from server.prints.products import Made, Order
from server.streets.models import AddressPoint
from server.urgent.kit import make_kit
from server.urgent.models import UrgentNotice
from tests.cast import Cast
from tests.issues.composing import INSTANCE
from tests.urgent.alarms import send, written

pytestmark = pytest.mark.usefixtures("monday")


async def _streets(database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        for name, sector in (("Rue du Lavoir", 0), ("Chemin Vert", 1)):
            street = Place(
                municipality_id=cast.town_id, kind=PlaceKind.STREET, name=name, sector_id=cast.sector_ids[sector]
            )
            session.add(street)
            await session.flush()
            doors = ((1, ""), (2, ""), (3, ""), (3, "BIS"), (4, ""))
            session.add_all(
                AddressPoint(municipality_id=cast.town_id, street_id=street.id, number=number, repetition=repetition)
                for number, repetition in doors
            )


async def _kit(database: Database, files: FileStore, secrets: Secrets, cast: Cast, urgent: UrgentNotice) -> Made:
    async def progress(_done: int, _total: int) -> None: ...

    order = Order(database, files, secrets, INSTANCE, cast.town_id, {"urgent_id": urgent.id}, "en", progress)
    (made,) = [made async for made in make_kit(order)]
    return made


def words_of(content: bytes) -> str:
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return told.stdout.decode()


async def test_the_area_is_walked_door_by_door(
    database: Database, files: FileStore, secrets: Secrets, cast: Cast
) -> None:
    await _streets(database, cast)
    urgent = await send(database, secrets, cast, await written(database, cast, place_ids=[cast.sector_ids[0]]))
    made = await _kit(database, files, secrets, cast, urgent)
    words = words_of(made.content)
    assert "Door to door – Le Bourg" in words
    assert "Chemin Vert" not in words
    doors = [line.split()[0:2] for line in words.splitlines() if line.strip()[:1].isdigit()]
    assert [" ".join(part for part in door if part in {"1", "2", "3", "4", "BIS"}) for door in doors][:5] == [
        "1", "3", "3 BIS", "2", "4",
    ]  # fmt: skip
    assert "Fermez vos robinets." in words
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        assert len(pdf.pages) >= 4  # cover and script, doors, a poster, slips


async def test_an_exercise_says_so_on_every_sheet_and_nothing_is_missing_without_an_address_file(
    database: Database, files: FileStore, secrets: Secrets, cast: Cast
) -> None:
    exercise = await written(database, cast, is_exercise=True, exercise_to="maire@saint-aubin.example")
    made = await _kit(database, files, secrets, cast, exercise)
    pages = words_of(made.content).split("\f")[:-1]
    assert all("EXERCISE" in page or "EXERCICE" in page for page in pages), pages
