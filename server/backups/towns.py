"""One town leaves with everything, or is deleted with proof: each of its tables as JSON and CSV, each of its files.

Which tables those are is read from the database: every table that carries the town. What only opens doors here (sessions,
links, tokens, sealed keys) is not handed over. `arriving` brings such a folder into another instance.
"""

import asyncio
import csv
import json
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from io import StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, MetaData, Table, delete, insert, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.accounts import audit
from server.accounts.models import AuditEntry
from server.backups import tables
from server.backups.readable import write_readable
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.migrations import current_revision
from server.core.secrets import Secrets
from server.core.tables import as_cell
from server.mailings.queries import address_hash

DELETED = audit.action("town.deleted", sentence("Deleted the town"))
"""In the instance's own trail; the journal beside the backups reads it there."""
FORMAT = 1
_OPENS_DOORS = {"api_token", "dkim_key", "town_relay", "witness", "sighting"}
"""A sighting is nothing without the mailbox it was made in."""
_STAFF = ("id", "email", "name", "language")
MANIFEST, SUMS, BARRED = "manifest.json", "SHA256SUMS", "barred.jsonl"


Note = Callable[[AsyncConnection, Mapping[str, Any]], Awaitable[None]]
"""What is to be written down in the same transaction."""


async def no_note(_connection: AsyncConnection, _about: Mapping[str, Any]) -> None:
    pass


@dataclass(frozen=True)
class Export:
    """What a town was handed."""

    folder: Path
    rows: Mapping[str, int]
    files: int
    readable: int
    """Mails as they left, and papers as they hang: for people, not for machines."""


async def export_town(
    database: Database, files: FileStore, secrets: Secrets, municipality_id: int, folder: Path
) -> Export:
    """Everything of a town in `folder`, which must not exist yet. Raises FileExistsError."""
    await asyncio.to_thread(folder.mkdir, parents=True, mode=0o700)
    rows: dict[str, int] = {}
    async with database.snapshot() as connection:
        shape = await tables.read_shape(connection)
        for table in of_a_town(shape):
            if table.name not in _OPENS_DOORS:
                rows[table.name] = await _write(connection, table, municipality_id, folder)
        rows["account"] = await _write_staff(connection, shape, municipality_id, folder)
        await _write_barred(connection, shape, secrets, municipality_id, folder)
    count = await asyncio.to_thread(_copy_files, files, municipality_id, folder)
    readable = await write_readable(database, files, municipality_id, folder)
    about = {"format": FORMAT, "revision": await current_revision(database), "made_at": clock.now().isoformat()}
    await asyncio.to_thread(_write_manifest, folder, about | {"rows": dict(rows), "files": count, "readable": readable})
    return Export(folder, rows, count, readable)


async def delete_town(
    database: Database, files: FileStore, municipality_id: int, note: Note = no_note
) -> dict[str, int]:
    """Nothing of the town is left, neither rows nor files. How many rows went from each table: the proof."""
    gone: dict[str, int] = {}
    async with database.connection() as connection:
        shape = await tables.read_shape(connection)
        for table in reversed(of_a_town(shape)):
            for name in own_references(table):  # a street of its sector: none may stay behind the other
                await connection.execute(update(table).where(_its(table) == municipality_id).values({name: None}))
            result = await connection.execute(delete(table).where(_its(table) == municipality_id))
            assert isinstance(result, CursorResult)
            gone[table.name] = result.rowcount
        gone = {name: count for name, count in sorted(gone.items()) if count}
        if gone:
            said = {"action": DELETED, "object_kind": "municipality", "object_id": municipality_id}
            await connection.execute(insert(AuditEntry).values(**said, detail={}, at=clock.now()))
        await note(connection, gone)
    await asyncio.to_thread(shutil.rmtree, files.root / str(municipality_id), ignore_errors=True)
    return gone


def of_a_town(shape: MetaData) -> list[Table]:
    return [one for one in tables.in_order(shape) if one.name == "municipality" or "municipality_id" in one.columns]


