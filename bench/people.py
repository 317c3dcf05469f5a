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

from sqlalchemy import text

from bench.crowd import crowd
from server.accounts.actors import Actor
from server.core.database import Database
from server.core.files import FileStore
from server.core.migrations import migrate
from server.core.secrets import load_secrets
from server.demo.town import open_demonstration
from server.residents.alike import Typed, find_alike
from server.residents.import_work import advance_imports
from server.residents.importing import bring_list, confirm_import
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
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as folder:
        home = Path(folder)
        found |= _in_a_child(_sqlite, home, asked.rows, asked.few, asked.rounds)
        with own_server(Path(tempfile.mkdtemp(prefix="tambour-bench-pg-"))) as server:
            found |= _in_a_child(
                _postgres, home, server.url(server.create()), asked.rows, asked.residents, asked.rounds
            )
    found["import_100k_s"] = max(float(str(found.pop(f"{kind}_import_s"))) for kind in ("sqlite", "postgres"))
    found["import_peak_mb"] = max(float(str(found.pop(f"{kind}_peak_mb"))) for kind in ("sqlite", "postgres"))
    print(json.dumps(found))


def _in_a_child(measure: object, *given: object) -> dict[str, object]:
    """In a process of its own, so that its highest memory is that of the measured work."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    child = context.Process(target=_child, args=(measure, queue, *given))
    child.start()
    found: dict[str, object] = queue.get()
    child.join()
    return found


def _child(measure: object, queue: object, *given: object) -> None:
    assert callable(measure)
    queue.put(asyncio.run(measure(*given)))  # type: ignore[attr-defined]  # a queue of whichever context


async def _sqlite(home: Path, rows: int, few: int, rounds: int) -> dict[str, object]:
    folder = home / "sqlite"
    folder.mkdir()
    database = Database(f"sqlite+aiosqlite:///{folder / 'tambour.sqlite3'}")
    seconds, peak = await _import(database, folder, rows)
    async with database.writing() as session:
        await session.execute(
            text("DELETE FROM resident WHERE id NOT IN (SELECT id FROM resident LIMIT :few)"), {"few": few}
        )
    p95 = await _search(database, rounds)
    await database.close()
    return {"sqlite_import_s": seconds, "sqlite_peak_mb": peak, "duplicate_sqlite_p95_ms": p95}


async def _postgres(home: Path, url: str, rows: int, residents: int, rounds: int) -> dict[str, object]:
    folder = home / "postgres"
    folder.mkdir()
    database = Database(url)
    seconds, peak = await _import(database, folder, rows)
    await crowd(database, towns=300, residents=residents)
    p95 = await _search(database, rounds)
    await database.close()
    return {"postgres_import_s": seconds, "postgres_peak_mb": peak, "duplicate_postgres_p95_ms": p95}


async def _import(database: Database, home: Path, rows: int) -> tuple[float, float]:
    """Seconds from the file to the last person on the list, and the most memory this process ever had, in MB."""
    await migrate(database)
    secrets = load_secrets(home)
    await open_demonstration(database, secrets, FileStore(home / "files"), "http://localhost:8000")
    content = "\r\n".join(_list(rows)).encode("cp1252")
    async with database.reading() as session:
        row = (
            await session.execute(text("SELECT municipality_id, account_id FROM role_grant ORDER BY id LIMIT 1"))
        ).one()
    actor = Actor(row[1], "bench", frozenset())
    began = time.perf_counter()
    async with database.writing() as session:
        brought = await bring_list(session, row[0], actor, content, "list.csv")
    await advance_imports(database, secrets)
    async with database.writing() as session:
        await confirm_import(session, row[0], brought.id, "a list made for measuring")
    await advance_imports(database, secrets)
    seconds = time.perf_counter() - began
    async with database.reading() as session:
        state = await session.execute(text("SELECT state, counts FROM list_import WHERE id = :id"), {"id": brought.id})
        print(f"{database.url.get_backend_name()}: {seconds:.1f} s, {state.one()}")
    return round(seconds, 1), round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


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


async def _search(database: Database, rounds: int) -> float:
    """95th percentile of what a form's search costs, in milliseconds, in the town with the most people."""
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))
    biggest = "SELECT municipality_id FROM resident GROUP BY municipality_id ORDER BY count(*) DESC LIMIT 1"
    times = []
    async with database.reading() as session:
        town_id = int((await session.execute(text(biggest))).scalar_one())
        sample = "SELECT name, address_street, phone, email FROM resident WHERE municipality_id = :town LIMIT 5000"
        people = list(await session.execute(text(sample), {"town": town_id}))
    dice = random.Random(11)
    for turn in range(rounds + 50):
        name, street, phone, email = dice.choice(people)
        turned = " ".join(reversed(name.upper().split()))
        typed = Typed(turned, street, phone=phone, email=email or "" if turn % 2 else "")
        began = time.perf_counter()
        async with database.reading() as session:
            await find_alike(session, town_id, typed)
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.quantiles(times[50:], n=20)[18], 1)


if __name__ == "__main__":
    main()
