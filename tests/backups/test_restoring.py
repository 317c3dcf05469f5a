"""A backup comes back whole, on either engine; what left, was erased or was sent meanwhile stays so (F28)."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from sqlmodel import col, select

from server.accounts.models import RoleGrant
from server.backups import restoring, sealing, tables
from server.backups.halfway import is_half_restored
from server.backups.journal import write_journal
from server.backups.making import NoBackup, make_backup
from server.backups.models import BackupKind, BackupOutcome, BackupRun
from server.backups.restoring import restore
from server.backups.towns import delete_town
from server.backups.upkeep import find_backup_trouble, verify_weekly
from server.backups.verifying import verify_backup
from server.cli.opening import Refused, opened
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import load_secrets
from server.core.settings import Settings
from server.issues import queries as issues
from server.issues.models import IssueState
from server.mailings.heartbeats import beat, stop_beating
from server.mailings.leaving import suppress_address
from server.mailings.models import (
    Delivery,
    DeliveryState,
    Lane,
    Mailing,
    MailingKind,
    MailingState,
    Suppression,
    SuppressionReason,
)
from server.mailings.queries import figures_of
from server.municipalities.models import Municipality
from server.municipalities.schemas import MunicipalityDraft
from server.municipalities.service import create_municipality
from server.residents.erasure import erase_resident
from server.residents.leaving import leave_by_link
from server.residents.models import ConsentWay, Resident
from tests.backups.conftest import OpenEmpty
from tests.cast import Cast
from tests.issues.composing import in_state, send, subscribe

EVERYBODY = ["ann@x.example", "ben@x.example", "cleo@x.example", "dan@x.example"]


@pytest.mark.parametrize("into", ["sqlite", "postgres"])
async def test_everything_comes_back_on_either_engine(
    database: Database,
    cast: Cast,
    files: FileStore,
    configured: Settings,
    keys: tuple[str, str],
    new_home: Settings,
    empty: OpenEmpty,
    into: str,
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, *EVERYBODY, name="Zoé d’Été — 名前")
        session.add(BackupRun(kind=BackupKind.BACKUP, slot="x", outcome=BackupOutcome.DONE, started_at=clock.now()))
    key = files.put(cast.town_id, b"a picture")
    made = await make_backup(configured, database, files)
    assert b"Zo\xc3\xa9" not in (Path(configured.backup_place) / made.name).read_bytes(), "it is sealed"

    new = await empty(into)
    done = await restore(new_home, new, made.name, [sealing.read_private_key(keys[0])])

    assert (done.rows, done.files) == (made.rows, 1)
    assert FileStore(new_home.home / "files").get(cast.town_id, key) == b"a picture"
    assert load_secrets(new_home.home).key("x") == load_secrets(configured.home).key("x"), "links in old mails work"
    async with database.snapshot() as before, new.snapshot() as after:
        old = await tables.count_rows(before, await tables.read_shape(before))
        found = await tables.count_rows(after, await tables.read_shape(after))
    assert found == old | {"backup_run": 1}
    await verify_weekly(new_home, new)
    async with new.reading() as session:
        assert await find_backup_trouble(session) == "", "there is nothing yet that this instance could try"
        names = list(await session.scalars(select(Resident.name)))
    assert names == ["Zoé d’Été — 名前"] * 4
    with pytest.raises(NoBackup, match="already"):
        await restore(new_home, new, made.name, [sealing.read_private_key(keys[0])])


@pytest.mark.usefixtures("monday")
async def test_yesterdays_backup_sends_nothing_twice_and_nobody_who_left_comes_back(
    database: Database,
    cast: Cast,
    files: FileStore,
    configured: Settings,
    keys: tuple[str, str],
    new_home: Settings,
    empty: OpenEmpty,
    database_kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secrets = load_secrets(configured.home)
    async with database.writing() as session:
        people = {person.email: person.id for person in await subscribe(session, cast, *EVERYBODY)}
        under_way = (await in_state(session, cast, IssueState.APPROVED)).id
        not_yet = (await in_state(session, cast, IssueState.APPROVED)).id
    await send(database, secrets, files, cast, under_way, "one")
    await write_journal(configured, database)
    made = await make_backup(configured, database, files)

    with clock.frozen(clock.now() + timedelta(hours=20)):
        async with database.writing() as session:
            rows = list(await session.scalars(select(Delivery).order_by(col(Delivery.id))))
            for row in rows[:2]:  # Ann and Ben got the first letter
                row.state, row.next_at, row.settled_at = DeliveryState.ACCEPTED, None, clock.now()
            await leave_by_link(session, cast.town_id, people["ben@x.example"], ConsentWay.ONE_CLICK)
            await leave_by_link(session, cast.town_id, people["cleo@x.example"], ConsentWay.ONE_CLICK)
            await erase_resident(session, secrets, cast.town_id, None, people["dan@x.example"])
            await suppress_address(session, cast.town_id, secrets, "eve@x.example", SuppressionReason.NEVER_AGAIN)
        await send(database, secrets, files, cast, not_yet, "two")  # and the second one left
        async with database.writing() as session:
            await subscribe(session, cast, "fay@x.example")
        await write_journal(configured, database)
        new = await empty(database_kind)
        await _interrupted(monkeypatch, new_home, new, made.name, keys[0])
        done = await restore(new_home, new, made.name, [sealing.read_private_key(keys[0])])

    assert not await is_half_restored(new)
    assert (done.replayed.departures, done.replayed.erasures, done.replayed.mailings) == (2, 1, 1)
    async with new.reading() as session:
        first, second = await session.scalars(select(Mailing).order_by(col(Mailing.id)))
        assert (first.state, second.state) == (MailingState.PAUSED, MailingState.FINISHED)
        figures = (await figures_of(session, cast.town_id, [first]))[first.id]
        assert (figures.accepted, figures.to_send, figures.cancelled) == (2, 0, 2), (
            "Ben had it; Cleo and Dan are not written to"
        )
        assert (await issues.get_issue(session, cast.town_id, not_yet)).state is IssueState.SENT
        left = {one.email: one.left_at is not None for one in await session.scalars(select(Resident))}
        assert left == {"ann@x.example": False, "ben@x.example": True, "cleo@x.example": True}
        reasons = set(await session.scalars(select(Suppression.reason)))
        assert reasons == {SuppressionReason.NEVER_AGAIN, SuppressionReason.ERASED}
    if database_kind == "postgres":  # SQLite gives an id again when its row is the last and goes
        async with new.writing() as session:
            newcomer = (await subscribe(session, cast, "gus@x.example"))[0]
            assert newcomer.id == max(people.values()) + 2, "Fay's number, in links she was sent, is not given to Gus"


class Killed(Exception):
    """Whoever brings a backup back is gone in the middle."""


async def _interrupted(
    monkeypatch: pytest.MonkeyPatch, home: Settings, new: Database, name: str, private_key: str
) -> None:
    """Rows are back and nothing was played again: nothing starts on that, and the next trial begins anew."""
    with monkeypatch.context() as once:
        once.setattr(restoring, "replay", Mock(side_effect=Killed))
        with pytest.raises(Killed):
            await restoring.restore(home, new, name, [sealing.read_private_key(private_key)])
    where = new.url.render_as_string(hide_password=False)
    with pytest.raises(Refused, match="interrupted"):
        async with opened(home.model_copy(update={"database_url": where}), migrating=True):
            pass
    await beat(new, [("m1", "mail", "")])
    with pytest.raises(NoBackup, match="stop web and workers"):
        await restore(home, new, name, [sealing.read_private_key(private_key)])
    await stop_beating(new, ["m1"])


async def test_a_town_deleted_since_is_gone_again_and_one_opened_since_is_in_nobodys_way(
    database: Database,
    cast: Cast,
    files: FileStore,
    configured: Settings,
    keys: tuple[str, str],
    new_home: Settings,
    empty: OpenEmpty,
    database_kind: str,
) -> None:
    secrets, start = load_secrets(configured.home), clock.now()
    kept, gone = (files.put(town, b"a picture") for town in (cast.town_id, cast.neighbour_id))
    with clock.frozen(start - timedelta(seconds=20)):
        async with database.writing() as session:
            given = {"slug": "jadis", "name": "Jadis", "email": "m@x.example", "phone": ""}
            former = await create_municipality(session, MunicipalityDraft.model_validate(given))
        await delete_town(database, files, former.id)
        async with database.writing() as session:  # SQLite gives the number to the next one
            given = {"slug": "ici", "name": "Ici", "email": "m@x.example", "phone": ""}
            await create_municipality(session, MunicipalityDraft.model_validate(given))
    await write_journal(configured, database)
    made = await make_backup(configured, database, files)

    with clock.frozen(start + timedelta(seconds=20)):
        await delete_town(database, files, cast.neighbour_id)
        async with database.writing() as session:
            given = {"slug": "neuve", "name": "Villeneuve", "email": "m@x.example", "phone": ""}
            town = await create_municipality(session, MunicipalityDraft.model_validate(given))
            await suppress_address(session, town.id, secrets, "eve@x.example", SuppressionReason.NEVER_AGAIN)
            session.add(mailing_of(town.id))
        await write_journal(configured, database)
        new = await empty(database_kind)
        done = await restore(new_home, new, made.name, [sealing.read_private_key(keys[0])])

    assert (done.replayed.towns, done.replayed.mailings) == (1, 0)
    async with new.reading() as session:
        assert set(await session.scalars(select(Municipality.slug))) == {"saint-aubin", "ici"}
        charlies = select(RoleGrant).where(col(RoleGrant.municipality_id) == cast.neighbour_id)
        assert (await session.scalars(charlies)).first() is None, "nothing of it is left"
    store = FileStore(new_home.home / "files")
    assert store.get(cast.town_id, kept) == b"a picture"
    with pytest.raises(FileNotFoundError):
        store.get(cast.neighbour_id, gone)


def mailing_of(town_id: int) -> Mailing:
    now = clock.now()
    return Mailing(
        municipality_id=town_id,
        kind=MailingKind.ISSUE,
        lane=Lane.ORDINARY,
        subject="A letter",
        origin="issue:1",
        idempotency_key="one",
        state=MailingState.SENDING,
        created_at=now,
        scheduled_at=now,
    )


async def test_a_backup_is_tried_and_a_damaged_one_is_named(
    database: Database, cast: Cast, files: FileStore, configured: Settings
) -> None:
    made = await make_backup(configured, database, files)
    assert (await verify_backup(configured, database)).rows == made.rows, "with the instance's own key"
    path = Path(configured.backup_place) / made.name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(NoBackup, match="damaged"):
        await verify_backup(configured, database)
    path.with_name(f"{made.name}.sha256").unlink()
    with pytest.raises(NoBackup, match="no complete backup"):
        await verify_backup(configured, database)


async def test_a_stranger_key_opens_nothing(
    database: Database, cast: Cast, files: FileStore, configured: Settings, new_home: Settings, empty: OpenEmpty
) -> None:
    made = await make_backup(configured, database, files)
    stranger = sealing.read_private_key(sealing.new_key()[0])
    with pytest.raises(NoBackup, match="cannot be opened with this key"):
        await restore(new_home, await empty("sqlite"), made.name, [stranger])
