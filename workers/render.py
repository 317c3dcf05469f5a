"""The render worker: takes print jobs one by one, has them made by their recipes, stores what comes of it.

The typesetter is a child of its own, so that a long run keeps no preview waiting. A job that cannot be printed is parked
at once with what must be mended; one that broke is tried again, three times in all; the jobs behind it go on.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.core import clock
from server.core.database import Database, WriteSession
from server.core.errors import Refusal, Unavailable
from server.core.files import FileStore
from server.core.i18n import Message, sentence, speaking, translate
from server.core.secrets import Secrets
from server.press.process import Press, printing_on
from server.prints import ledger
from server.prints.ledger import Claim, Lost
from server.prints.products import Order, Recipe

log = logging.getLogger(__name__)

_BROKE = sentence("Something broke while it was being made. The server’s log says what.")
_TOO_LONG = sentence("It took too long to make. Ask for a smaller part of it.")


@dataclass(frozen=True)
class Beat:
    """How often things are done; tests have them done faster."""

    look: float = 1.0
    """Seconds between two looks for work."""
    note: float = 0.5
    """Seconds between two notes of how far a job is."""
    lease: timedelta = timedelta(minutes=2)
    pause: timedelta = timedelta(seconds=20)
    """Before a job that broke is tried again."""
    longest: float = 1_800.0
    """Seconds one job may take."""


_USUAL = Beat()


class RenderWorker:
    """One process's share of the printing. `run` it until `stop`."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        secrets: Secrets,
        recipes: Mapping[str, Recipe],
        *,
        name: str,
        instance_url: str = "",
        beat: Beat = _USUAL,
    ) -> None:
        self._database = database
        self._files = files
        self._secrets = secrets
        self._recipes = recipes
        self._name = name
        self._instance_url = instance_url
        self._beat = beat

    async def run(self, stop: asyncio.Event) -> None:
        """Make what is due until `stop`; what is under way then is given back."""
        press = Press(idle_seconds=5.0)  # between two jobs its memory is somebody else's
        stopping = asyncio.create_task(stop.wait())
        try:
            with printing_on(press):
                while not stop.is_set():
                    claim = await self._take()
                    if claim is None:
                        await asyncio.wait((stopping,), timeout=self._beat.look)
                    else:
                        await self._look_after(claim, stopping)
        finally:
            stopping.cancel()
            await press.aclose()

    async def _take(self) -> Claim | None:
        async with self._database.writing() as session:
            return await ledger.take(session, self._name, now=clock.now(), lease=self._lease())

    async def _look_after(self, claim: Claim, stopping: asyncio.Task[bool]) -> None:
        """Have it made, keep its lease meanwhile, and write down how it ended."""
        making = asyncio.create_task(self._make(claim))
        keeping = asyncio.create_task(self._keep(claim))
        try:
            await asyncio.wait(
                (making, keeping, stopping), timeout=self._beat.longest, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            making.cancel()
            keeping.cancel()
            await asyncio.wait((making, keeping))
        with contextlib.suppress(Lost):
            async with self._database.writing() as session:
                if making.cancelled() and stopping.done():
                    await ledger.give_back(session, claim, "", next_at=clock.now(), tries=claim.tries - 1)
                elif making.cancelled():
                    await self._try_later(session, claim, Unavailable(_TOO_LONG))
                elif problem := making.exception():
                    await self._judge(session, claim, problem)
                else:
                    await ledger.finish(session, claim, now=clock.now())

    async def _make(self, claim: Claim) -> None:
        order = Order(
            self._database,
            self._files,
            self._secrets,
            self._instance_url,
            claim.municipality_id,
            claim.parameters,
            claim.language,
            self._noting(claim),
        )
        with speaking(claim.language):
            async for made in self._recipes[claim.product](order):
                # The row comes first: no file is ever in the store that no row leads to.
                async with self._database.writing() as session:
                    await ledger.add_file(session, claim, made, lease=self._lease())
                await asyncio.to_thread(self._files.put, claim.municipality_id, made.content)

    def _noting(self, claim: Claim) -> Callable[[int, int], Awaitable[None]]:
        """What a recipe tells its progress to. The first and the last figures are always written down."""
        noted_at = 0.0

        async def note(done: int, total: int) -> None:
            nonlocal noted_at
            now = asyncio.get_running_loop().time()
            if 0 < done < total and now - noted_at < self._beat.note:
                return
            noted_at = now
            async with self._database.writing() as session:
                await ledger.hold(session, claim, lease=self._lease(), done=done, total=total)

        return note

    async def _keep(self, claim: Claim) -> None:
        """Renew the lease for as long as it holds."""
        while True:
            await asyncio.sleep(self._beat.lease.total_seconds() / 4)
            async with self._database.writing() as session:
                await ledger.hold(session, claim, lease=self._lease())

    async def _judge(self, session: WriteSession, claim: Claim, problem: BaseException) -> None:
        if isinstance(problem, Lost):
            raise problem  # nothing broke: it is somebody else's now, or begun anew
        if isinstance(problem, Refusal) and not isinstance(problem, Unavailable):
            item, place = getattr(problem, "item", ""), getattr(problem, "place", "")
            await self._park(session, claim, problem.message, item, place)
            return
        log.error("a print job broke", exc_info=problem, extra={"job": claim.id, "product": claim.product})
        await self._try_later(session, claim, problem)

    async def _try_later(self, session: WriteSession, claim: Claim, problem: BaseException) -> None:
        words = problem.message if isinstance(problem, Refusal) else _BROKE
        if claim.tries >= ledger.MOST_TRIES:
            await self._park(session, claim, words, getattr(problem, "item", ""), getattr(problem, "place", ""))
            return
        later = clock.now() + claim.tries * self._beat.pause
        await ledger.give_back(session, claim, _said(claim, words), next_at=later, tries=claim.tries)

    async def _park(self, session: WriteSession, claim: Claim, words: Message, item: str, place: str) -> None:
        await ledger.fail(session, claim, _said(claim, words, item), place, now=clock.now())

    def _lease(self) -> datetime:
        return clock.now() + self._beat.lease


def _said(claim: Claim, words: Message, item: str = "") -> str:
    """In the language of who asked."""
    said = translate(words, claim.language)
    return f"{item} — {said}" if item else said