def own_references(table: Table) -> list[str]:
    """Columns that name another row of the same table."""
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _its(table: Table) -> Any:
    return table.columns["id" if table.name == "municipality" else "municipality_id"]


async def _write(connection: AsyncConnection, table: Table, municipality_id: int, folder: Path) -> int:
    query = select(table).where(_its(table) == municipality_id).order_by(*table.primary_key.columns)
    return await _write_rows(connection, query, table.name, folder)


async def _write_staff(connection: AsyncConnection, shape: MetaData, municipality_id: int, folder: Path) -> int:
    """Whoever works or did something in the town, without what lets them in."""
    account = shape.tables["account"]
    named = [
        select(key.parent).where(_its(table) == municipality_id, key.parent.is_not(None))
        for table in of_a_town(shape)
        if table.name not in _OPENS_DOORS
        for key in table.foreign_keys
        if key.column.table is account
    ]
    query = select(*(account.c[name] for name in _STAFF)).where(account.c.id.in_(union(*named)))
    return await _write_rows(connection, query.order_by(account.c.id), "account", folder)


async def _write_barred(
    connection: AsyncConnection, shape: MetaData, secrets: Secrets, municipality_id: int, folder: Path
) -> None:
    """Which mark stands for which address, as far as the town still knows the address: elsewhere marks are others."""
    barred, delivery, resident = (shape.tables[name] for name in ("suppression", "delivery", "resident"))
    here = select(barred.c.address_hash).where(barred.c.municipality_id == municipality_id)
    marks = set((await connection.execute(here)).scalars())
    known = union(
        select(resident.c.email).where(resident.c.municipality_id == municipality_id, resident.c.email.is_not(None)),
        select(delivery.c.address).where(delivery.c.municipality_id == municipality_id, delivery.c.address != ""),
    )
    found: list[str] = []
    if marks:
        pairs = [(address_hash(secrets, one), one) async for one in await connection.stream_scalars(known)]
        found = [
            json.dumps({"address_hash": mark, "address": one}, ensure_ascii=False) + "\n"
            for mark, one in pairs
            if mark in marks
        ]
    await asyncio.to_thread((folder / BARRED).write_text, "".join(sorted(found)), encoding="utf-8")


async def _write_rows(connection: AsyncConnection, query: Any, name: str, folder: Path) -> int:
    result = await connection.stream(query)
    names, count = list(result.keys()), 0
    for ending in ("jsonl", "csv"):
        await asyncio.to_thread((folder / f"{name}.{ending}").touch)
    await asyncio.to_thread(_append, folder / f"{name}.csv", _as_csv([names]))
    async for part in result.partitions(1000):
        plain = [[tables.plain(value) for value in row] for row in part]
        lines = "".join(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n" for row in plain)
        await asyncio.to_thread(_append, folder / f"{name}.jsonl", lines)
        await asyncio.to_thread(_append, folder / f"{name}.csv", _as_csv(plain))
        count += len(plain)
    return count


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text)


def _as_csv(rows: list[list[Any]]) -> str:
    """A cell that a spreadsheet would calculate is a text."""
    held = StringIO()
    writer = csv.writer(held, delimiter=";")
    for row in rows:
        cells = [json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict | list) else cell for cell in row]
        writer.writerow([as_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return held.getvalue()


def _copy_files(files: FileStore, municipality_id: int, folder: Path) -> int:
    count = 0
    for name, path in files.everything():
        if name.split("/")[0] == str(municipality_id):
            (folder / "files").mkdir(exist_ok=True)
            shutil.copyfile(path, folder / "files" / path.name)
            count += 1
    return count


def _write_manifest(folder: Path, about: Mapping[str, object]) -> None:
    """What there is, how many, and a checksum of each file as `sha256sum -c` reads it."""
    (folder / MANIFEST).write_text(json.dumps(about, indent=1, sort_keys=True), encoding="utf-8")
    lines = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            lines.append(f"{file_digest(file, 'sha256').hexdigest()}  {path.relative_to(folder)}\n")
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
