"""Lists brought in, and who a form looks like: one line of JSON last. See docs/measurements.md."""

import argparse
import asyncio
import json
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, text
from sqlmodel import SQLModel, col, select

from bench import streets
from server.core.database import Database
from server.core.files import FileStore
from server.core.migrations import migrate
from server.core.secrets import load_secrets
from server.demo.stage import Stage, set_stage
from server.residents.alike import Typed, find_alike
from server.residents.import_work import advance_imports
from server.residents.importing import bring_list, confirm_import
from server.residents.models import Resident
from tests.postgres import own_server

_FIRST = ("Jeanne", "Élodie", "Pierre", "Zoé", "François", "Odette", "Anaïs", "Benoît", "Marc", "Hélène")
_LAST = ("Lefèvre", "Dupont", "Œuvrard", "Le Gall", "Petit", "Garçon", "Marchand", "Roy", "Noël", "Février")
_STREETS = ("rue du Lavoir", "place de l’Église", "impasse des Écoles", "chemin du Vieux-Moulin", "rue Foch")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=100_000, help="lines of the list that is brought in")
    words.add_argument("--residents", type=int, default=1_000_000, help="people in PostgreSQL")
    words.add_argument("--few", type=int, default=50_000, help="people in SQLite")
    words.add_argument("--rounds", type=int, default=400, help="searches measured")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as folder:
        home = Path(folder)
        for name in ("few", "many", "postgres"):
            (home / name).mkdir()
        found = _in_a_child(_sqlite, home, asked.rows, asked.few, asked.rounds)
        with own_server(Path(tempfile.mkdtemp(prefix="tambour-bench-pg-"))) as server:
            url = server.url(server.create())
            other = _in_a_child(_postgres, home, url, asked.rows, asked.residents, asked.rounds)
    slower = {name: max(found[name], other[name]) for name in found.keys() & other.keys()}
    print(json.dumps(found | other | slower | _in_a_child(streets.measure)))


def _in_a_child(measure: object, *given: object) -> dict[str, float]:
    """In a process of its own, so that its highest memory is that of the measured work."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    child = context.Process(target=_child, args=(measure, queue, *given))
    child.start()
    found: dict[str, float] = queue.get()
    child.join()
    return found


def _child(measure: object, queue: object, *given: object) -> None:
    assert callable(measure)
    queue.put(asyncio.run(measure(*given)))  # type: ignore[attr-defined]  # a queue of whichever context


async def _sqlite(home: Path, rows: int, few: int, rounds: int) -> dict[str, float]:
    stage = await _stage(home / "few", "")
    await _import(stage, few)
    found = {"duplicate_sqlite_p95_ms": await _search(stage, rounds)}
    await stage.database.close()
    stage = await _stage(home / "many", "")
    found |= await _import(stage, rows)
    await stage.database.close()
    return found


async def _postgres(home: Path, url: str, rows: int, residents: int, rounds: int) -> dict[str, float]:
    stage = await _stage(home / "postgres", url)
    found = await _import(stage, rows)
    await _grow(stage.database, residents)
    found["duplicate_postgres_p95_ms"] = await _search(stage, rounds)
    await stage.database.close()
    return found


async def _stage(home: Path, url: str) -> Stage:
    database = Database(url or f"sqlite+aiosqlite:///{home / 'tambour.sqlite3'}")
    await migrate(database)
    return await set_stage(database, load_secrets(home), FileStore(home / "files"), "http://localhost:8000")


async def _import(stage: Stage, rows: int) -> dict[str, float]:
    """Seconds from the file to the last person on the list, and the most memory this process ever had, in MB."""
    content = "\r\n".join(_list(rows)).encode("cp1252")
    database, town_id, actor = stage.database, stage.town_id, stage.counter
    began = time.perf_counter()
    async with database.writing() as session:
        brought = await bring_list(session, town_id, actor, content, "list.csv")
    await advance_imports(database, stage.secrets)
    async with database.writing() as session:
        await confirm_import(session, town_id, brought.id, "a list made for measuring")
    await advance_imports(database, stage.secrets)
    seconds = time.perf_counter() - began
    async with database.reading() as session:
        added = await session.scalar(select(func.count()).select_from(Resident))
        assert added == rows, f"{added} of {rows} people are on the list"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{database.url.get_backend_name()}: {rows} rows in {seconds:.1f} s, {peak:.0f} MB")
    return {"import_100k_s": round(seconds, 1), "import_peak_mb": round(peak, 1)}


def _list(rows: int) -> Iterator[str]:
    """What a secretary's spreadsheet looks like: half by email, half on paper, some of both."""
    yield "Nom;Prénom;Courriel;Téléphone;Adresse;Code postal;Commune;Canal"
    dice = random.Random(7)
    for number in range(rows):
        last, first = dice.choice(_LAST), dice.choice(_FIRST)
        street = f"{number % 400 + 1} {dice.choice(_STREETS)}"
        email = f"personne.{number}@bal{number % 50}.example.org" if number % 2 else ""
        channel = "" if number % 2 else "boîte"
        yield f"{last} {number};{first};{email};02 54 {number % 100:02} {number // 100 % 100:02} 11;{street};41000;Saint-Aubin;{channel}"


_GROWN = """
INSERT INTO resident (municipality_id, name, list_key, search_key, name_key, door_key, phone_key, email, email_key, {columns})
SELECT municipality_id, name || ' ' || n, list_key || ' ' || n, search_key || ' ' || n, n || ' ' || name_key, door_key,
       phone_key, n || email, n || email_key, {columns}
FROM resident, generate_series(2, :times) AS n
"""


async def _grow(database: Database, residents: int) -> None:
    """Everybody many times over, under other names behind the same doors: one town of `residents`."""
    own = {"id", "municipality_id", "name", "list_key", "search_key", "name_key", "door_key", "phone_key", "email"}
    rest = [one.name for one in SQLModel.metadata.tables["resident"].c if one.name not in {*own, "email_key"}]
    async with database.writing() as session:
        people = int(await session.scalar(select(func.count()).select_from(Resident)) or 1)
        await session.execute(text(_GROWN.format(columns=", ".join(rest))), {"times": residents // people})
    async with database.outside_transactions() as connection:
        await connection.execute(text("VACUUM ANALYZE resident"))


async def _search(stage: Stage, rounds: int) -> float:
    """95th percentile of what a form's search costs, in milliseconds."""
    dice, times = random.Random(11), []
    async with stage.database.reading() as session:
        highest = int(await session.scalar(select(func.max(Resident.id))) or 0)
        numbers = [dice.randint(1, highest) for _ in range(rounds + 50)]
        people = list(await session.scalars(select(Resident).where(col(Resident.id).in_(numbers))))
    for turn, one in enumerate(people):
        turned = " ".join(reversed(one.name.upper().split()))
        typed = Typed(turned, one.address_street, phone=one.phone, email=one.email or "" if turn % 2 else "")
        began = time.perf_counter()
        async with stage.database.reading() as session:
            alike = await find_alike(session, stage.town_id, typed)
        times.append((time.perf_counter() - began) * 1000)
        assert alike, f"nobody like resident {one.id}"
    return round(statistics.quantiles(times[50:], n=20)[18], 1)


if __name__ == "__main__":
    main()
