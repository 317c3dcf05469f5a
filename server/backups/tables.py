"""Every table as lines of JSON, and back: the same on both databases, so that a backup of one opens in the other.

The tables are read from the database itself, not from the code: what a later version added is not forgotten, and a
backup is brought back in the shape it was made in, then migrated.
"""

import base64
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import AddConstraint, DropConstraint

_AT_ONCE = 1000
VERSION_TABLE = "alembic_version"


async def read_shape(connection: AsyncConnection) -> MetaData:
    """The tables of the running database."""
    shape = await connection.run_sync(_reflect)
    for table in shape.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True  # nothing is nothing, not the word `null`
    return shape


def _reflect(connection: Connection) -> MetaData:
    """Columns, keys and references: no backup needs the indexes and checks, which take longest to be told."""
    told, shape = inspect(connection), MetaData()
    keys, references = told.get_multi_pk_constraint(), told.get_multi_foreign_keys()
    for at, columns in told.get_multi_columns().items():
        Table(
            at[1],
            shape,
            *(Column(one["name"], one["type"], nullable=one["nullable"]) for one in columns),
            PrimaryKeyConstraint(*keys[at]["constrained_columns"]),
            *(_reference(one) for one in references[at]),
        )
    return shape


def _reference(told: ReflectedForeignKeyConstraint) -> ForeignKeyConstraint:
    far = [f"{told['referred_table']}.{name}" for name in told["referred_columns"]]
    return ForeignKeyConstraint(told["constrained_columns"], far, told["name"], **told.get("options", {}))


def in_order(shape: MetaData) -> list[Table]:
    """What others refer to comes first; which revision it is does not count as content."""
    return [table for table in shape.sorted_tables if table.name != VERSION_TABLE]


async def read_lines(connection: AsyncConnection, table: Table) -> AsyncIterator[list[str]]:
    """The rows of a table as JSON, some hundreds at a time."""
    columns = list(table.columns)
    keys = list(table.primary_key.columns) or columns
    result = await connection.stream(select(table).order_by(*keys))
    async for rows in result.partitions(_AT_ONCE):
        yield [json.dumps([plain(value) for value in row], ensure_ascii=False, separators=(",", ":")) for row in rows]
    assert len(columns) == len(result.keys())


async def write_lines(connection: AsyncConnection, table: Table, names: Sequence[str], lines: Iterator[str]) -> int:
    """Rows that `read_lines` gave; `names` are the columns they were made of. How many."""
    columns = [table.columns[name] for name in names]
    count, rows = 0, []
    for line in lines:
        rows.append(
            {column.name: typed(column, value) for column, value in zip(columns, json.loads(line), strict=True)}
        )
        if len(rows) == _AT_ONCE:
            await connection.execute(table.insert(), rows)
            count, rows = count + len(rows), []
    if rows:
        await connection.execute(table.insert(), rows)
    return count + len(rows)


async def count_rows(connection: AsyncConnection, shape: MetaData) -> dict[str, int]:
    return {
        table.name: int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
        for table in in_order(shape)
    }


async def clear(connection: AsyncConnection) -> None:
    """No row is left in any table: with rows that refer to each other in them, tables could not be taken down."""
    shape = await read_shape(connection)
    if connection.dialect.name != "sqlite":
        for table in in_order(shape):
            await connection.execute(text(f'TRUNCATE "{table.name}" CASCADE'))
        return
    await loosen(connection, shape)
    for table in in_order(shape):
        await connection.execute(table.delete())


async def loosen(connection: AsyncConnection, shape: MetaData) -> None:
    """Let rows arrive before those they refer to: until `fasten` on PostgreSQL, until the commit on SQLite."""
    if connection.dialect.name == "sqlite":
        await connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        return
    for table in in_order(shape):
        for constraint in table.foreign_key_constraints:
            await connection.execute(DropConstraint(constraint))


async def fasten(connection: AsyncConnection, shape: MetaData) -> None:
    """The database checks every reference anew, and goes on counting ids after the highest one."""
    if connection.dialect.name == "sqlite":
        return
    for table in in_order(shape):
        for constraint in table.foreign_key_constraints:
            await connection.execute(AddConstraint(constraint))
    await count_on(connection, shape, {})


async def count_on(connection: AsyncConnection, shape: MetaData, highest: Mapping[str, int]) -> None:
    """New ids come after what is there, and after `highest`: an id that was once given is not given again."""
    if connection.dialect.name == "sqlite":
        return
    for table in in_order(shape):
        if "id" not in table.columns:
            continue
        sequence = await connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name})
        if sequence is not None:
            found = await connection.scalar(select(func.max(table.columns["id"])))
            last = max(found or 0, highest.get(table.name, 0))
            await connection.execute(
                text("SELECT setval(CAST(:name AS regclass), :last, :given)"),
                {"name": sequence, "last": max(1, last), "given": last > 0},
            )


def is_empty(connection: Connection) -> bool:
    """Whether no town lives in the database."""
    shape = MetaData()
    shape.reflect(connection, only=lambda name, _shape: name == "municipality")
    table = shape.tables.get("municipality")
    return table is None or connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def plain(value: Any) -> Any:
    """As JSON says it: moments in UTC, bytes in base 64."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def typed(column: Column[Any], value: Any) -> Any:
    """The value as this database wants it."""
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        return moment if kind.timezone else moment.astimezone(UTC).replace(tzinfo=None)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, Boolean):
        return bool(value)
    return value
