"""The long drills: `python -m tests.drills [kills] [seeds]`. Prints a table for docs/measurements.md; 1 if a promise broke."""

import asyncio
import contextlib
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from server.core.database import Database
from server.core.migrations import migrate
from server.core.secrets import Secrets
from tests.cast import Cast, bring_cast
from tests.conftest import SECRET
from tests.drills.away import taken_away
from tests.drills.full import filled_up, small_disk
from tests.drills.imports import ImportDrill, ImportReport
from tests.drills.kills import Drill, Report
from tests.postgres import PostgresServer, own_server
from tests.sending import Office

HEAD = (
    "| Database, seed | Kills | Messages | Lost | Extra copies (bound) | Unequal copies | To who had left | Miscounted "
    "| Addresses in logs | Seconds |\n| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
)


IMPORT_HEAD = (
    "| Database, seed | Kills | Rows | Half on the list | Missing | Twice | Without proof | Mails | Left over | Seconds |\n"
    "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
)
IMPORTED = 50_000
_STATEMENTS = range(6, 32)
"""Of a worker that puts a list on the town's; a few more than there are."""

Stage = Callable[[Office], Awaitable[Report]]


@contextlib.asynccontextmanager
async def fresh(url: str) -> AsyncIterator[tuple[Database, Cast]]:
    database = Database(url, pool_size=5)
    try:
        await migrate(database)
        yield database, await bring_cast(database)
    finally:
        await database.close()


async def drilled(url: str, stage: Stage) -> Report:
    async with fresh(url) as (database, cast):
        return await stage(Office(database, Secrets(SECRET), cast.town_id))


async def brought_in(url: str, chance: random.Random) -> ImportReport:
    """F30: a long list, killed at its first and last rows, at three between them, and in the midst of the writing."""
    async with fresh(url) as (database, cast):
        drill = ImportDrill(database, url, cast.town_id, cast.actor("Alice"), rows=IMPORTED, piece=5_000)
        rows = (1, *sorted(chance.sample(range(2, IMPORTED), 3)), IMPORTED)
        return await drill.run(rows, sorted(chance.sample(_STATEMENTS, 8)))


def stages(folder: Path, server: PostgresServer, kills: int, seed: int) -> Iterator[tuple[str, str, Stage]]:
    """What is tried with one seed: its name, the database, and what is done to it."""
    for name, url in databases(folder, server):
        chance, log = random.Random(seed), folder / f"{name}.log"

        def killed(
            office: Office, url: str = url, chance: random.Random = chance, log: Path = log
        ) -> Awaitable[Report]:
            return Drill(office, url, chance, log, workers=3).run(kills)

        yield f"{name}, {seed}", url, killed
    url = server.url(server.create())
    yield "PostgreSQL stopped and started", url, partial(taken_away, server=server, url=url, log=folder / "away.log")


def fill_disks(folder: Path) -> Iterator[tuple[str, Report, float]]:
    """F09: a disk for the tables alone, then one for everything. Making small ones needs root."""
    folder.chmod(0o755)
    with (
        small_disk(folder / "tables", 48) as disk,
        own_server(Path(f"/dev/shm/tambour-full-{folder.name}")) as server,
    ):
        url = server.url(server.create_on(disk / "tables"))
        yield _filled("the disk of PostgreSQL’s tables full for a while", server, url, disk, is_tables_alone=True)
    with small_disk(folder / "all", 220) as disk, own_server(disk / "server") as server:
        url = server.url(server.create())
        yield _filled("the disk of PostgreSQL full for a while", server, url, disk, is_tables_alone=False)


def _filled(
    name: str, server: PostgresServer, url: str, disk: Path, *, is_tables_alone: bool
) -> tuple[str, Report, float]:
    log = disk.parent / f"{disk.name}.log"
    stage = partial(filled_up, server=server, url=url, disk=disk, log=log, is_tables_alone=is_tables_alone)
    began = time.monotonic()
    return name, asyncio.run(drilled(url, stage)), time.monotonic() - began


def line(name: str, report: Report, seconds: float) -> str:
    return row(
        name,
        report.kills,
        f"{report.messages:,}",
        report.lost,
        f"{report.extra} (≤ {report.bound})",
        report.unequal,
        report.to_who_had_left + report.to_nobody,
        report.miscounted,
        report.leaked,
        round(seconds),
    )


def import_line(name: str, report: ImportReport, seconds: float) -> str:
    found = (report.half, report.missing, report.twice, report.unproven, report.mails, report.left_over)
    return row(name, report.kills, f"{report.rows:,}", *found, round(seconds))


def row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def imports(seed: int) -> bool:
    """Whether every promise was kept on both databases."""
    is_kept = True
    with (
        tempfile.TemporaryDirectory() as folder,
        own_server(Path(f"/dev/shm/tambour-drill-{Path(folder).name}")) as server,
    ):
        for name, url in databases(Path(folder), server):
            began = time.monotonic()
            report = asyncio.run(brought_in(url, random.Random(seed)))
            print(import_line(f"{name}, {seed}", report, time.monotonic() - began), flush=True)
            is_kept &= report.is_kept
    return is_kept


def databases(folder: Path, server: PostgresServer) -> Iterator[tuple[str, str]]:
    yield "SQLite", f"sqlite+aiosqlite:///{folder / 'drill.sqlite3'}"
    yield "PostgreSQL", server.url(server.create())


def main(kills: int, seeds: int) -> int:
    print(HEAD, flush=True)
    is_kept = True
    for seed in range(1, seeds + 1):
        with (
            tempfile.TemporaryDirectory() as folder,
            own_server(Path(f"/dev/shm/tambour-drill-{Path(folder).name}")) as server,
        ):
            for name, url, stage in stages(Path(folder), server, kills, seed):
                began = time.monotonic()
                report = asyncio.run(drilled(url, stage))
                print(line(name, report, time.monotonic() - began), flush=True)
                is_kept &= report.is_kept
    if os.geteuid() == 0:
        with tempfile.TemporaryDirectory() as folder:
            for name, report, seconds in fill_disks(Path(folder)):
                print(line(name, report, seconds), flush=True)
                is_kept &= report.is_kept
    print(f"\n{IMPORT_HEAD}", flush=True)
    for seed in range(1, seeds + 1):
        is_kept &= imports(seed)
    return 0 if is_kept else 1


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(numbers + [100, 2][len(numbers) :])))
