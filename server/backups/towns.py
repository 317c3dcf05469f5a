"""One town leaves with everything, or is deleted with proof: each of its tables as JSON and CSV, each of its files.

Which tables those are is read from the database: every table that carries the town. What only opens doors here (sessions,
links, tokens, sealed keys) is not handed over.
"""

import asyncio
import csv
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from io import StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, MetaData, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.backups import tables
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore

_OPENS_DOORS = {"api_token", "dkim_key", "town_relay"}
_STAFF = ("id", "email", "name", "language")


@dataclass(frozen=True)
class Export:
    """What a town was handed."""

    folder: Path
    rows: Mapping[str, int]
    files: int


async def export_town(database: Database, files: FileStore, municipality_id: int, folder: Path) -> Export:
    """Everything of a town in `folder`, which must not exist yet. Raises FileExistsError."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    rows: dict[str, int] = {}
    async with database.snapshot() as connection:
        shape = await tables.read_shape(connection)
        for table in _of_a_town(shape):
            if table.name not in _OPENS_DOORS:
                rows[table.name] = await _write(connection, table, municipality_id, folder)
        rows["account"] = await _write_staff(connection, shape, municipality_id, folder)
    count = await asyncio.to_thread(_copy_files, files, municipality_id, folder)
    await asyncio.to_thread(_write_manifest, folder, rows)
    return Export(folder, rows, count)


async def delete_town(database: Database, files: FileStore, municipality_id: int) -> dict[str, int]:
    """Nothing of the town is left, neither rows nor files. How many rows went from each table: the proof."""
    gone: dict[str, int] = {}
    async with database.connection() as connection:
        shape = await tables.read_shape(connection)
        for table in reversed(_of_a_town(shape)):
            result = await connection.execute(delete(table).where(_its(table) == municipality_id))
            assert isinstance(result, CursorResult)
            gone[table.name] = result.rowcount
    await asyncio.to_thread(shutil.rmtree, files.root / str(municipality_id), ignore_errors=True)
    return {name: count for name, count in sorted(gone.items()) if count}


def _of_a_town(shape: MetaData) -> list[Table]:
    return [one for one in tables.in_order(shape) if one.name == "municipality" or "municipality_id" in one.columns]


def _its(table: Table) -> Any:
    return table.columns["id" if table.name == "municipality" else "municipality_id"]


async def _write(connection: AsyncConnection, table: Table, municipality_id: int, folder: Path) -> int:
    return await _write_rows(connection, select(table).where(_its(table) == municipality_id), table.name, folder)


async def _write_staff(connection: AsyncConnection, shape: MetaData, municipality_id: int, folder: Path) -> int:
    """The people who work in the town, without what lets them in."""
    account, grant = shape.tables["account"], shape.tables["role_grant"]
    here = select(grant.c.account_id).where(grant.c.municipality_id == municipality_id)
    query = select(*(account.c[name] for name in _STAFF)).where(account.c.id.in_(here))
    return await _write_rows(connection, query, "account", folder)


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
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" else cell for cell in cells])
    return held.getvalue()


def _copy_files(files: FileStore, municipality_id: int, folder: Path) -> int:
    count = 0
    for name, path in files.everything():
        if name.split("/")[0] == str(municipality_id):
            (folder / "files").mkdir(exist_ok=True)
            shutil.copyfile(path, folder / "files" / path.name)
            count += 1
    return count


def _write_manifest(folder: Path, rows: Mapping[str, int]) -> None:
    """What there is, how many, and a checksum of each file as `sha256sum -c` reads it."""
    (folder / "manifest.json").write_text(
        json.dumps({"made_at": clock.now().isoformat(), "rows": dict(rows)}, indent=1, sort_keys=True), encoding="utf-8"
    )
    lines = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            lines.append(f"{file_digest(file, 'sha256').hexdigest()}  {path.relative_to(folder)}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
