"""Rows into quarantine, some thousands at a stroke, as the driver takes them; each new one with its person's number to be."""

import json
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel

from server.core.database import WriteSession
from server.residents.import_models import Outcome
from server.residents.list_reading import Staged

_COLUMNS = tuple(column.name for column in SQLModel.metadata.tables["import_row"].c if column.name != "id")
_VALUES = itemgetter(*_COLUMNS)
_INSERT = f"INSERT INTO import_row ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608  # of constants
_NEXT = text(
    "SELECT array_agg(nextval((SELECT pg_get_serial_sequence('resident', 'id'))::regclass)) FROM generate_series(1, :count)"
)
# SQLite counts in a table of its own; before the first person of all it has no row there.
_BEGIN = text(
    "INSERT INTO sqlite_sequence (name, seq) "
    "SELECT 'resident', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'resident')"
)
_ADVANCE = text("UPDATE sqlite_sequence SET seq = seq + :count WHERE name = 'resident' RETURNING seq")


async def stage_rows(session: WriteSession, rows: Sequence[Staged]) -> None:
    """Write `rows` of one import down; a list may have none."""
    if not rows:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new = [row for row in rows if row["outcome"] is Outcome.NEW]
    for row, number in zip(new, await _reserve(session, len(new), is_sqlite=is_sqlite), strict=True):
        row["resident_id"] = number
    for row in rows:
        row["problem"] = json.dumps(row["problem"], ensure_ascii=False) if row["problem"] else "{}"
    records = [_VALUES(row) for row in rows]
    connection = await session.connection()
    if is_sqlite:
        await connection.exec_driver_sql(_INSERT, records)
    else:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.copy_records_to_table("import_row", records=records, columns=_COLUMNS)


async def _reserve(session: WriteSession, count: int, *, is_sqlite: bool) -> Iterable[int]:
    """Numbers that nobody has, had, or will have otherwise: links in old mails carry them."""
    if not is_sqlite:
        numbers: list[int] = (await session.execute(_NEXT, {"count": count})).scalar_one() or []
        return numbers
    await session.execute(_BEGIN)
    last: int = (await session.execute(_ADVANCE, {"count": count})).scalar_one()
    return range(last - count + 1, last + 1)
