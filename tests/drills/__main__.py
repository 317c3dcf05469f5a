"""The long drills: `python -m tests.drills [kills] [seeds]`. Prints a table for docs/measurements.md; 1 if a promise broke."""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.core.database import Database
from server.core.migrations import migrate
from server.core.secrets import Secrets
from tests.cast import bring_cast
from tests.conftest import SECRET
from tests.drills.kills import Drill, Report
from tests.postgres import own_server
from tests.sending import Office

HEAD = (
    "| Database, seed | Kills | Messages | Lost | Extra copies (bound) | Unequal copies | To who had left | Miscounted "
    "| Addresses in logs | Seconds |\n| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
)


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    with own_server(Path(f"/dev/shm/tambour-drill-{folder.name}")) as server:
        yield {"SQLite": f"sqlite+aiosqlite:///{folder / 'drill.sqlite3'}", "PostgreSQL": server.url(server.create())}


async def drilled(url: str, log: Path, kills: int, seed: int) -> Report:
    database = Database(url, pool_size=5)
    try:
        await migrate(database)
        cast = await bring_cast(database)
        office = Office(database, Secrets(SECRET), cast.town_id)
        return await Drill(office, url, random.Random(seed), log, workers=3).run(kills)
    finally:
        await database.close()


def line(name: str, report: Report, seconds: float) -> str:
    cells = (
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
    return "| " + " | ".join(map(str, cells)) + " |"


def main(kills: int, seeds: int) -> int:
    print(HEAD, flush=True)  # noqa: T201
    is_kept = True
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as found:
            for name, url in found.items():
                began = time.monotonic()
                report = asyncio.run(drilled(url, Path(folder) / f"{name}.log", kills, seed))
                print(line(f"{name}, {seed}", report, time.monotonic() - began), flush=True)  # noqa: T201
                is_kept &= report.is_kept
    return 0 if is_kept else 1


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(numbers + [100, 2][len(numbers) :])))
