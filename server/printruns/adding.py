"""One letter more: for somebody whom mail does not reach, among the copies that are still to be printed."""

from dataclasses import asdict, dataclass

from sqlalchemy import func
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.postal.doors import read_door
from server.printruns import queries
from server.printruns.audience import Map, refuse_unprintable
from server.printruns.models import BatchState, PrintBatch, PrintCopy, PrintRun
from server.printruns.planning import reserve_of
from server.residents.models import Channel, Edition, Resident
from server.residents.queries import get_resident
from server.streets.arranging import walks_of


@dataclass(frozen=True)
class Subject:
    """What the letter is of: an issue, or a notice."""

    title: str
    topic_ids: list[int]
    issue_id: int | None = None
    notice_id: int | None = None


async def add_letter(
    session: WriteSession, municipality_id: int, actor: Actor, subject: Subject, resident_id: int
) -> PrintRun:
    """A copy of `subject` for one person. Raises Invalid without a usable address, Conflict if there is one already."""
    resident = await get_resident(session, municipality_id, resident_id)
    refuse_unprintable(resident)
    runs = await queries.list_runs_of(session, municipality_id, issue_id=subject.issue_id, notice_id=subject.notice_id)
    mine = (col(PrintCopy.municipality_id) == municipality_id, col(PrintCopy.run_id).in_([run.id for run in runs]))
    known = select(PrintCopy.id).where(*mine, col(PrintCopy.resident_id) == resident_id)
    if (await session.scalars(known.limit(1))).one_or_none() is not None:
        raise Conflict(sentence("A copy of this letter is for them already."), "copy_known")
    run = runs[-1] if runs else await _open_run(session, municipality_id, actor, subject)
    batch = await _batch_for(session, run, resident)
    last = select(func.max(col(PrintCopy.number))).where(
        col(PrintCopy.municipality_id) == municipality_id, col(PrintCopy.run_id) == run.id
    )
    copy = PrintCopy(
        municipality_id=municipality_id,
        run_id=run.id,
        batch_id=batch.id,
        number=int(await session.scalar(last) or 0) + 1,
        resident_id=resident.id,
        edition=resident.edition,
        channel=batch.channel,
    )
    session.add(copy)
    await session.flush()
    return run


async def _open_run(session: WriteSession, municipality_id: int, actor: Actor, subject: Subject) -> PrintRun:
    run = PrintRun(
        municipality_id=municipality_id,
        **asdict(subject),
        created_by_id=actor.account_id,
        created_at=clock.now(),
    )
    session.add(run)
    await session.flush()
    return run


async def _batch_for(session: WriteSession, run: PrintRun, resident: Resident) -> PrintBatch:
    """The batch still to be printed that goes where they live, or a new one."""
    town = Map.of(await walks_of(session, run.municipality_id))
    stretch = town.find(read_door(resident.address_street))
    channel, sector_id = (Channel.HAND, stretch.sector_id) if stretch else (Channel.POST, None)
    waiting = [
        one
        for one in await queries.list_batches(session, run.municipality_id, [run.id])
        if (one.channel, one.sector_id, one.state) == (channel, sector_id, BatchState.TO_PRINT)
    ]
    batch = (
        waiting[0]
        if waiting
        else PrintBatch(municipality_id=run.municipality_id, run_id=run.id, channel=channel, sector_id=sector_id)
    )
    batch.copies += 1
    batch.reserve = reserve_of(batch.copies)
    batch.large_print += resident.edition is Edition.LARGE_PRINT
    batch.easy_read += resident.edition is Edition.EASY_READ
    session.add(batch)
    await session.flush()
    return batch
