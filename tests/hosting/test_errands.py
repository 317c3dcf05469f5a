"""Whole towns from the console: handed over as an archive, deleted with proof, brought back; what a worker that died leaves."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.models import AuditEntry
from server.backups import errand_work, errands
from server.backups.errand_work import Lost, carry_out_errands
from server.backups.models import ErrandState
from server.backups.towns import delete_town
from server.core import clock
from server.core.database import Database
from server.core.errors import Conflict
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.hosting.service import suspend_town
from server.municipalities.models import Municipality
from tests.browsing import Browser
from tests.cast import Cast
from tests.hosting.conftest import RIGHT
from tests.issues.composing import subscribe

NAME = "Saint-Aubin-les-Prés"


async def towns(database: Database) -> set[str]:
    async with database.reading() as session:
        return set(await session.scalars(select(Municipality.slug)))


@pytest.mark.usefixtures("with_password", "monday")
async def test_a_town_is_handed_over_deleted_with_proof_and_brought_back(
    database: Database, cast: Cast, console: Browser, files: FileStore, secrets: Secrets
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, "ann@x.example", "ben@x.example")
    key = files.put(cast.town_id, b"a picture")
    town = f"/operator/towns/{cast.town_id}"

    wrong = await console.submit(f"{town}/export", {"password": "guess"})
    assert (wrong.status_code, 'href="#f-password"' in wrong.text) == (422, True)
    asked = await console.submit(f"{town}/export", {"password": RIGHT})
    export = asked.headers["location"]
    assert "data-refresh" in (await console.get(export)).text
    assert (await console.submit(f"{town}/export", {"password": RIGHT})).status_code == 409, "one at a time"
    assert (await console.get(f"{export}/archive")).status_code == 404
    await carry_out_errands(database, files, secrets)
    assert "data-refresh" not in (await console.get(f"{export}/progress")).text
    fetched = await console.get(f"{export}/archive")
    assert fetched.headers["content-disposition"].startswith('attachment; filename="saint-aubin-20')
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        assert {"manifest.json", "SHA256SUMS", "resident.csv", f"files/{key}"} <= set(archive.namelist())
        assert b"ann@x.example" in archive.read("resident.jsonl")
    async with database.reading() as session:
        trail = await session.scalars(select(AuditEntry.action).where(col(AuditEntry.municipality_id) == cast.town_id))
        assert errands.EXPORTED in set(trail), "the town sees it"

    deletion = await _deleted(console, town)
    await carry_out_errands(database, files, secrets)
    assert "saint-aubin" not in await towns(database)
    assert not (files.root / str(cast.town_id)).exists()
    proof = (await console.get(deletion)).text
    assert all(words in proof for words in (NAME, "<code>resident</code>", "<code>subscription</code>"))

    for given, field in (({"slug": "Été"}, "slug"), ({"slug": "ici"}, "file")):
        bad = await console.submit("/operator/towns/arrival", given, files={"file": ("a.zip", b"PK no")})
        assert (bad.status_code, f'value="{given["slug"]}"' in bad.text) == (422, True)
        assert f'href="#f-{field}"' in bad.text
    for slug, living in (("ici", "ici"), ("", "saint-aubin"), ("ici", "")):
        sent = {"file": ("a.zip", fetched.content)}
        answer = await console.submit("/operator/towns/arrival", {"slug": slug}, files=sent)
        await carry_out_errands(database, files, secrets)
        assert living in {*await towns(database), ""}
        assert (NAME if living else "lives here already") in (await console.get(answer.headers["location"])).text
    assert (await console.get("/operator/errands")).text.count("/operator/errands/") == 5

    with clock.frozen(clock.now() + timedelta(days=8)):
        await errands.forget_archives(database, files)
    assert (await console.get(f"{export}/archive")).status_code == 404
    assert not list((files.root / "archives").iterdir()), "nobody's data lies about"


async def test_an_archive_whose_errand_was_never_asked_for_does_not_lie_about(
    database: Database, files: FileStore
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("manifest.json", "{}")
    path = errands.archive_path(files, errands.store_archive(files, held.getvalue()))
    stored = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    for hours, is_there in ((0.5, True), (1.5, False)):
        with clock.frozen(stored + timedelta(hours=hours)):
            await errands.forget_archives(database, files)
        assert path.exists() == is_there


async def _deleted(console: Browser, town: str) -> str:
    """The town is suspended, and its deletion asked for, after some mistakes: the address of the page that follows it."""
    given = {"name": NAME, "password": RIGHT}
    assert (await console.submit(f"{town}/deletion", given)).status_code == 409, "it is open"
    await console.submit(f"{town}/suspension")
    for part, field in (({"name": "Saint-Aubert"}, "name"), ({"password": "guess"}, "password")):
        refused = await console.submit(f"{town}/deletion", given | part)
        assert (refused.status_code, f'href="#f-{field}"' in refused.text) == (422, True)
        assert str((given | part)["name"]) in refused.text
    return str((await console.submit(f"{town}/deletion", given | {"name": "saint-aubin-les-pres"})).headers["location"])


async def test_a_worker_that_died_leaves_the_proof_and_one_that_is_late_changes_nothing(
    database: Database, cast: Cast, olga: Actor, files: FileStore, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.put(cast.town_id, b"a picture")
    async with database.writing() as session:
        await suspend_town(session, olga, cast.town_id)
        errand = await errands.ask_deletion(session, cast.town_id, olga, NAME)
    late = await errand_work._take(database)
    assert late is not None
    with clock.frozen(clock.now() + timedelta(minutes=3)):
        deleting, gone = delete_town, RuntimeError("the machine is gone")

        async def dies(*given: Any) -> None:
            await deleting(*given)
            raise gone

        monkeypatch.setattr(errand_work, "delete_town", dies)
        await carry_out_errands(database, files, secrets)
        monkeypatch.setattr(errand_work, "delete_town", deleting)
        with pytest.raises(Lost):
            await errand_work._change(database, late, {"state": ErrandState.FAILED})
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        await carry_out_errands(database, files, secrets)
    async with database.reading() as reading:
        found = await errands.get_errand(reading, errand.id)
    assert (found.state, found.files, found.counts["municipality"]) == (ErrandState.DONE, 1, 1)


async def test_a_town_that_was_opened_again_is_not_deleted(
    database: Database, cast: Cast, olga: Actor, files: FileStore, secrets: Secrets
) -> None:
    async with database.writing() as session:
        with pytest.raises(Conflict):
            await errands.ask_deletion(session, cast.town_id, olga, NAME)
    async with database.writing() as session:
        await suspend_town(session, olga, cast.town_id)
        errand = await errands.ask_deletion(session, cast.town_id, olga, NAME)
        town = await session.get(Municipality, cast.town_id)
        assert town is not None
        town.suspended_at = None
        session.add(town)
    await carry_out_errands(database, files, secrets)
    async with database.reading() as reading:
        found = await errands.get_errand(reading, errand.id)
    assert (found.state, "opened again" in found.trouble) == (ErrandState.FAILED, True)
    assert "saint-aubin" in await towns(database)


def test_an_archive_that_is_none_or_damaged_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole = tmp_path / "town.zip"
    with zipfile.ZipFile(whole, "w") as packed:
        packed.writestr("municipality.jsonl", "x" * 1_000)
    for name, content in (
        ("none.zip", b"no archive"),
        ("damaged.zip", whole.read_bytes().replace(b"x" * 50, b"y" * 50)),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Conflict, match="holds no town"):
            errand_work.unpack(tmp_path / name, tmp_path)
