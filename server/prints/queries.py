"""Questions about print jobs. Whoever may not see a product's jobs does not find them."""

from sqlalchemy import func
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.prints.models import PrintFile, PrintJob, PrintState
from server.prints.products import codes_for
from server.web.pagination import Page, Slice


async def list_prints(session: ReadSession, municipality_id: int, actor: Actor, asked: Slice) -> Page[PrintJob]:
    """The latest first."""
    where = (col(PrintJob.municipality_id) == municipality_id, col(PrintJob.product).in_(codes_for(actor.roles)))
    total = (await session.execute(select(func.count()).select_from(PrintJob).where(*where))).scalar_one()
    query = select(PrintJob).where(*where).order_by(col(PrintJob.id).desc()).limit(asked.size).offset(asked.offset)
    return Page(list(await session.scalars(query)), total, asked.number, asked.size)


async def get_print(session: ReadSession, municipality_id: int, actor: Actor, print_id: int) -> PrintJob:
    query = select(PrintJob).where(
        col(PrintJob.municipality_id) == municipality_id,
        col(PrintJob.id) == print_id,
        col(PrintJob.product).in_(codes_for(actor.roles)),
    )
    job = (await session.scalars(query)).one_or_none()
    if job is None:
        raise NotFound
    return job


async def find_latest_print(session: ReadSession, municipality_id: int, origin: str) -> PrintJob | None:
    """The last job asked for what the caller calls `origin`."""
    query = select(PrintJob).where(col(PrintJob.municipality_id) == municipality_id, col(PrintJob.origin) == origin)
    return (await session.scalars(query.order_by(col(PrintJob.id).desc()).limit(1))).one_or_none()


async def files_of_print(session: ReadSession, job: PrintJob) -> list[PrintFile]:
    """What came of a job that is done, in the order in which it was made."""
    if job.state is not PrintState.DONE:
        return []
    query = select(PrintFile).where(
        col(PrintFile.municipality_id) == job.municipality_id,
        col(PrintFile.job_id) == job.id,
        col(PrintFile.attempt) == job.attempt,
    )
    return list(await session.scalars(query.order_by(col(PrintFile.id))))


async def get_print_file(
    session: ReadSession, municipality_id: int, actor: Actor, print_id: int, file_id: int
) -> PrintFile:
    job = await get_print(session, municipality_id, actor, print_id)
    found = next((one for one in await files_of_print(session, job) if one.id == file_id), None)
    if found is None:
        raise NotFound
    return found
