"""The long drills: `python -m tests.drills [kills] [seeds]`. Prints a table for docs/measurements.md; 1 if a promise broke."""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from server.core.database import Database
from server.core.migrations import migrate
from server.core.secrets import Secrets
from tests.cast import bring_cast
from tests.conftest import SECRET
from tests.drills.away import taken_away
from tests.drills.kills import Drill, Report
from tests.postgres import PostgresServer, own_server
from tests.sending import Office

HEAD = (
    "| Database, seed | Kills | Messages | Lost | Extra copies (bound) | Unequal copies | To who had left | Miscounted "
    "| Addresses in logs | Seconds |\n| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
)


Stage = Callable[[Office], Awaitable[Report]]


async def drilled(url: str, stage: Stage) -> Report:
    database = Database(url, pool_size=5)
    try:
        await migrate(database)
        cast = await bring_cast(database)
        return await stage(Office(database, Secrets(SECRET), cast.town_id))
    finally:
        await database.close()


def stages(folder: Path, server: PostgresServer, kills: int, seed: int) -> Iterator[tuple[str, str, Stage]]:
    """What is tried with one seed: its name, the database, and what is done to it."""
    for name, url in (
        ("SQLite", f"sqlite+aiosqlite:///{folder / 'drill.sqlite3'}"),
        ("PostgreSQL", server.url(server.create())),
    ):
        chance, log = random.Random(seed), folder / f"{name}.log"

        def killed(
            office: Office, url: str = url, chance: random.Random = chance, log: Path = log
        ) -> Awaitable[Report]:
            return Drill(office, url, chance, log, workers=3).run(kills)

        yield f"{name}, {seed}", url, killed
    url = server.url(server.create())
    yield "PostgreSQL stopped and started", url, partial(taken_away, server=server, url=url, log=folder / "away.log")


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
    print(HEAD, flush=True)  # noqa: T201  # a command: it speaks to a terminal
    is_kept = True
    for seed in range(1, seeds + 1):
        with (
            tempfile.TemporaryDirectory() as folder,
            own_server(Path(f"/dev/shm/tambour-drill-{Path(folder).name}")) as server,
        ):
            for name, url, stage in stages(Path(folder), server, kills, seed):
                began = time.monotonic()
                report = asyncio.run(drilled(url, stage))
                print(line(name, report, time.monotonic() - began), flush=True)  # noqa: T201  # a command: it speaks to a terminal
                is_kept &= report.is_kept
    return 0 if is_kept else 1


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(numbers + [100, 2][len(numbers) :])))
