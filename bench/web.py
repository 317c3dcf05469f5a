"""Cold start, idle memory, and the pages of a big instance: one line of JSON last. See docs/measurements.md."""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from bench.crowd import crowd
from bench.serving import memory_mb, running, times_of
from server.accounts.dependencies import COOKIE
from server.accounts.service import open_session
from server.core.database import Database
from server.core.files import FileStore
from server.core.migrations import migrate
from server.core.secrets import load_secrets
from server.demo.town import open_demonstration
from tests.postgres import own_server

TOWN = "/saint-aubin"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--towns", type=int, default=300)
    words.add_argument("--residents", type=int, default=1_000_000)
    words.add_argument("--rounds", type=int, default=200, help="answers measured of each page")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as folder:
        found = _start_and_idle(Path(folder) / "small")
        found |= _big_instance(Path(folder) / "big", asked.towns, asked.residents, asked.rounds)
    print(json.dumps(found))


def _start_and_idle(home: Path) -> dict[str, object]:
    """The best of three starts on a home that exists, and what the process weighs when nobody asks for anything."""
    with running(home, f"{TOWN}/", demo=True) as first:
        print(f"first start with the demonstration: {first.seconds:.1f} s")
    starts, weights = [], []
    for _ in range(3):
        with running(home, f"{TOWN}/") as instance:
            starts.append(instance.seconds)
            for page in ("/", "/notices", "/letters", "/agenda"):
                times_of(instance.port, TOWN + page, rounds=5, warm_up=0)
            time.sleep(12)  # what a start leaves to do is done by then
            weights.append(memory_mb(instance.process.pid))
        print(f"cold start {starts[-1]:.2f} s, idle {weights[-1]:.0f} MB")
    return {"cold_start_s": round(min(starts), 2), "idle_mb": round(max(weights), 1)}


def _big_instance(home: Path, towns: int, residents: int, rounds: int) -> dict[str, object]:
    server_folder = Path(tempfile.mkdtemp(prefix="tambour-bench-pg-"))
    with own_server(server_folder) as server:
        url = server.url(server.create())
        began = time.perf_counter()
        home.mkdir()
        pages, token = asyncio.run(_fill(url, home, towns, residents))
        print(f"{towns} municipalities, {residents} residents written in {time.perf_counter() - began:.0f} s")
        # As compose has it: the web apart from the workers, which print the weekly paper of 300 towns after a start.
        with running(home, f"{TOWN}/", settings={"TAMBOUR_DATABASE_URL": url}, alone=True) as instance:
            slow = {page: _p95(instance.port, page, token, rounds) for page in pages}
    for page, milliseconds in sorted(slow.items(), key=lambda pair: -pair[1]):
        print(f"{milliseconds:7.1f} ms  {page}")
    slowest = max(slow, key=lambda page: slow[page])
    return {"page_p95_ms": round(slow[slowest], 1), "slowest_page": slowest, "towns": towns, "residents": residents}


def _p95(port: int, page: str, token: str, rounds: int) -> float:
    cookie = f"{COOKIE}={token}" if "/desk" in page else ""
    found = times_of(port, page, cookie=cookie, rounds=rounds, warm_up=10)
    return statistics.quantiles(found, n=20)[-1]


async def _fill(url: str, home: Path, towns: int, residents: int) -> tuple[list[str], str]:
    """The instance, the ten main pages of its biggest town, and a session of its administrator."""
    database = Database(url)
    try:
        await migrate(database)
        secrets, files = load_secrets(home), FileStore(home / "files")
        await open_demonstration(database, secrets, files, "http://localhost:8000")
        await crowd(database, towns=towns, residents=residents)
        async with database.writing() as session:
            account = "SELECT account_id FROM role_grant WHERE role = 'administrator'"
            token = await open_session(session, int(await session.scalar(text(account)) or 0))
            notice = await session.scalar(text("SELECT max(number) FROM publication WHERE ended_at IS NULL"))
            issue = await session.scalar(text("SELECT max(number) FROM issue WHERE state = 'sent'"))
            mailing = await session.scalar(text("SELECT max(id) FROM mailing WHERE kind = 'issue'"))
    finally:
        await database.close()
    public = ("/", "/notices", f"/notices/{notice}", f"/letters/{issue}", "/agenda", "/receive")
    staff = ("/desk", "/desk/notices", "/desk/residents", f"/desk/mailings/{mailing}")
    return [TOWN + page for page in (*public, *staff)], token


if __name__ == "__main__":
    main()
