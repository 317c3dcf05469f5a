"""A town arrives from another instance: the folder that `towns.export_town` wrote becomes a town of this one.

All of it or nothing, in one transaction. Nothing leaves by itself afterwards: what was under way is cancelled, for the links
in those mails lead to the old address. People of the staff choose a new password; tokens, keys and relay are made anew.
"""

import asyncio
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from server.backups import tables
from server.backups.references import Mover, Row
from server.backups.towns import BARRED, FORMAT, MANIFEST, SUMS, Note, no_note, of_a_town, own_references
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.errors import Invalid
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.migrations import current_revision
from server.core.secrets import Secrets
from server.issues.content import issue_content
from server.issues.models import Issue, IssueStep
from server.mailings.models import Delivery, DeliveryState, Lane, Mailing, MailingState
from server.mailings.queries import address_hash
from server.mailings.service import UNSENT

_STAYS = {"import_row", "list_file", "print_job", "print_file", "domain_check"}
"""Of no use elsewhere: a list nobody confirmed, sheets made for the printer, what the DNS said."""
_UNDER_WAY = (MailingState.SCHEDULED, MailingState.SENDING, MailingState.PAUSED)
_AT_ONCE = 1000


@dataclass(frozen=True)
class Arrived:
    """A town that lives here now."""

    municipality_id: int
    slug: str
    rows: int
    files: int
    unknown_marks: int
    """Barred addresses of which nothing but a mark was left: they cannot be recognised here."""


async def import_town(
    database: Database, files: FileStore, secrets: Secrets, folder: Path, *, slug: str = "", note: Note = no_note
) -> Arrived:
    """The town of `folder`, under its own slug or another. Raises Invalid."""
    about = await asyncio.to_thread(_checked, folder)
    if about["revision"] != await current_revision(database):
        raise _refused(sentence("Both instances must run the same version of Tambour: this folder is of another one."))
    async with database.writing() as session:
        connection = await session.connection()
        shape = await tables.read_shape(connection)
        town = next(_lines(folder, "municipality"))
        town["slug"] = slug or town["slug"]
        await _refuse_taken(connection, shape, town, folder)
        if database.is_sqlite:
            await tables.loosen(connection, shape)  # until the commit; PostgreSQL is given the rows in order
        mover = await _mover(connection, shape, folder)
        barred, unknown = _barred(folder, secrets)
        prepared = {"municipality": [town], "suppression": barred}
        counts: dict[str, int] = {}
        for table in of_a_town(shape):
            if table.name not in _STAYS and (folder / f"{table.name}.jsonl").exists():
                rows = prepared.get(table.name) or _lines(folder, table.name)
                counts[table.name] = await _bring(connection, table, rows, mover)
        if not database.is_sqlite:
            await tables.count_on(connection, shape, {})
        town_id = town["id"] + mover.shift
        await _cancel_all(session, town_id)
        await _bind_approvals(session, town_id)
        copied = await asyncio.to_thread(_copy_files, files, town_id, folder)
        about = {"town_number": town_id, "town_name": town["name"], "slug": town["slug"], "counts": counts}
        await note(connection, about | {"files": copied})
    return Arrived(town_id, town["slug"], sum(counts.values()), copied, unknown)


def _checked(folder: Path) -> dict[str, Any]:
    """The manifest, after every file was compared with its checksum. Raises Invalid."""
    try:
        about: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
            digest, _, name = line.partition("  ")
            with (folder / name).open("rb") as file:
                if file_digest(file, "sha256").hexdigest() != digest:
                    raise _refused(sentence("{file} is not what it was when it was written.", file=name))
    except (OSError, ValueError) as error:
        raise _refused(sentence("This folder holds no town: {why}.", why=str(error))) from error
    if about.get("format") != FORMAT:
        raise _refused(sentence("Both instances must run the same version of Tambour: this folder is of another one."))
    return about


async def _refuse_taken(connection: AsyncConnection, shape: MetaData, town: Row, folder: Path) -> None:
    """Another town has its addresses; or it is here already, under whatever address: its notices are known."""
    table, notice = shape.tables["municipality"], shape.tables["notice"]
    taken = (table.c.slug == town["slug"]) | ((table.c.host == town["host"]) & table.c.host.is_not(None))
    uids = [row["uid"] for row in _lines(folder, "notice")][:1]
    addresses = select(func.count()).select_from(table).where(taken)
    texts = select(func.count()).select_from(notice).where(notice.c.uid.in_(uids))
    if await connection.scalar(addresses) or await connection.scalar(texts):
        raise _refused(sentence("This town, or one with its addresses, lives here already: {slug}.", slug=town["slug"]))


async def _mover(connection: AsyncConnection, shape: MetaData, folder: Path) -> Mover:
    mover = Mover(await _shift(connection, shape), await _bring_staff(connection, shape.tables["account"], folder))
    for name in ("notice_version", "publication"):
        for row in _lines(folder, name):
            mover.learn(row["content_hash"], row["content"])
    return mover


