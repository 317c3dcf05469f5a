"""Erasure, retention and the personal file (RGPD art. 15, 17, 20; F23)."""

import asyncio
import base64
import hashlib
import logging
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from markupsafe import escape
from sqlalchemy import text
from sqlmodel import col, select, update

from server.accounts.models import AuditEntry
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.mailings import service as mailings
from server.mailings.models import Delivery, DeliveryState, Lane, MailingKind, Suppression, SuppressionReason
from server.mailings.queries import is_suppressed
from server.mailings.schemas import Recipient
from server.mailings.upkeep import finish_mailings
from server.printruns.counter_letters import ONE_LETTER
from server.prints.models import PrintFile, PrintState
from server.prints.service import ask_print, forget_prints
from server.residents.erasure import erase_resident, forget_long_gone
from server.residents.models import Channel, Consent, JoinRequest, Resident, ResidentPlace, Subscription
from server.residents.privacy import KEEPINGS
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.issues.composing import subscribe
from tests.letterbox import Letterbox, path_in
from tests.residents.visiting import ask_to_join, count_rows, give_password, joined, press, resident_of
from tests.sending import variant

ODETTE = "odette.marchand-rare@orange.example"
STREET = "12 rue du Vieux-Lavoir-Rare"
TRACES = (
    ODETTE,
    ODETTE.upper(),
    quote(ODETTE),
    ODETTE.replace("@", "=40"),
    "marchand-rare",
    "Vieux-Lavoir-Rare",
    "vieux-lavoir-rare",
)


def traces_in(content: bytes) -> list[str]:
    """Every shape in which the person could still stand somewhere."""
    address = ODETTE.encode()
    found = [trace for trace in TRACES if trace.encode() in content]
    found += [one for one in (base64.b64encode(address)[:40], address.hex().encode()) if one in content]  # type: ignore[misc]  # bytes beside texts
    hashes = (hashlib.new(name, address).hexdigest() for name in ("md5", "sha1", "sha256"))
    return found + [one for one in hashes if one.encode() in content]


async def _a_life(client: Browser, cast: Cast, secrets: Secrets, database: Database, letterbox: Letterbox) -> Resident:
    """Odette joins, chooses, gets two letters (one waits), and asks for a second address."""
    await ask_to_join(client, secrets, cast, ODETTE, place_ids=str(cast.sector_ids[0]))
    await press(client, secrets, path_in(await letterbox.last(), "/join/"))
    odette = await resident_of(database, ODETTE)
    token = secrets.token_for("preferences", cast.town_id, odette.id)
    await client.submit(
        f"/preferences/{token}",
        {
            "wants": f"{cast.topic_ids[0]}:email+post",
            "name": "Odette Marchand-Rare",
            "address_street": STREET,
            "postcode": "41000",
            "post_town": "Saint-Aubin",
            "new_email": f"new.{ODETTE}",
        },
    )
    async with database.writing() as session:
        for key in ("a", "b"):
            await mailings.start_mailing(
                session,
                cast.town_id,
                secrets,
                kind=MailingKind.ISSUE,
                lane=Lane.ORDINARY,
                subject="La lettre",
                messages=[variant()],
                recipients=[Recipient(odette.id, ODETTE)],
                idempotency_key=key,
            )
        reply = f"550 <{ODETTE}> unknown"
        first = select(Delivery.id).where(col(Delivery.recipient) == odette.id).limit(1)
        values = {"state": DeliveryState.REFUSED, "reply": reply, "next_at": None}
        await session.execute(
            update(Delivery).where(col(Delivery.id).in_(list(await session.scalars(first)))).values(values)
        )
    return odette


