"""Questions about imports: which there are, one of them, its rows that cannot be used."""

from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from server.core.database import ReadSession
from server.core.errors import NotFound
from server.residents.import_models import ImportRow, ListFile, ListImport, Outcome


async def list_imports(session: ReadSession, municipality_id: int, limit: int = 20) -> list[ListImport]:
    """The last first."""
    query = select(ListImport).where(col(ListImport.municipality_id) == municipality_id)
    return list(await session.scalars(query.order_by(col(ListImport.id).desc()).limit(limit)))


async def get_import(session: ReadSession, municipality_id: int, import_id: int) -> ListImport:
    """Raises NotFound."""
    query = select(ListImport).where(
        col(ListImport.municipality_id) == municipality_id, col(ListImport.id) == import_id
    )
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def tables_of(session: ReadSession, imported: ListImport) -> list[dict[str, Any]]:
    """The tables of the file: columns, what they were taken for, the first rows."""
    query = select(col(ListFile.tables)).where(col(ListFile.import_id) == imported.id)
    return list(await session.scalar(query) or [])


async def bad_rows(session: ReadSession, imported: ListImport, limit: int = 200) -> list[ImportRow]:
    """The rows that cannot be used, in the order of the file."""
    query = select(ImportRow).where(col(ImportRow.import_id) == imported.id, col(ImportRow.outcome) == Outcome.BAD)
    return list(await session.scalars(query.order_by(col(ImportRow.id)).limit(limit)))


async def bad_kinds(session: ReadSession, imported: ListImport) -> list[tuple[str, int]]:
    """What is wrong with them, by kind and with how many: the sentence without what fills it."""
    kind = col(ImportRow.problem)["msgid"].as_string()
    query = (
        select(kind, func.count())
        .where(col(ImportRow.import_id) == imported.id, col(ImportRow.outcome) == Outcome.BAD)
        .group_by(kind)
        .order_by(func.count().desc())
    )
    return [(msgid, count) for msgid, count in await session.execute(query)]
