"""What a town may take of the machine it shares: people, mails a day, room for files. Set by who hosts it; none is no limit."""

import asyncio
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from server.accounts import audit
from server.accounts.actors import Actor
from server.core.database import Database, WriteSession
from server.core.errors import Invalid
from server.core.files import FileStore
from server.core.i18n import sentence
from server.municipalities.queries import get_municipality

QUOTAS_CHANGED = audit.action("town.quotas", sentence("Changed what the town may take of the machine"))
MEGABYTE = 1_000_000

Limit = Annotated[
    int | None, BeforeValidator(lambda typed: "".join(typed.split()) or None if isinstance(typed, str) else typed)
]


class Quotas(BaseModel):
    most_people: Limit = Field(None, ge=0, le=10**9)
    most_mails_a_day: Limit = Field(None, ge=0, le=10**9)
    most_megabytes: Limit = Field(None, ge=0, le=10**9)


async def change_quotas(session: WriteSession, municipality_id: int, actor: Actor, change: Quotas) -> None:
    """From now on. What is there already stays, whatever is said."""
    town = await get_municipality(session, municipality_id)
    town.sqlmodel_update(change.model_dump())
    session.add(town)
    await audit.record(
        session,
        municipality_id,
        actor.account_id,
        QUOTAS_CHANGED,
        "municipality",
        municipality_id,
        change.model_dump(exclude_none=True),
    )


async def refuse_heavier(database: Database, files: FileStore, municipality_id: int, more: int, *, field: str) -> None:
    """Raise Invalid at `field` if `more` bytes are too many. What the law wants kept (acts, certificates) is not asked.

    Asked before the transaction: the sizes are read from the disk.
    """
    async with database.reading() as session:
        most = (await get_municipality(session, municipality_id)).most_megabytes
    if most is None or not more:
        return
    held = await asyncio.to_thread(files.size, municipality_id)
    if held + more > most * MEGABYTE:
        words = sentence(
            "The town may keep {most} MB of files, and {held} MB are taken: this one is too much. Ask who hosts Tambour for more room.",
            most=most,
            held=held // MEGABYTE,
        )
        raise Invalid({field: words})
