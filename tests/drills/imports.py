"""F30: whoever brings a list in is killed at row n of the reading and at statement n of the writing, and another goes on.

A child kills itself with SIGKILL at exactly that place. After each kill nothing of the list may be half there, and in the
end everybody is on it once, with their proof, and undoing takes them away again.
"""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, update
from sqlmodel import SQLModel, col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import Database
from server.mailings.models import Delivery
from server.residents.import_models import ImportRow, ImportState, ListFile, ListImport
from server.residents.importing import bring_list, confirm_import, undo_import
from server.residents.models import Channel, Consent, Resident, Subscription
from tests.conftest import SECRET
from tests.drills.child import bring_in
from tests.drills.kills import PROCESSES

_BEFORE = {ImportState.READING: "reading", ImportState.WRITING: "writing"}


@dataclass
class ImportReport:
    """What the drill found: `half` are kills after which some of the list was there, or its import was lost."""

    database: str
    rows: int
    kills: int = 0
    half: int = 0
    missing: int = 0
    twice: int = 0
    unproven: int = 0
    mails: int = 0
    left_over: int = 0
    """Names that quarantine still holds when all is done, and people that undoing left behind."""

    @property
    def is_kept(self) -> bool:
        return not any((self.half, self.missing, self.twice, self.unproven, self.mails, self.left_over))


@dataclass
class ImportDrill:
    """A list of `rows` people, half of them on paper, is brought to a town of nobody."""

    database: Database
    url: str
    town_id: int
    actor: Actor
    rows: int
    piece: int
    """Rows that are written in one transaction of the reading."""
    report: ImportReport = field(init=False)

    async def run(self, at_rows: Sequence[int], at_statements: Sequence[int]) -> ImportReport:
        self.report = ImportReport(self.database.url.get_backend_name(), self.rows)
        async with self.database.writing() as session:
            brought = await bring_list(session, self.town_id, self.actor, self._list(), "list.csv")
        for row in at_rows:
            await self._kill(row=row)
        await self._end(ImportState.READ)
        async with self.database.writing() as session:
            await confirm_import(session, self.town_id, brought.id, "drilled")
        for statement in at_statements:
            await self._kill(statement=statement)
        await self._end(ImportState.DONE)
        await self._judge()
        async with self.database.writing() as session:
            await undo_import(session, self.town_id, self.actor, brought.id)
        self.report.left_over += await self._count(Resident) + await self._count(ImportRow)
        return self.report

    def _list(self) -> bytes:
        rows = ("nom;email;adresse\n", *(self._row(number) for number in range(self.rows)))
        return "".join(rows).encode()

    def _row(self, number: int) -> str:
        return f"Person {number};{f'p{number}@example.fr' if number % 2 else ''};{number % 90 + 1} rue du Four\n"

    async def _kill(self, *, row: int = 0, statement: int = 0) -> None:
        """A worker takes the import and dies there; what it leaves behind is looked at."""
        before = (await self._import()).state
        if await self._worker(row, statement) != -signal.SIGKILL:
            return  # it came to its end before that statement
        self.report.kills += 1
        now = await self._import()
        is_whole = now.state is before and before in _BEFORE and await self._count(ListFile) == 1
        self.report.half += not is_whole or bool(await self._count(Resident) + await self._count(Consent))
        async with self.database.writing() as session:
            await session.execute(update(ListImport).values(lease_until=clock.now() - timedelta(seconds=1)))

    async def _end(self, state: ImportState) -> None:
        if (await self._import()).state is not state:
            await self._worker(0, 0)
        assert (await self._import()).state is state

    async def _worker(self, row: int, statement: int) -> int | None:
        process = PROCESSES.Process(target=bring_in, args=(self.url, SECRET, row, statement, self.piece), daemon=True)
        process.start()
        await asyncio.to_thread(process.join)
        return process.exitcode

    async def _judge(self) -> None:
        report, per_topic = self.report, (col(Subscription.resident_id), col(Subscription.topic_id))
        async with self.database.reading() as session:
            names = list(await session.scalars(select(Resident.name)))
            wants = [tuple(row) for row in await session.execute(select(*per_topic, col(Subscription.channel)))]
            proofs = set(await session.scalars(select(Consent.resident_id)))
            named = select(func.count()).select_from(ImportRow).where(col(ImportRow.search_key) != "")
            report.left_over = int(await session.scalar(named) or 0)
        report.missing = self.rows - len(set(names))
        report.twice = len(names) - len(set(names)) + len(wants) - len(set(wants))
        report.unproven = self.rows - len(proofs)
        report.missing += sum(channel is Channel.EMAIL for *_, channel in wants) != self.rows // 2 * 3
        report.mails = await self._count(Delivery)

    async def _import(self) -> ListImport:
        async with self.database.reading() as session:
            return (await session.scalars(select(ListImport))).one()

    async def _count(self, table: type[SQLModel]) -> int:
        async with self.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(table)) or 0)