async def test_nothing_of_somebody_erased_is_left(
    client: Browser,
    browser_of: BrowserOf,
    cast: Cast,
    secrets: Secrets,
    database: Database,
    letterbox: Letterbox,
    files: FileStore,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for room in ("server", "workers"):
        caplog.set_level(logging.DEBUG, room)
    odette = await _a_life(client, cast, secrets, database, letterbox)
    await _printed(database, files, cast, odette)
    denise = await browser_of("Denise")
    page = f"/desk/residents/{odette.id}/erasure"
    assert "erased for ever" in (await denise.get(page)).text
    answer = await denise.submit(page)
    assert (answer.status_code, "said=resident-erased" in answer.headers["location"]) == (303, True)
    assert (await denise.get(f"/desk/residents/{odette.id}")).status_code == 404

    for table in (Resident, Subscription, ResidentPlace, Consent):
        assert await count_rows(database, table) == 0
    async with database.reading() as session:
        # Her second address was never confirmed: its request went with her.
        assert list(await session.scalars(select(JoinRequest))) == []
        assert await is_suppressed(session, cast.town_id, secrets, ODETTE)
        bar = (await session.scalars(select(Suppression))).one()
        entry = (await session.scalars(select(AuditEntry).order_by(col(AuditEntry.id).desc()))).first()
        letters = list(await session.scalars(select(Delivery).where(col(Delivery.lane) != 0)))
    assert bar.reason is SuppressionReason.ERASED
    assert entry is not None
    assert (entry.action, entry.object_id) == ("resident.erased", odette.id)
    assert [(one.address, one.reply, one.recipient < 0) for one in letters] == [("", "", True)] * 2
    assert {one.state for one in letters} == {DeliveryState.REFUSED, DeliveryState.CANCELLED}
    async with database.writing() as session:
        await finish_mailings(session)
    await forget_prints(database, files)
    assert _printed_with(files), "a file that a job may still be writing stays for an hour"
    with clock.frozen(clock.now() + timedelta(hours=2)):
        await forget_prints(database, files)
    await database.empty_log()
    assert _printed_with(files) == []
    assert traces_in(await _everything(database, tmp_path)) == []
    assert traces_in(caplog.text.encode()) == []


async def _printed(database: Database, files: FileStore, cast: Cast, odette: Resident) -> None:
    """A letter that was printed for her at the counter."""
    content = f"%PDF {odette.name} {ODETTE}".encode()
    key = files.put(cast.town_id, content)
    async with database.writing() as session:
        job = await ask_print(session, cast.town_id, None, ONE_LETTER, {"resident_id": odette.id})
        job.state, job.finished_at = PrintState.DONE, clock.now()
        session.add(
            PrintFile(
                municipality_id=cast.town_id,
                job_id=job.id,
                attempt=0,
                name="letter.pdf",
                media_type="application/pdf",
                file_key=key,
                bytes=len(content),
            )
        )


def _printed_with(files: FileStore) -> list[str]:
    return [name for name, path in files.everything() if traces_in(path.read_bytes())]


async def _everything(database: Database, folder: Path) -> bytes:
    """The whole database as bytes: the file with its free pages, or every row of every table."""
    if not database.is_sqlite:
        async with database.engine.connect() as connection:
            tables = (
                await connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ).scalars()
            rows = [
                (await connection.exec_driver_sql(f'SELECT t::text FROM "{table}" AS t')).scalars().all()
                for table in tables.all()
            ]
        return "\n".join(row for part in rows for row in part).encode()
    return b"".join(await asyncio.to_thread(lambda: [path.read_bytes() for path in folder.glob("tambour.sqlite3*")]))


async def test_somebody_erased_may_come_back_by_themselves(
    client: Browser, cast: Cast, secrets: Secrets, database: Database, letterbox: Letterbox
) -> None:
    async with database.writing() as session:
        odette = await joined(session, cast, ODETTE)
        await erase_resident(session, secrets, cast.town_id, cast.actor("Denise"), odette.id)
    await ask_to_join(client, secrets, cast, ODETTE)
    await press(client, secrets, path_in(await letterbox.last(), "/join/"))
    assert (await resident_of(database, ODETTE)).left_at is None
    assert await count_rows(database, Suppression) == 0


async def test_the_links_of_somebody_erased_lead_nowhere(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    async with database.writing() as session:
        odette = await joined(session, cast, ODETTE)
        token = secrets.token_for("preferences", cast.town_id, odette.id)
        await erase_resident(session, secrets, cast.town_id, None, odette.id)
    answer = await client.get(f"/preferences/{token}")
    assert (answer.status_code, "Nothing is kept of you any more" in answer.text) == (404, True)


async def test_those_who_left_three_years_ago_are_forgotten(cast: Cast, secrets: Secrets, database: Database) -> None:
    now = clock.now()
    async with database.writing() as session:
        for days in (0, 1094, 1096):
            gone = await joined(session, cast, f"gone{days}@orange.example", channels=[Channel.EMAIL])
            gone.left_at = now - timedelta(days=days)
        await joined(session, cast, "stays@orange.example")
    async with database.writing() as session:
        await forget_long_gone(session, secrets)
    async with database.reading() as session:
        emails = set(await session.scalars(select(Resident.email)))
    assert emails == {"gone0@orange.example", "gone1094@orange.example", "stays@orange.example"}


async def test_the_file_holds_every_line_that_names_somebody(
    client: Browser, browser_of: BrowserOf, cast: Cast, secrets: Secrets, database: Database, letterbox: Letterbox
) -> None:
    odette = await _a_life(client, cast, secrets, database, letterbox)
    async with database.writing() as session:
        await joined(session, cast, "somebody.else@orange.example")
    denise, password = await browser_of("Denise"), await give_password(database, "Denise")
    page = f"/desk/residents/{odette.id}/file"
    refused = await denise.submit(page, {"format": "data", "password": "guessed"})
    assert (refused.status_code, "This is not your current password." in refused.text) == (422, True)
    read = (await denise.submit(page, {"format": "words", "password": password})).text
    answer = await denise.submit(page, {"format": "data", "password": password})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="person-{odette.id}.json"'
    content = answer.json()
    tied = {name for name, keeping in KEEPINGS.items() if keeping.tie}
    assert tied <= set(content)
    assert content["resident"][0]["email"] == ODETTE
    assert {one["channel"] for one in content["subscription"]} == {"email", "post"}
    assert len(content["delivery"]) == 2
    assert any(ODETTE in one["reply"] for one in content["delivery"])
    assert len(content["consent"]) == 2
    assert {one["email"] for one in content["join_request"]} == {ODETTE, f"new.{ODETTE}"}
    assert set(content["mailings"].values()) == {"La lettre"}
    assert content["topics"][str(cast.topic_ids[0])] == "La lettre du mois"
    assert "somebody.else" not in answer.text + read
    for words in (
        ODETTE,
        f"new.{ODETTE}",
        "La lettre du mois",
        *(str(KEEPINGS[name].title) for name in tied if content[name]),
    ):
        assert str(escape(words)) in read
    async with database.reading() as session:
        actions = list(await session.scalars(select(AuditEntry.action)))
    assert actions.count("resident.exported") == 2


async def test_the_number_of_somebody_erased_is_nobody_elses(database: Database, secrets: Secrets, cast: Cast) -> None:
    """A link in an old mail carries it."""
    async with database.writing() as session:
        (gone,) = await subscribe(session, cast, "gone@example.org")
        await erase_resident(session, secrets, cast.town_id, cast.actor("Alice"), gone.id)
    async with database.writing() as session:
        (new,) = await subscribe(session, cast, "new@example.org")
    assert new.id > gone.id


async def test_what_goes_with_a_person_is_found_by_the_person(database: Database) -> None:
    """Undoing a list of 50,000 takes seconds: SQLite must not look through the town for each of them."""
    if not database.is_sqlite:
        return
    async with database.reading() as session:
        for table in ("consent", "subscription"):
            looked_for = text(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE resident_id = 1 AND municipality_id = 1")
            (plan,) = await session.execute(looked_for)
            assert "(resident_id=?" in plan[3]
