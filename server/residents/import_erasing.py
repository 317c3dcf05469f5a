"""A list that is not yet on ours and names somebody who is erased: it goes, file and all, and its page says why."""

import asyncio

from sqlalchemy import CursorResult, update
from sqlmodel import col, select

from server.core import clock
from server.core.database import WriteSession
from server.core.i18n import sentence
from server.residents.import_models import ImportState, ListFile, ListImport
from server.residents.importing import forget_rows
from server.residents.list_reading import as_data
from server.residents.lists.finding import Sought
from server.residents.models import Resident

_OPEN = (ImportState.READING, ImportState.READ, ImportState.WRITING)
NAMES_ERASED = sentence("Somebody whom this list names was erased since it was brought: bring it again without them.")


async def discard_lists_naming(session: WriteSession, resident: Resident) -> None:
    """Whoever reads or writes such a list at this moment finds that it is no longer theirs, and stops."""
    sought = Sought(resident.email_key or "", resident.name_key, resident.door_key, resident.phone_key)
    waiting = select(ListImport).where(
        col(ListImport.municipality_id) == resident.municipality_id, col(ListImport.state).in_(_OPEN)
    )
    for imported in list(await session.scalars(waiting)):
        file = await session.scalar(select(col(ListFile.content)).where(col(ListFile.import_id) == imported.id))
        if file is None or not await asyncio.to_thread(sought.is_in, file, imported.file_name):
            continue
        gone = {"state": ImportState.DISCARDED, "problem": as_data(NAMES_ERASED), "closed_at": clock.now()}
        still = (col(ListImport.id) == imported.id, col(ListImport.state).in_(_OPEN))
        changed = await session.execute(update(ListImport).where(*still).values(**gone))
        assert isinstance(changed, CursorResult)
        if changed.rowcount:
            await forget_rows(session, imported)
