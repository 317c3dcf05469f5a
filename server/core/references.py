"""Whether a row is still referred to by any table, without knowing the rooms the tables belong to."""

from sqlalchemy import Column, exists, or_, select
from sqlmodel import SQLModel

from server.core.database import ReadSession


async def is_referred_to(session: ReadSession, table: str, row_id: int) -> bool:
    """Whether any row of the database has a foreign key to this row of `table`."""
    found = [exists().where(column == row_id) for column in columns_to(table)]
    return bool(found) and bool(await session.scalar(select(or_(*found))))


def columns_to(table: str) -> list[Column[int]]:
    """Every column, of whichever room, that names a row of `table`."""
    return [
        key.parent
        for one in SQLModel.metadata.sorted_tables
        for key in one.foreign_keys
        if key.column.table.name == table and key.column.name == "id"
    ]
