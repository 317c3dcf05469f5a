"""Streets completed and rounds printed for a town of fifty thousand doors: one line of JSON last. See docs/measurements.md."""

import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.files import FileStore
from server.core.migrations import migrate
from server.core.secrets import load_secrets
from server.demo.stage import Stage, set_stage
from server.municipalities.models import Place, PlaceKind
from server.municipalities.places import add_place
from server.municipalities.schemas import SectorDraft
from server.printruns.planning import plan_run
from server.printruns.printing import make_rounds
from server.printruns.schemas import RunDraft
from server.prints.products import Order
from server.streets import arranging
from server.streets.completion import complete
from server.streets.importing import apply_file, note_file
from server.streets.reading import read_addresses

_KINDS = ("Rue", "Avenue", "Chemin", "Impasse", "Allée", "Place", "Route", "Boulevard")
_NAMES = ("Lavoir", "Moulin", "Général Leclerc", "Églantines", "Vieux Puits", "Quatre-Vents", "Haute Borne", "Tilleuls")
_HEAD = "numero;rep;nom_voie;code_postal;code_insee;nom_commune;lon;lat"
_SECTORS = 40


def addresses(doors: int, per_street: int = 50) -> bytes:
    """A commune's file: streets of `per_street` doors, each with a name of its own."""
    return "\n".join([_HEAD, *_rows(doors, per_street)]).encode()


def _rows(doors: int, per_street: int) -> Iterator[str]:
    for street in range(doors // per_street):
        name = f"{_KINDS[street % 8]} des {_NAMES[street // 8 % 8]} {street // 64 + 1}"
        lon, lat = 1.4 + street % 40 / 400, 47.5 + street // 40 / 400
        for number in range(1, per_street + 1):
            yield f"{number};;{name};41999;41999;Saint-Aubin-les-Prés;{lon + number / 1e5};{lat}"


async def _replace(session: WriteSession, town_id: int, doors: int) -> None:
    reading = read_addresses(addresses(doors), "41999")
    file = await note_file(session, town_id, None, "0" * 64, reading)
    await apply_file(session, town_id, None, file.id, reading)


async def _street_p95(stage: Stage, rounds: int) -> float:
    """Milliseconds of a completion after each letter of a street that is typed, one typing after the other."""
    chance = random.Random(1)
    took = []
    for _ in range(rounds):
        name = f"{chance.randint(1, 50)} {chance.choice(_KINDS).lower()} des {chance.choice(_NAMES).lower()}"
        typed = name[: chance.randint(3, len(name))]
        async with stage.database.reading() as session:
            started = time.perf_counter()
            await complete(session, stage.town_id, typed)
            took.append((time.perf_counter() - started) * 1_000)
    return statistics.quantiles(took, n=20)[-1]


async def _sectors(session: WriteSession, town_id: int) -> None:
    walks = await arranging.walks_of(session, town_id)
    streets = sorted(one.street.id for one in walks.whole.values())
    for number in range(_SECTORS):
        sector: Place = await add_place(session, town_id, PlaceKind.SECTOR, SectorDraft(name=f"Secteur {number + 1}"))
        await arranging.put_streets(session, town_id, sector.id, streets[number::_SECTORS])


async def _round_sheets(stage: Stage, actor: Actor) -> float:
    """Seconds from the counted copies to the last sheet, as the render worker makes them."""
    draft = RunDraft(title="Bulletin", to_every_box=True)
    async with stage.database.writing() as session:
        run = await plan_run(session, stage.town_id, actor, draft)

    async def progress(_done: int, _total: int) -> None:
        return

    parameters = {"run_id": run.id, "batch_id": None, "only_missing": False}
    order = Order(stage.database, stage.files, stage.secrets, stage.url, stage.town_id, parameters, "fr", progress)
    started = time.perf_counter()
    sheets = [made async for made in make_rounds(order)]
    took = time.perf_counter() - started
    print(f"{len(sheets)} round sheets of {sum(made.pages for made in sheets)} pages")
    return took


async def measure(doors: int = 50_000, boxes: int = 20_000, rounds: int = 400) -> dict[str, float]:
    """The figures, over a database of their own."""
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as folder:
        home = Path(folder)
        database = Database(f"sqlite+aiosqlite:///{home / 'streets.sqlite3'}")
        await migrate(database)
        stage = await set_stage(database, load_secrets(home), FileStore(home / "files"), "http://localhost")
        started = time.perf_counter()
        async with database.writing() as session:
            await _replace(session, stage.town_id, doors)
        found = {"address_file_s": time.perf_counter() - started, "street_p95_ms": await _street_p95(stage, rounds)}
        async with database.writing() as session:
            await _replace(session, stage.town_id, boxes)
            await _sectors(session, stage.town_id)
        with clock.frozen(clock.now()):
            found["round_sheets_s"] = await _round_sheets(stage, stage.editor)
        await database.close()
    return {name: round(value, 2) for name, value in found.items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())))
