"""Print jobs for tests: products, recipes that do what a test wants, and a worker that runs until nothing is due."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

from sqlmodel import col, select

from server.accounts.models import Role
from server.core.database import Database
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.prints.models import PrintFile, PrintJob
from server.prints.products import Made, Order, Recipe, product
from server.prints.queries import files_of_print
from workers.render import Beat, RenderWorker

PACK = product("test_pack", sentence("Pack"), Role.POSTER)
LETTERS = product("test_letters", sentence("Letters"), Role.COUNTER)
NAMES = product("test_names", sentence("Names"), Role.COUNTER, names_people=True)
BRISK = Beat(look=0.02, note=0.0, lease=timedelta(seconds=1), pause=timedelta(seconds=0), longest=5.0)


async def three_chunks(order: Order) -> AsyncIterator[Made]:
    """Three small files, the last one of the parameters' own words."""
    for number in (1, 2, 3):
        await order.progress(number, 3)
        words = order.parameters.get("words", "") if number == 3 else "x" * number
        yield Made(f"part-{number}.pdf", str(words).encode(), pages=number)


@contextlib.asynccontextmanager
async def working(
    database: Database, files: FileStore, secrets: Secrets, recipes: Mapping[str, Recipe], *, beat: Beat = BRISK
) -> AsyncIterator[None]:
    """A render worker beside the test."""
    stop = asyncio.Event()
    running = asyncio.create_task(
        RenderWorker(database, files, secrets, recipes, name="render-test", beat=beat).run(stop)
    )
    try:
        yield
    finally:
        stop.set()
        await running


async def job_of(database: Database, print_id: int) -> PrintJob:
    async with database.reading() as session:
        return (await session.scalars(select(PrintJob).where(col(PrintJob.id) == print_id))).one()


async def files_of(database: Database, print_id: int) -> list[PrintFile]:
    job = await job_of(database, print_id)
    async with database.reading() as session:
        return await files_of_print(session, job)
