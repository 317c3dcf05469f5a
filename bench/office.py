"""The sending side of the measurements: an instance with towns, mailings of any size, and workers as they run in earnest."""

import asyncio
import contextlib
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import text

from bench.relays import CONNECTIONS, SIZE
from bench.serving import ROOT
from server.accounts.actors import Actor
from server.accounts.models import Account
from server.core import clock
from server.core.database import Database
from server.core.migrations import migrate
from server.core.secrets import Secrets, load_secrets
from server.mailings import service, signing
from server.mailings.compose import compose_message, new_marks
from server.mailings.dkim import Algorithm
from server.mailings.models import Lane, MailingKind
from server.mailings.schemas import MessageVariant, Recipient
from server.municipalities.models import Municipality
from tests.postgres import own_server
from workers.processes import rest_the_collector

_KEYS = count(1)
_NOT_SETTLED = text(
    "SELECT EXISTS (SELECT 1 FROM delivery WHERE mailing_id = :id AND lease_until IS NULL AND next_at IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM delivery WHERE mailing_id = :id AND lease_until IS NOT NULL)"
)
_TIMES = text(
    "SELECT mailing_id, MIN(settled_at), MAX(settled_at), COUNT(*) FROM delivery WHERE state = 'accepted' GROUP BY 1"
)


@dataclass(frozen=True)
class Worker:
    """`tambour work mail`, and the processes it may have started."""

    pid: int

    def peak_mb(self) -> float:
        """The most memory that any one of them has had."""
        pids, waiting = [], [self.pid]
        while waiting:
            one = waiting.pop()
            pids.append(one)
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        found = (Path(f"/proc/{one}/status").read_text() for one in pids)
        peaks = [re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE) for status in found]
        return max(int(peak[1]) for peak in peaks if peak) / 1024


@dataclass(frozen=True)
class Office:
    """An instance with towns, in a folder of its own."""

    home: Path
    database: Database
    secrets: Secrets
    towns: Sequence[int]

    async def start(self, recipients: int, *, town: int = 0, lane: Lane = Lane.ORDINARY) -> int:
        """Press "send": a mailing to so many people, with its whole ledger. Returns its id."""
        async with self.database.writing() as session:
            mailing = await service.start_mailing(
                session,
                self.towns[town],
                self.secrets,
                kind=MailingKind.ISSUE,
                lane=lane,
                subject="La lettre",
                messages=[letter()],
                recipients=(Recipient(number, f"p{number}@example.org") for number in range(1, recipients + 1)),
                idempotency_key=f"bench-{next(_KEYS)}",
            )
            return mailing.id

    async def sign(self) -> None:
        """Give the first town a key of RSA-2048 whose record is published."""
        actor = Actor(await self._somebody(), "Bench", frozenset(), None, "")
        async with self.database.writing() as session:
            key = await signing.make_key(
                session, self.towns[0], self.secrets, actor, domain="saint-aubin.example", algorithm=Algorithm.RSA
            )
            await signing.begin_signing(session, key)

    async def _somebody(self) -> int:
        async with self.database.writing() as session:
            account = Account(email="bench@mairie.example", name="Bench", created_at=clock.now())
            session.add(account)
            await session.flush()
            return account.id

    async def settled(self, mailing_id: int) -> None:
        """Wait until its last row has its result."""
        while True:
            async with self.database.reading() as session:
                if not await session.scalar(_NOT_SETTLED, {"id": mailing_id}):
                    return
            await asyncio.sleep(0.05)

    async def times(self) -> dict[int, tuple[datetime, datetime, int]]:
        """Of each mailing: when its first and its last message were accepted, and how many were."""
        async with self.database.reading() as session:
            return {row[0]: (_moment(row[1]), _moment(row[2]), row[3]) for row in await session.execute(_TIMES)}

    @contextlib.asynccontextmanager
    async def working(self, port: int, processes: int) -> AsyncIterator["Worker"]:
        """`tambour work mail` in a process of its own, up and ready."""
        settings = {
            "TAMBOUR_HOME": str(self.home),
            "TAMBOUR_DATABASE_URL": self.database.url.render_as_string(hide_password=False),
            "TAMBOUR_SMTP_HOST": "127.0.0.1",
            "TAMBOUR_SMTP_PORT": str(port),
            "TAMBOUR_SMTP_TLS": "none",
            "TAMBOUR_SMTP_CONNECTIONS": str(CONNECTIONS // processes),
            "TAMBOUR_QUIET_HOURS": "",  # it is measured at any hour
            "TAMBOUR_LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "workers", "work", "mail", "--processes", str(processes)]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=os.environ | settings)
        try:
            await self._all_live(processes)
            yield Worker(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 60)

    async def _all_live(self, processes: int) -> None:
        query = text("SELECT COUNT(*) FROM worker_heartbeat WHERE kind = 'mail'")
        async with asyncio.timeout(60):
            while True:
                async with self.database.reading() as session:
                    if await session.scalar(query) == processes:
                        return
                await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def office(url: str, folder: Path, towns: int = 1) -> AsyncIterator[Office]:
    """A new instance on an empty database, in a process like that of the web, where letters are started."""
    database = Database(url)
    try:
        await migrate(database)
        rest_the_collector()
        async with database.writing() as session:
            made = [
                Municipality(slug=f"town-{number}", name=f"Commune {number}", created_at=clock.now())
                for number in range(towns)
            ]
            session.add_all(made)
            await session.flush()
        yield Office(folder, database, load_secrets(folder), [one.id for one in made])
    finally:
        await database.close()


@contextlib.contextmanager
def sqlite_url() -> Iterator[tuple[str, Path]]:
    """A file on the disk, where fsync costs what it costs."""
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as folder:
        yield f"sqlite+aiosqlite:///{folder}/tambour.sqlite3", Path(folder)


@contextlib.contextmanager
def postgres_url() -> Iterator[tuple[str, Path]]:
    """A server on the disk, which waits for it."""
    place = Path(tempfile.mkdtemp(prefix="tambour-bench-pg-"))
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as folder, own_server(place, durable=True) as server:
        yield server.url(server.create()), Path(folder)


def letter() -> MessageVariant:
    """A letter of `SIZE` bytes in all."""
    marks = new_marks()

    def compose(text: str) -> MessageVariant:
        composed = compose_message(
            marks=marks,
            subject="La lettre de novembre : travaux, école, fêtes",
            text=f"{text}\n\nQuitter : https://ville.example/leave/{marks.leave}\n",
            html=f'<p>{text}</p><p><a href="https://ville.example/leave/{marks.leave}">Quitter</a></p>',
            from_name="Mairie",
            from_address="lettre@saint-aubin.example",
            reply_to="mairie@saint-aubin.example",
            date=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
            language="fr",
            list_id="lettre.saint-aubin.example",
            list_name="La lettre",
            leave_url=f"https://ville.example/leave/{marks.leave}",
        )
        return MessageVariant("fr", "standard", composed, "retours@saint-aubin.example")

    sentence = "Plus d'eau jeudi de 9 h a 12 h rue des Ormes. "
    bare = compose("").composed.weight
    return compose(sentence * round((SIZE - bare) / (2.06 * len(sentence))))


def _moment(found: datetime | str) -> datetime:
    moment = datetime.fromisoformat(found) if isinstance(found, str) else found
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
