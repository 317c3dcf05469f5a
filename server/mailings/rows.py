"""Writing a mailing's ledger: a million rows in one transaction, a few thousand at a time, in little memory.

PostgreSQL takes them by COPY, and works while the next ones are being written; what it cannot take is somebody twice, and
then that run is written again by the statement that can.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, text

from server.core.columns import Moment
from server.core.database import WriteSession, ring
from server.mailings.models import Mailing
from server.mailings.providers import provider_of
from server.mailings.schemas import Recipient

_CHUNK = 5_000
_COLUMNS = (
    *("message_id", "recipient", "address", "provider"),
    *("municipality_id", "mailing_id", "lane", "next_at", "state", "attempt", "tries", "doubts", "reply"),
)

# One parameter per chunk: both databases read a list of rows faster than they take its rows one by one.
_INSERT = """
INSERT INTO delivery (municipality_id, mailing_id, message_id, recipient, address, provider, lane,
                      state, attempt, tries, doubts, next_at, reply)
SELECT :municipality_id, :mailing_id, {columns}, :lane, 'queued', 0, 0, 0, :due_at, ''
FROM {rows}
ON CONFLICT DO NOTHING
"""
_SQLITE = _INSERT.format(
    columns="value ->> 0, value ->> 1, value ->> 2, value ->> 3",
    # Without a WHERE, SQLite takes ON CONFLICT for a join's condition.
    rows="json_each(:rows) WHERE true",
)
_POSTGRES = _INSERT.format(
    columns="CAST(value ->> 0 AS bigint), CAST(value ->> 1 AS bigint), value ->> 2, value ->> 3",
    rows="json_array_elements(CAST(:rows AS json)) AS value",
)


async def add_rows(
    session: WriteSession, mailing: Mailing, message_ids: Sequence[int], recipients: Iterable[Recipient]
) -> None:
    """A row per recipient, due when the mailing is. A recipient named twice gets one row."""
    words = _SQLITE if session.get_bind().dialect.name == "sqlite" else _POSTGRES
    statement = text(words).bindparams(bindparam("due_at", type_=Moment()))
    given = {
        "municipality_id": mailing.municipality_id,
        "mailing_id": mailing.id,
        "lane": mailing.lane.rank,
        "due_at": mailing.scheduled_at,
    }
    for chunk in _chunks(recipients):
        rows = [
            (message_ids[variant], recipient, address, provider_of(address)) for recipient, address, variant in chunk
        ]
        if words is _SQLITE or not await _copied(session, rows, tuple(given.values())):
            await session.execute(statement, given | {"rows": json.dumps(rows, ensure_ascii=False)})
    await ring(session)


async def _copied(session: WriteSession, rows: Sequence[tuple[Any, ...]], same: tuple[Any, ...]) -> bool:
    """Whether all of them could be written at once."""
    import asyncpg  # here PostgreSQL is

    records = ((*row, *same, "queued", 0, 0, 0, "") for row in rows)
    try:
        async with session.begin_nested():
            driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
            await driver.copy_records_to_table("delivery", records=records, columns=_COLUMNS)
    except asyncpg.UniqueViolationError:
        return False
    return True


def _chunks(recipients: Iterable[Recipient]) -> Iterator[list[Recipient]]:
    run = iter(recipients)
    while chunk := list(islice(run, _CHUNK)):
        yield chunk
