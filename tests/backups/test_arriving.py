"""A town leaves one instance with everything and lives in another, among other towns; what was approved stays approved."""

import json
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from server.accounts.models import RoleGrant
from server.backups.arriving import import_town
from server.backups.towns import delete_town, export_town
from server.core.database import Database
from server.core.errors import Invalid
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues.models import Issue, IssueState
from server.issues.sending import prepare_letter, send_issue
from server.mailings.leaving import suppress_address
from server.mailings.models import Delivery, DeliveryState, Mailing, SuppressionReason
from server.mailings.queries import find_suppression
from server.municipalities.models import Municipality, Place, PlaceKind
from server.residents.queries import email_audience
from tests.cast import Cast
from tests.issues.composing import in_state, send, subscribe

OTHER = Secrets(b"the secret of another instance, kept apart" * 2)
READERS = ["ann@x.example", "ben@x.example"]


@pytest.mark.usefixtures("monday")
async def test_a_town_moves_among_others_and_goes_on(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets, tmp_path: Path
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, *READERS)
        street = Place(municipality_id=cast.town_id, kind=PlaceKind.STREET, name="Rue des Ormes")
        street.sector_id = cast.sector_ids[1]
        session.add(street)
        sent = (await in_state(session, cast, IssueState.APPROVED)).id
        await in_state(session, cast, IssueState.APPROVED)
        await suppress_address(session, cast.town_id, secrets, READERS[1], SuppressionReason.REFUSED)
        await suppress_address(session, cast.town_id, secrets, "gone@x.example", SuppressionReason.ERASED)
    await send(database, secrets, files, cast, sent, "one")
    key = files.put(cast.town_id, b"a picture")
    folder = tmp_path / "town"
    done = await export_town(database, files, secrets, cast.town_id, folder)

    mails = list((folder / "mail").glob("*.eml"))
    assert message_from_bytes(mails[0].read_bytes())["Subject"], "a mail anybody's program opens"
    papers = {path.name.split("-")[0] for path in (folder / "paper").glob("*.pdf")}
    assert papers == {"lettre", "affiche"}
    assert done.readable == len(mails) + len(list((folder / "paper").iterdir()))
    assert "password" not in (folder / "account.jsonl").read_text()

    with pytest.raises(Invalid, match="lives here already"):
        await import_town(database, files, OTHER, folder, slug="saint-aubin-bis")
    await delete_town(database, files, cast.town_id)
    arrived = await import_town(database, files, OTHER, folder, slug="saint-aubin-bis")
    assert arrived.municipality_id > cast.neighbour_id, "no number of the town's is the neighbour's"
    assert (arrived.files, arrived.unknown_marks) == (1, 1)
    assert files.get(arrived.municipality_id, key) == b"a picture"
    assert arrived.rows == sum(done.rows.values()) - done.rows["account"]

    async with database.reading() as session:
        assert await find_suppression(session, arrived.municipality_id, OTHER, READERS[1]) is SuppressionReason.REFUSED
        here = col(Issue.municipality_id) == arrived.municipality_id
        issues = {one.title: one for one in await session.scalars(select(Issue).where(here))}
        ready = next(one for one in issues.values() if one.state is IssueState.APPROVED)
        audience = await email_audience(session, arrived.municipality_id, ready.topic_ids)
        assert {one.address for one in audience} == set(READERS), "with the topics of here"
        states = set(
            await session.scalars(
                select(Delivery.state).where(col(Delivery.municipality_id) == arrived.municipality_id)
            )
        )
        assert states == {DeliveryState.CANCELLED}, "nothing leaves for the old address"
        origins = set(
            await session.scalars(select(Mailing.origin).where(col(Mailing.municipality_id) == arrived.municipality_id))
        )
        assert origins == {
            f"issue:{one.id}" for one in await session.scalars(select(Issue).where(here)) if one.mailing_id
        }
        grants = (
            select(func.count()).select_from(RoleGrant).where(col(RoleGrant.municipality_id) == arrived.municipality_id)
        )
        assert await session.scalar(grants) == 5, "Alice, Bob, Paula, Denise and Paul work in both"
        prepared = await prepare_letter(session, files, arrived.municipality_id, ready.id, "https://new.example")
        sector = aliased(Place)
        of_street = select(sector.name).join(Place, col(Place.sector_id) == col(sector.id))
        here_too = col(sector.municipality_id) == arrived.municipality_id
        assert list(await session.scalars(of_street.where(here_too))) == ["Les Ormes"]
    async with database.writing() as session:
        mailing = await send_issue(session, OTHER, prepared, None, "here")
    async with database.reading() as session:
        rows = list(await session.scalars(select(Delivery).where(col(Delivery.mailing_id) == mailing.id)))
        assert [row.address for row in rows] == [READERS[0]], "the one who is barred is not written to"


@pytest.mark.usefixtures("monday")
async def test_a_folder_that_was_touched_or_is_of_another_version_is_refused(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets, tmp_path: Path
) -> None:
    folder = tmp_path / "town"
    await export_town(database, files, secrets, cast.town_id, folder)
    await delete_town(database, files, cast.town_id)
    about = json.loads((folder / "manifest.json").read_text())
    whole = (folder / "topic.jsonl").read_bytes()
    (folder / "topic.jsonl").write_bytes(whole[:-2])
    with pytest.raises(Invalid, match="not what it was"):
        await import_town(database, files, OTHER, folder)
    (folder / "topic.jsonl").write_bytes(whole)
    (folder / "SHA256SUMS").write_text("")
    (folder / "manifest.json").write_text(json.dumps(about | {"revision": "0001"}))
    with pytest.raises(Invalid, match="same version"):
        await import_town(database, files, OTHER, folder)
    (folder / "manifest.json").write_text(json.dumps(about))
    arrived = await import_town(database, files, OTHER, folder)
    assert arrived.slug == "saint-aubin"
    async with database.reading() as session:
        town = await session.get(Municipality, arrived.municipality_id)
    assert town is not None


async def test_a_disk_that_is_full_lets_nothing_of_it_arrive(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets, tmp_path: Path
) -> None:
    """Rows without their files, or letters that leave for the old address: rather no town at all."""
    files.put(cast.town_id, b"a picture")
    folder = tmp_path / "town"
    await export_town(database, files, secrets, cast.town_id, folder)
    await delete_town(database, files, cast.town_id)
    (tmp_path / "no-folder").write_text("a file where the pictures should go")
    with pytest.raises(NotADirectoryError):
        await import_town(database, FileStore(tmp_path / "no-folder"), OTHER, folder)
    async with database.reading() as session:
        assert list(await session.scalars(select(col(Municipality.id)))) == [cast.neighbour_id]
