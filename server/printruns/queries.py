"""Questions about print runs."""

from collections.abc import Collection

from sqlalchemy import Update, func, update
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.printruns.audience import mark_of
from server.printruns.models import AddressHold, BatchState, PrintBatch, PrintCopy, PrintRun, RunStep
from server.residents.models import Channel, Resident
from server.web.pagination import Page, Slice


async def get_run(session: ReadSession, municipality_id: int, run_id: int) -> PrintRun:
    query = select(PrintRun).where(col(PrintRun.municipality_id) == municipality_id, col(PrintRun.id) == run_id)
    run = (await session.scalars(query)).one_or_none()
    if run is None:
        raise NotFound
    return run


async def list_runs(session: ReadSession, municipality_id: int, asked: Slice) -> Page[PrintRun]:
    """The latest first."""
    mine = col(PrintRun.municipality_id) == municipality_id
    total = await session.scalar(select(func.count()).select_from(PrintRun).where(mine))
    query = select(PrintRun).where(mine).order_by(col(PrintRun.id).desc()).offset(asked.offset).limit(asked.size)
    return Page(list(await session.scalars(query)), int(total or 0), asked.number, asked.size)


async def list_runs_of(
    session: ReadSession, municipality_id: int, *, issue_id: int | None = None, notice_id: int | None = None
) -> list[PrintRun]:
    """Every sending on paper of one letter, or of one notice."""
    subject = col(PrintRun.issue_id) == issue_id if issue_id else col(PrintRun.notice_id) == notice_id
    query = select(PrintRun).where(col(PrintRun.municipality_id) == municipality_id, subject)
    return list(await session.scalars(query.order_by(col(PrintRun.id))))


async def list_batches(session: ReadSession, municipality_id: int, run_ids: Collection[int]) -> list[PrintBatch]:
    """In the order in which they were planned: rounds by sector, then what is stamped, then the counter's pile."""
    query = select(PrintBatch).where(
        col(PrintBatch.municipality_id) == municipality_id, col(PrintBatch.run_id).in_(run_ids)
    )
    return list(await session.scalars(query.order_by(col(PrintBatch.id))))


async def get_batch(session: ReadSession, municipality_id: int, run_id: int, batch_id: int) -> PrintBatch:
    query = select(PrintBatch).where(
        col(PrintBatch.municipality_id) == municipality_id,
        col(PrintBatch.run_id) == run_id,
        col(PrintBatch.id) == batch_id,
    )
    batch = (await session.scalars(query)).one_or_none()
    if batch is None:
        raise NotFound
    return batch


def update_batch(batch: PrintBatch, states: Collection[BatchState]) -> Update:
    """A change of `batch` that takes place only while it is in one of `states`."""
    return update(PrintBatch).where(
        col(PrintBatch.municipality_id) == batch.municipality_id,
        col(PrintBatch.id) == batch.id,
        col(PrintBatch.state).in_(states),
    )


async def list_copies(
    session: ReadSession,
    municipality_id: int,
    run_id: int,
    *,
    channel: Channel | None = None,
    only_missing: bool = False,
    with_trouble: bool | None = None,
) -> list[tuple[PrintCopy, Resident | None]]:
    """The copies of a run by their numbers, each with its person unless they were erased."""
    query = (
        select(PrintCopy, Resident)
        .outerjoin(Resident, col(Resident.id) == col(PrintCopy.resident_id))
        .where(col(PrintCopy.municipality_id) == municipality_id, col(PrintCopy.run_id) == run_id)
        .order_by(col(PrintCopy.number))
    )
    if channel is not None:
        query = query.where(col(PrintCopy.channel) == channel)
    if only_missing:
        query = query.where(col(PrintCopy.missing_at).is_not(None))
    if with_trouble is not None:
        query = query.where(col(PrintCopy.trouble).is_not(None) if with_trouble else col(PrintCopy.trouble).is_(None))
    return [(copy, resident) for copy, resident in await session.execute(query)]


async def count_copies(session: ReadSession, municipality_id: int, run_id: int) -> dict[str, int]:
    """How many copies are missing, came back, or are not printed."""
    query = select(
        func.count(col(PrintCopy.missing_at)),
        func.count(col(PrintCopy.returned_at)),
        func.count(col(PrintCopy.trouble)),
    ).where(col(PrintCopy.municipality_id) == municipality_id, col(PrintCopy.run_id) == run_id)
    missing, returned, troubled = (await session.execute(query)).one()
    return {"missing": missing, "returned": returned, "troubled": troubled}


async def count_by_postcode(session: ReadSession, municipality_id: int, run_id: int) -> list[tuple[str, str, int]]:
    """Stamped copies by postcode and town, as the post wants them bundled."""
    query = (
        select(col(Resident.postcode), func.max(col(Resident.post_town)), func.count())
        .join(PrintCopy, col(PrintCopy.resident_id) == col(Resident.id))
        .where(
            col(PrintCopy.municipality_id) == municipality_id,
            col(PrintCopy.run_id) == run_id,
            col(PrintCopy.channel) == Channel.POST,
            col(PrintCopy.batch_id).is_not(None),
        )
        .group_by(col(Resident.postcode))
        .order_by(col(Resident.postcode))
    )
    return [(postcode, town, count) for postcode, town, count in await session.execute(query)]


async def list_steps(session: ReadSession, municipality_id: int, run_id: int) -> list[tuple[RunStep, str]]:
    """What happened and who did it, the latest first."""
    query = (
        select(RunStep, col(Account.name))
        .join(Account, col(Account.id) == col(RunStep.by_id))
        .where(col(RunStep.municipality_id) == municipality_id, col(RunStep.run_id) == run_id)
        .order_by(col(RunStep.id).desc())
    )
    return [(step, name) for step, name in await session.execute(query)]


async def get_hold(session: ReadSession, municipality_id: int, hold_id: int) -> AddressHold:
    query = select(AddressHold).where(
        col(AddressHold.municipality_id) == municipality_id, col(AddressHold.id) == hold_id
    )
    hold = (await session.scalars(query)).one_or_none()
    if hold is None:
        raise NotFound
    return hold


async def list_holds(session: ReadSession, municipality_id: int) -> list[tuple[AddressHold, Resident]]:
    """Addresses that letters came back from and that still stand on the list; a new address settles it."""
    query = (
        select(AddressHold, Resident)
        .join(Resident, col(Resident.id) == col(AddressHold.resident_id))
        .where(
            col(AddressHold.municipality_id) == municipality_id,
            col(AddressHold.lifted_at).is_(None),
            col(Resident.left_at).is_(None),
        )
        .order_by(col(AddressHold.id))
    )
    return [(hold, one) for hold, one in await session.execute(query) if mark_of(one) == hold.address_mark]