def _barred(folder: Path, secrets: Secrets) -> tuple[list[Row], int]:
    """Barred addresses by the marks of here, as far as the addresses are known; and how many are not."""
    known = {one["address_hash"]: address_hash(secrets, one["address"]) for one in _read(folder / BARRED)}
    rows = list(_lines(folder, "suppression"))
    unknown = sum(row["address_hash"] not in known for row in rows)
    return [row | {"address_hash": known.get(row["address_hash"], row["address_hash"])} for row in rows], unknown


async def _bring_staff(connection: AsyncConnection, account: Table, folder: Path) -> dict[int, int]:
    """Old number → number here. Who has an account here already is the same person; the others get one without password."""
    found: dict[int, int] = {}
    for person in _lines(folder, "account"):
        # Who runs this instance works in no town: here, whoever did so elsewhere is somebody else.
        beside = f"{person['id']}.{person['email']}"[:254]
        of_theirs = account.c.email.in_((person["email"], beside))
        number = await connection.scalar(select(account.c.id).where(of_theirs, account.c.is_operator.is_(False)))
        if number is None:
            values = {name: value for name, value in person.items() if name != "id"}
            values |= {"is_operator": False, "created_at": tables.typed(account.c.created_at, clock.now().isoformat())}
            if await connection.scalar(select(account.c.id).where(of_theirs)):
                values["email"] = beside
            number = (await connection.execute(account.insert().values(values).returning(account.c.id))).scalar_one()
        found[person["id"]] = number
    return found


async def _shift(connection: AsyncConnection, shape: MetaData) -> int:
    """So far that no number is somebody's; not at all where nothing lives yet."""
    columns = [
        select(func.max(table.c.id)).scalar_subquery()
        for table in of_a_town(shape)
        if "id" in table.c and table.name not in _STAYS
    ]
    highest = (await connection.execute(select(*columns))).one()
    return max((value or 0 for value in highest), default=0)


async def _bring(connection: AsyncConnection, table: Table, rows: Iterable[Row], mover: Mover) -> int:
    """The rows, and then what they say of each other: a street of its sector, a round of the one that follows it."""
    own = own_references(table)
    later: list[Row] = []
    held: list[Row] = []
    count = 0
    for row in rows:
        moved = {name: tables.typed(table.c[name], value) for name, value in mover.row(table, row).items()}
        if any(moved[name] for name in own):
            later.append({"row": moved["id"]} | {f"to_{name}": moved[name] for name in own})
        held.append(moved | dict.fromkeys(own))
        count += 1
        if len(held) == _AT_ONCE:
            await connection.execute(table.insert(), held)
            held = []
    if held:
        await connection.execute(table.insert(), held)
    if later:
        among = update(table).where(table.c.id == bindparam("row"))
        await connection.execute(among.values({name: bindparam(f"to_{name}") for name in own}), later)
    return count


async def _cancel_all(session: WriteSession, town_id: int) -> None:
    """No mail leaves for the old address; no letter is sent by a clock that did not plan it."""
    now = clock.now()
    mine = col(Delivery.municipality_id) == town_id
    waiting = (mine, col(Delivery.state).in_((*UNSENT, DeliveryState.SENDING)))
    never = {"state": DeliveryState.CANCELLED, "next_at": None, "worker": None, "lease_until": None, "settled_at": now}
    await session.execute(update(Delivery).where(*waiting).values(never))
    open_ones = (col(Mailing.municipality_id) == town_id, col(Mailing.state).in_(_UNDER_WAY))
    ended = {"state": MailingState.CANCELLED, "finished_at": now}
    await session.execute(update(Mailing).where(*open_ones, col(Mailing.lane) != Lane.TRANSACTIONAL).values(ended))
    await session.execute(update(Mailing).where(*open_ones).values(ended | {"state": MailingState.FINISHED}))
    await session.execute(update(Issue).where(col(Issue.municipality_id) == town_id).values(scheduled_at=None))


async def _bind_approvals(session: WriteSession, town_id: int) -> None:
    """What was approved says the same as before, with the numbers of here: its hash is that of what it says now."""
    for issue in list(await session.scalars(select(Issue).where(col(Issue.municipality_id) == town_id))):
        before, now = issue.content_hash, (await issue_content(session, issue)).content_hash
        if before and before != now:
            steps = (col(IssueStep.issue_id) == issue.id, col(IssueStep.content_hash) == before)
            await session.execute(update(IssueStep).where(*steps).values(content_hash=now))
            issue.content_hash = now
            session.add(issue)


def _copy_files(files: FileStore, town_id: int, folder: Path) -> int:
    count = 0
    for path in sorted((folder / "files").glob("*")):
        target = files.root / str(town_id) / path.name[:2] / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        count += 1
    return count


def _lines(folder: Path, table: str) -> Iterator[Row]:
    return _read(folder / f"{table}.jsonl")


def _read(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _refused(words: Any) -> Invalid:
    return Invalid({"folder": words}, words)
