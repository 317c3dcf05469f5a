"""F09 on PostgreSQL: the disk its tables lie on, or the one of its log, is full in the midst of a letter, and freed again."""

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg

from tests.drills.away import hurt_in_the_midst
from tests.drills.kills import Report
from tests.postgres import PostgresServer
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink

_LETTER = 1_000
_FULL = 4.0
_BLOCK = 8_192


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, in memory. Needs root."""
    folder.mkdir(mode=0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


async def filled_up(
    office: Office, server: PostgresServer, url: str, disk: Path, log: Path, *, is_tables_alone: bool
) -> Report:
    """Where the log lies on the full disk too, the server gives up altogether."""
    stood_still = False

    async def hurt(sink: Sink) -> None:
        nonlocal stood_still
        ballast = disk / "ballast"
        await asyncio.to_thread(_fill, ballast)
        if not is_tables_alone:
            await _use_up_the_log(server)
        stood_still = await _until_it_stands_still(sink)
        await asyncio.to_thread(ballast.unlink)
        await _served_again(server)

    report = await hurt_in_the_midst(office, url, log, people(_LETTER), hurt)
    return replace(report, miscounted=report.miscounted + (not stood_still))


def _fill(ballast: Path) -> None:
    """Until nothing more fits: first in large pieces, then block by block."""
    for size in (1 << 20, _BLOCK, 512):
        with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
            while file.write(bytes(size)) == size:
                pass


async def _use_up_the_log(server: PostgresServer) -> None:
    """Until the server has no place for another piece of its log."""
    with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection = await asyncpg.connect(host=str(server.folder), user="postgres", database="postgres")
        while True:
            await connection.execute("SELECT pg_logical_emit_message(false, 'drill', repeat('x', 100000))")
            await connection.execute("SELECT pg_switch_wal()")


async def _until_it_stands_still(sink: Sink) -> bool:
    """What fits into pages that are there still leaves; then nothing does, for as long as the disk is full."""
    for _ in range(20):
        seen = len(sink.received)
        await asyncio.sleep(_FULL / 4)
        if len(sink.received) == seen:
            await asyncio.sleep(_FULL)
            return len(sink.received) == seen < _LETTER
    return False


async def _served_again(server: PostgresServer) -> None:
    """A server that gave up for want of room is started again until it stays, as compose or systemd would."""

    async def is_there() -> bool:
        try:
            await (await asyncpg.connect(host=str(server.folder), user="postgres", database="postgres")).close()
        except (OSError, asyncpg.PostgresError):
            with contextlib.suppress(subprocess.CalledProcessError):  # it is just coming back by itself
                await asyncio.to_thread(server.start)
            return False
        return True

    await eventually(is_there, seconds=60.0)
