"""The paper for a cut: made once a week, complete, and sealed wherever a copy is laid down."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from sqlmodel import select

from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues.models import IssueState
from server.prints.models import PrintFile, PrintJob, PrintState
from server.prints.products import Order
from server.residents.models import Channel, Subscription
from server.urgent.dossier import look_after_dossiers, make_dossier
from tests.boards.hanging import board, hang, make_round
from tests.cast import Cast
from tests.issues.composing import INSTANCE, in_state, subscribe
from tests.notices.writing import published
from tests.urgent.test_kit import words_of

pytestmark = pytest.mark.usefixtures("monday")


async def test_it_holds_what_is_needed_by_hand(
    database: Database, files: FileStore, secrets: Secrets, cast: Cast
) -> None:
    async with database.writing() as session:
        (anne,) = await subscribe(
            session, cast, "anne@example.org", name="Anne Lebrun", address_street="3 rue du Lavoir"
        )
        about: dict[str, Any] = {"municipality_id": cast.town_id, "resident_id": anne.id, "topic_id": cast.topic_ids[1]}
        session.add(Subscription(**about, channel=Channel.HAND, started_at=clock.now()))
        notice = await published(session, cast)
        await hang(
            session, cast, notice, await board(session, cast, "École", keys="gardien"), clock.today(), clock.today()
        )
        await make_round(session, cast)
        await in_state(session, cast, IssueState.APPROVED)

    async def progress(_done: int, _total: int) -> None: ...

    order = Order(database, files, secrets, INSTANCE, cast.town_id, {"day": "2026-11-23"}, "fr", progress)
    (made,) = [made async for made in make_dossier(order)]
    words = words_of(made.content)
    for wanted in (
        "How to do without a network",
        "Notices in force",
        "Anne Lebrun",
        "Coupure de courant",
        "PERSONAL DATA",
        "voici les nouvelles du mois",
        "gardien",
    ):
        assert wanted in words, wanted
    walk = words.partition("made by Paul")[2].partition("\f")[0]
    assert all(words in walk for words in ("École", "Put up", notice.number)), walk


async def test_the_clock_asks_once_a_week_and_lays_a_sealed_copy_down(
    database: Database, files: FileStore, cast: Cast, tmp_path: Path
) -> None:
    await look_after_dossiers(database, files, tmp_path, "sesame")
    await look_after_dossiers(database, files, tmp_path, "sesame")
    async with database.writing() as session:
        jobs = list(await session.scalars(select(PrintJob)))
        assert len(jobs) == 2  # one for each of the two towns
        job = next(one for one in jobs if one.municipality_id == cast.town_id)
        job.state, job.finished_at = PrintState.DONE, clock.now()
        key = files.put(cast.town_id, b"%PDF-")
        about: dict[str, Any] = {
            "municipality_id": cast.town_id,
            "job_id": job.id,
            "attempt": job.attempt,
            "file_key": key,
        }
        session.add_all([job, PrintFile(**about, name="dossier.pdf", media_type="application/pdf", bytes=5)])
    await look_after_dossiers(database, files, tmp_path, "sesame")
    sealed = (tmp_path / "saint-aubin" / "dossier.zip").read_bytes()
    with pyzipper.AESZipFile(io.BytesIO(sealed)) as archive:
        with pytest.raises(RuntimeError):
            archive.read("dossier.pdf")
        archive.setpassword(b"sesame")
        assert archive.read("dossier.pdf") == b"%PDF-"
    with clock.frozen(clock.now() + timedelta(days=8)):
        await look_after_dossiers(database, files, tmp_path, "sesame")
    async with database.reading() as session:
        mine = [one for one in await session.scalars(select(PrintJob)) if one.municipality_id == cast.town_id]
    assert len(mine) == 2
