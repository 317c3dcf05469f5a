"""The mail engine beside Postfix's own load generator: one line of JSON last. See docs/measurements.md."""

import argparse
import asyncio
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from bench.office import Office, office, postgres_url, sqlite_url
from bench.relays import CONNECTIONS, far_away, plain, programs, sink, source
from server.mailings.models import Lane

Place = Callable[[], AbstractContextManager[tuple[str, Path]]]
Found = dict[str, float]
_HALF_A_JOURNEY = 0.010


class Bench:
    """`scale`: 1 measures what docs/measurements.md promises, 0.1 a tenth of everything."""

    def __init__(self, scale: float, processes: int) -> None:
        self._scale = scale
        self._processes = processes

    def of(self, count: int) -> int:
        return max(CONNECTIONS, int(count * self._scale))

    def sqlite(self) -> Found:
        return self._against_source("sqlite", sqlite_url, processes=1)

    def postgres(self) -> Found:
        return self._against_source("postgres", postgres_url, processes=1)

    def signed(self) -> Found:
        return self._against_source("signed", sqlite_url, processes=1, is_signed=True)

    def rtt20(self) -> Found:
        """A relay 20 ms away. This kernel may have no netem: a proxy on this machine holds every byte back instead."""
        with sink() as port, sqlite_url() as (url, folder):
            theirs, ours = asyncio.run(self._far_away(url, folder, port))
        return {"rtt20_ratio": ours / theirs, "rtt20_rate": ours, "rtt20_aiosmtplib_rate": theirs}

    def growth(self) -> Found:
        """A million recipients, written and sent, beside ten thousand."""
        with sink() as port, sqlite_url() as (url, folder):
            return asyncio.run(self._growth(url, folder, port))

    def rows(self) -> Found:
        """The ledger of a million on PostgreSQL."""
        with postgres_url() as (url, folder):
            return {"rows_1m_postgres_s": asyncio.run(self._rows(url, folder))}

    def urgent(self) -> Found:
        """An urgent notice in the midst of a letter."""
        with sink() as port, sqlite_url() as (url, folder):
            return asyncio.run(self._urgent(url, folder, port))

    def fair(self) -> Found:
        """Three hundred towns at once."""
        with sink() as port, sqlite_url() as (url, folder):
            return asyncio.run(self._fair(url, folder, port))

    def _against_source(self, name: str, place: Place, *, processes: int, is_signed: bool = False) -> Found:
        """Twice in turn, the best of each: smtp-source as it comes, the same with its connections kept, and ours."""
        messages, usual, kept, ours = self.of(20_000), 0.0, 0.0, 0.0
        with sink() as port:
            for _ in range(2):
                usual = max(usual, source(port, messages))
                kept = max(kept, source(port, messages, keeps=True))
                with place() as (url, folder):
                    rate = self._rate(url, folder, port, processes=self._processes or processes, is_signed=is_signed)
                    ours = max(ours, asyncio.run(rate))
                print(f"{name}: smtp-source {usual:,.0f}, kept {kept:,.0f}, ours {ours:,.0f} msg/s", flush=True)
        return {
            f"{name}_ratio": ours / usual,
            f"{name}_ratio_to_kept": ours / kept,
            f"{name}_rate": ours,
            f"{name}_smtp_source_rate": usual,
        }

    async def _rate(self, url: str, folder: Path, port: int, *, processes: int, is_signed: bool) -> float:
        """Messages a second from "send" to the last row settled, the best of two mailings."""
        async with office(url, folder) as our:
            if is_signed:
                await our.sign()
            async with our.working(port, processes):
                return max([await self._send(our, self.of(20_000)) for _ in range(2)])

    @staticmethod
    async def _send(our: Office, messages: int) -> float:
        began = time.perf_counter()
        await our.settled(await our.start(messages))
        return messages / (time.perf_counter() - began)

    async def _far_away(self, url: str, folder: Path, port: int) -> tuple[float, float]:
        async with far_away(port, _HALF_A_JOURNEY) as far, office(url, folder) as our:
            theirs = await plain("127.0.0.1", far, self.of(2_000))
            print(f"aiosmtplib, 20 ms away: {theirs:,.0f} msg/s", flush=True)
            async with our.working(far, self._processes or 1):
                ours = await self._send(our, self.of(5_000))
            print(f"ours, 20 ms away: {ours:,.0f} msg/s", flush=True)
        return theirs, ours

    async def _growth(self, url: str, folder: Path, port: int) -> Found:
        many, few = self.of(1_000_000), self.of(10_000)
        async with office(url, folder) as our, our.working(port, self._processes or 1) as worker:
            small = max([await self._send(our, few) for _ in range(4)])
            print(f"{few:,} people: {small:,.0f} msg/s", flush=True)
            began = time.perf_counter()
            mailing_id = await our.start(many)
            written = time.perf_counter() - began
            print(f"{many:,} rows written in {written:.1f} s", flush=True)
            await our.settled(mailing_id)
            large = many / (time.perf_counter() - began)
            print(f"{many:,} people: {large:,.0f} msg/s, peak {worker.peak_mb():.0f} MB", flush=True)
            return {"growth_ratio": small / large, "rows_1m_s": written, "peak_mb": worker.peak_mb()}

    async def _rows(self, url: str, folder: Path) -> float:
        async with office(url, folder) as our:
            began = time.perf_counter()
            await our.start(self.of(1_000_000))
            return time.perf_counter() - began

    async def _urgent(self, url: str, folder: Path, port: int) -> Found:
        async with office(url, folder) as our, our.working(port, self._processes or 1):
            await our.start(self.of(100_000))
            await asyncio.sleep(2)
            pressed = datetime.now(UTC)
            notice = await our.start(self.of(10_000), lane=Lane.URGENT)
            await our.settled(notice)
            first, last, _ = (await our.times())[notice]
        return {
            "urgent_first_s": (first - pressed).total_seconds(),
            "urgent_last_s": (last - pressed).total_seconds(),
        }

    async def _fair(self, url: str, folder: Path, port: int) -> Found:
        towns, people = 300, self.of(400)
        async with office(url, folder, towns) as our:
            mailings = [await our.start(people, town=town) for town in range(towns)]
            async with our.working(port, self._processes or 1):
                for mailing_id in mailings:
                    await our.settled(mailing_id)
            times = await our.times()
        began = min(first for first, _, _ in times.values())
        took = [(last - began).total_seconds() for _, last, _ in times.values()]
        return {"fair_ratio": max(took) / min(took)}


FIGURES = ("sqlite", "postgres", "signed", "rtt20", "urgent", "fair", "rows", "growth")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("figures", nargs="*", help=f"of {', '.join(FIGURES)}; all of them if none is named")
    words.add_argument("--scale", type=float, default=1.0, help="0.1: a tenth of every number of messages")
    words.add_argument("--processes", type=int, default=0, help="of workers; 0: as many as serve best")
    asked = words.parse_args()
    programs()
    bench = Bench(asked.scale, asked.processes)
    found: Found = {}
    for name in asked.figures or FIGURES:
        figure: Callable[[], Found] = getattr(bench, name)
        found |= figure()
        print(json.dumps({key: round(value, 3) for key, value in found.items()}), flush=True)


if __name__ == "__main__":
    main()
