"""Runs workers side by side in one process: signs of life, restarts, a clean stop."""

import asyncio
import contextlib
import logging
import os
import secrets as random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.mailings.heartbeats import MACHINE, beat, stop_beating
from workers.clock import run_chores
from workers.handlers import CHORES, RECIPES, chores_with
from workers.patience import DATABASE_AWAY
from workers.render import RenderWorker
from workers.resolver import Resolver
from workers.roads import Roads
from workers.safekeeping import careful_chores
from workers.transports.catcher import catching
from workers.transports.contract import Transport
from workers.transports.direct import DirectTransport
from workers.transports.smtp import SmtpTransport

log = logging.getLogger(__name__)

KINDS = ("mail", "clock", "render")
_BEAT = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_RESTARTING = "restarting"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Worker:
    """`run` works until the event is set; what it says is shown where people look for trouble."""

    kind: str
    name: str
    run: Callable[[asyncio.Event, Say], Awaitable[None]]


async def run_crew(
    settings: Settings, database: Database, secrets: Secrets, stop: asyncio.Event, kinds: Collection[str] = KINDS
) -> None:
    """The instance's workers, until `stop`. Without a relay in the settings, mail goes to the local catcher."""
    async with way_out(settings) as transport:
        await run_workers(database, crew(settings, database, secrets, transport, kinds), stop)


def crew(
    settings: Settings, database: Database, secrets: Secrets, transport: Transport, kinds: Collection[str] = KINDS
) -> list[Worker]:
    """The workers of these kinds."""

    async def mail(stop: asyncio.Event, say: Say) -> None:
        await Roads(settings, database, secrets, transport, name=_name("mail"), say=say).run(stop)

    async def clock(stop: asyncio.Event, _say: Say) -> None:
        quick = (*CHORES, *chores_with(files, settings, Resolver.of(settings)))
        async with asyncio.TaskGroup() as tasks:  # nothing waits until a backup is made or a town is handed over
            for chores in (quick, careful_chores(settings, files)):
                tasks.create_task(run_chores(chores, database, secrets, stop))

    async def render(stop: asyncio.Event, _say: Say) -> None:
        name = _name("render")
        await RenderWorker(database, files, secrets, RECIPES, name=name, instance_url=settings.url).run(stop)

    files = FileStore(settings.home / "files")
    known = {"mail": mail, "clock": clock, "render": render}
    return [Worker(kind, _name(kind), known[kind]) for kind in kinds]


@contextlib.asynccontextmanager
async def way_out(settings: Settings) -> AsyncIterator[Transport]:
    """The relay of the settings, the providers' own hosts, or a catcher of our own."""
    if settings.smtp_host:
        yield SmtpTransport.of(settings)
        return
    if settings.smtp_direct:
        async with contextlib.aclosing(
            DirectTransport(Resolver.of(settings), data_timeout=settings.smtp_data_timeout)
        ) as direct:
            yield direct
        return
    async with catching(settings.home / "mail", settings.catcher_port) as caught:
        yield caught


async def run_workers(database: Database, workers: Sequence[Worker], stop: asyncio.Event) -> None:
    """Run them until `stop` is set and each has ended cleanly."""
    notes = {worker.name: "" for worker in workers}
    said = asyncio.Event()

    def speaker(worker: Worker) -> Say:
        def say(note: str) -> None:
            notes[worker.name] = note
            said.set()

        return say

    beating = asyncio.create_task(_beat(database, workers, notes, said))
    try:
        async with asyncio.TaskGroup() as tasks:
            for worker in workers:
                tasks.create_task(_supervise(worker, stop, speaker(worker)))
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        with contextlib.suppress(*DATABASE_AWAY):
            await stop_beating(database, list(notes))


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT end the workers cleanly."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


async def _supervise(worker: Worker, stop: asyncio.Event, say: Say) -> None:
    """Run it; if it breaks, run it again, after a pause that grows while it keeps breaking."""
    pause = _FIRST_PAUSE
    while not stop.is_set():
        started = asyncio.get_running_loop().time()
        try:
            await worker.run(stop, say)
        except Exception:  # whatever broke, the other workers go on and this one starts afresh
            log.exception("a worker broke", extra={"worker": worker.name})
            say(_RESTARTING)
            if asyncio.get_running_loop().time() - started > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            say("")


async def _beat(database: Database, workers: Sequence[Worker], notes: dict[str, str], said: asyncio.Event) -> None:
    while True:
        said.clear()
        try:
            await beat(database, [(worker.name, worker.kind, notes[worker.name]) for worker in workers])
        except DATABASE_AWAY:
            log.warning("no sign of life could be written", exc_info=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(said.wait(), _BEAT)


def _name(kind: str) -> str:
    return f"{kind}-{MACHINE}-{os.getpid()}-{random.token_hex(2)}"
