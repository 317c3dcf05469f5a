"""What three hundred municipalities cost who hosts them: start, memory, one turn of the clock, the console, a backup.

python -m bench.hosting [--towns 300] [--residents 120000]
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from bench.crowd import crowd
from bench.serving import memory_mb, running, times_of
from server.accounts.dependencies import COOKIE
from server.accounts.operators import create_operator
from server.accounts.schemas import OperatorDraft
from server.accounts.service import open_session
from server.backups import sealing
from server.backups.making import make_backup
from server.core.database import Database
from server.core.files import FileStore
from server.core.migrations import migrate
from server.core.secrets import load_secrets
from server.core.settings import Settings
from server.demo.town import open_demonstration
from tests.postgres import own_server
from workers.handlers import CHORES, chores_with
from workers.resolver import Resolver


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--towns", type=int, default=300)
    words.add_argument("--residents", type=int, default=120_000)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        with own_server(Path(tempfile.mkdtemp(prefix="tambour-bench-pg-"))) as server:
            url = server.url(server.create())
            token = asyncio.run(_fill(url, home, asked.towns, asked.residents))
            found = _web(url, home, token)
            found |= asyncio.run(_clock_and_backup(url, home))
    print(json.dumps(found | {"towns": asked.towns, "residents": asked.residents}))


async def _fill(url: str, home: Path, towns: int, residents: int) -> str:
    """The instance, and a session of who runs it."""
    database = Database(url)
    try:
        await migrate(database)
        await open_demonstration(database, load_secrets(home), FileStore(home / "files"), "http://localhost:8000")
        await crowd(database, towns=towns, residents=residents)
        async with database.writing() as session:
            olga = await create_operator(session, OperatorDraft(name="Olga", email="olga@hote.example"))
            return await open_session(session, olga.account_id)
    finally:
        await database.close()


def _web(url: str, home: Path, token: str) -> dict[str, object]:
    """Web and workers in one process: from its start to the list of towns, and what it weighs when nobody asks."""
    with running(home, "/", settings={"TAMBOUR_DATABASE_URL": url}) as instance:
        time.sleep(12)  # what a start leaves to do is done by then
        weight = memory_mb(instance.process.pid)
        cookie = f"{COOKIE}={token}"
        pages = times_of(instance.port, "/operator", cookie=cookie, rounds=40, warm_up=5)
        print(f"start {instance.seconds:.2f} s, idle {weight:.0f} MB, console {statistics.median(pages):.0f} ms")
        return {
            "hosted_start_s": round(instance.seconds, 2),
            "hosted_idle_mb": round(weight, 1),
            "console_p95_ms": round(statistics.quantiles(pages, n=20)[-1], 1),
        }


async def _clock_and_backup(url: str, home: Path) -> dict[str, object]:
    """Every chore in turn, the best of three; then a whole backup."""
    private, public = sealing.new_key()
    assert private
    settings = Settings(home=home, backup_place=str(home / "safe"), backup_keys=public)
    database, secrets, files = Database(url), load_secrets(home), FileStore(home / "files")
    try:
        slow: dict[str, float] = {}
        for chore in (*CHORES, *chores_with(files, settings, Resolver.of(settings))):
            took = []
            for _ in range(3):
                began = time.perf_counter()
                await chore.run(database, secrets)
                took.append((time.perf_counter() - began) * 1000)
            slow[chore.name] = min(took)
        for name, milliseconds in sorted(slow.items(), key=lambda pair: -pair[1])[:5]:
            print(f"{milliseconds:7.1f} ms  {name}")
        began = time.perf_counter()
        made = await make_backup(settings, database, files)
        seconds = time.perf_counter() - began
    finally:
        await database.close()
    return {
        "clock_turn_ms": round(sum(slow.values()), 1),
        "backup_s": round(seconds, 1),
        "backup_mb": round(made.size / 1e6, 1),
    }


if __name__ == "__main__":
    main()
