"""The disk is full (F09), and the database hangs up in the middle (F11): a clear sentence, no half state, and on it goes."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from server.backups import sealing
from server.backups.making import NoBackup, make_backup
from server.core import clock
from server.core.database import Database, WrongDatabase
from server.core.files import FileStore
from server.core.secrets import Secrets, load_secrets
from server.core.settings import Settings
from server.issues.models import Issue, IssueState
from server.mailings.models import Delivery, Mailing
from server.residents.models import Resident
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.issues.composing import in_state, send, subscribe


@contextmanager
def no_room(database: Database) -> Iterator[None]:
    """SQLite may not grow any more: what it says then is what it says on a full disk."""

    def stop_growing(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    event.listen(database.engine.sync_engine, "begin", stop_growing)
    try:
        yield
    finally:
        event.remove(database.engine.sync_engine, "begin", stop_growing)


@pytest.mark.usefixtures("monday")
async def test_a_full_disk_is_said_changes_nothing_and_is_forgotten_when_there_is_room(
    cast: Cast, database: Database, secrets: Secrets, files: FileStore, browser_of: BrowserOf
) -> None:
    if not database.is_sqlite:
        return  # PostgreSQL says the same by its code 53100, which no test can make it say
    async with database.writing() as session:
        await subscribe(session, cast, *(f"reader{number}@x.example" for number in range(400)))
        issue_id = (await in_state(session, cast, IssueState.APPROVED)).id
    alice = await browser_of("Alice")
    places = {"names": "\n".join(f"Rue numéro {number} {'x' * 90}" for number in range(900))}
    with no_room(database):
        with pytest.raises(DBAPIError):
            await send(database, secrets, files, cast, issue_id, "one")
        answer = await alice.submit("/desk/settings/places/many", places)
        assert (answer.status_code, "has no room left" in answer.text) == (503, True), answer.text
    async with database.reading() as session:
        for table in (Mailing, Delivery):
            assert await session.scalar(select(func.count()).select_from(table)) == 0, "no half state"
        issue = await session.get(Issue, issue_id)
        assert issue is not None
        assert issue.state is IssueState.APPROVED
    async with database.writing() as session:
        await session.execute(text("PRAGMA max_page_count=1073741823"))
    await send(database, secrets, files, cast, issue_id, "one")
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Delivery)) == 400


async def test_a_backup_without_room_is_said_and_leaves_nothing_behind(
    database: Database, cast: Cast, files: FileStore, tmp_path: Path
) -> None:
    load_secrets(tmp_path)
    safe = tmp_path / "safe"
    configured = Settings(home=tmp_path, backup_place=str(safe), backup_keys=sealing.new_key()[1])
    files.put(cast.town_id, b"x" * 300_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(NoBackup, match="was not made"):
            await make_backup(configured, database, files)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(safe.iterdir()) == []
    assert list((tmp_path / "backups").iterdir()) == []
    made = await make_backup(configured, database, files)
    assert (safe / made.name).exists()


@pytest.mark.usefixtures("monday")
async def test_a_database_that_hangs_up_in_the_middle_leaves_one_letter_when_it_is_sent_again(
    cast: Cast, database: Database, secrets: Secrets, files: FileStore
) -> None:
    if database.is_sqlite:
        return  # its database is in the same process: nobody hangs up
    async with database.writing() as session:
        await subscribe(session, cast, "ann@x.example", "ben@x.example")
        issue_id = (await in_state(session, cast, IssueState.APPROVED)).id
        people = await session.scalar(select(func.count()).select_from(Resident))
    with pytest.raises((DBAPIError, ConnectionError)):
        await _add_and_hang_up(database, cast.town_id)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Resident)) == people
    for _ in range(2):
        await send(database, secrets, files, cast, issue_id, "one")
    async with database.reading() as session:
        mailing = (await session.scalars(select(Mailing))).one()
        rows = select(func.count()).select_from(Delivery).where(col(Delivery.mailing_id) == mailing.id)
        assert await session.scalar(rows) == 2, "whoever is not sure that it left asks again, with the same key"


async def _add_and_hang_up(database: Database, town_id: int) -> None:
    async with database.writing() as session:
        session.add(Resident(municipality_id=town_id, created_at=clock.now(), last_contact_at=clock.now()))
        await session.flush()
        line = await session.scalar(text("SELECT pg_backend_pid()"))
        async with database.outside_transactions() as other:
            await other.execute(text("SELECT pg_terminate_backend(:line)"), {"line": line})
        await session.execute(text("SELECT 1"))


async def test_a_damaged_file_is_not_started_on(tmp_path: Path) -> None:
    """Bytes flipped in the middle of SQLite's file (F29): the start refuses; the command line says where the backups are."""
    path = tmp_path / "town.sqlite3"
    database = Database(f"sqlite+aiosqlite:///{path}")
    async with database.connection() as connection:
        await connection.execute(text("CREATE TABLE held (id INTEGER PRIMARY KEY, words TEXT)"))
        await connection.execute(text("CREATE INDEX by_words ON held (words)"))
        rows = [{"words": f"{number} {'x' * 200}"} for number in range(2000)]
        await connection.execute(text("INSERT INTO held (words) VALUES (:words)"), rows)
    await database.check_file()
    await database.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = bytes(byte ^ 0xFF for byte in content[middle : middle + 8192])
    path.write_bytes(content)
    damaged = Database(f"sqlite+aiosqlite:///{path}")
    with pytest.raises(WrongDatabase, match="damaged"):
        await damaged.check_file()
    await damaged.close()
