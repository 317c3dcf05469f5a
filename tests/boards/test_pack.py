"""The pack of a round: the right sheets, in the right format and number, in the order of the way; the same bytes twice."""

import asyncio
import io
import zipfile
from pathlib import Path

import pikepdf
import pytest
from typer.testing import CliRunner

from server.boards.pack import build_pack, zipped
from server.cli.app import app
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.settings import settings
from server.notices.models import NoticeKind
from tests.boards.hanging import board, hang, key_in, make_round, notice
from tests.boards.test_rounds import MONDAY, WEEK, at
from tests.cast import Cast
from tests.press.reading import page_count, said_on

pytestmark = pytest.mark.usefixtures("monday")


async def test_what_is_printed_is_what_is_put_up(database: Database, files: FileStore, cast: Cast) -> None:
    """Two boards, three notices: one stays, one goes up twice, one on A3; one comes down."""
    async with database.writing() as session:
        hall, station = (
            await board(session, cast, "Mairie", keys="clé n° 1"),
            await board(session, cast, "Gare", position=2),
        )
        old, kept = await notice(session, cast, "Foire"), await notice(session, cast, "Horaires")
        await hang(session, cast, old, hall, MONDAY, MONDAY)
        await hang(session, cast, kept, hall, MONDAY, MONDAY + 3 * WEEK)
        await key_in(session, cast, await make_round(session, cast))
    with clock.frozen(at(MONDAY + WEEK)):
        async with database.writing() as session:
            new, large = await notice(session, cast, "Vaccination"), await notice(session, cast, "Déviation")
            for where in (hall, station):
                await hang(session, cast, new, where, MONDAY + WEEK, MONDAY + 2 * WEEK)
            await hang(session, cast, large, station, MONDAY + WEEK, MONDAY + 2 * WEEK, format="a3")
            made = await make_round(session, cast)
        pack = await build_pack(database, files, cast.town_id, made.id)
        again = await build_pack(database, files, cast.town_id, made.id)
    assert pack == again, "the same pack has the same bytes"
    number = made.number
    assert pack.pages[f"A4-{number}.pdf"] == 2
    assert pack.pages[f"A3-{number}.pdf"] == 1
    with pikepdf.open(io.BytesIO(pack.files[f"A3-{number}.pdf"])) as pdf:
        assert round(float(pdf.pages[0].mediabox[2])) == 842, "A3 is 297 mm wide"
    sheet = said_on(pack.files[f"round-sheet-{number}.pdf"])
    in_order = ("Mairie", "clé n° 1", "Take down", "Foire", "Leave", "Horaires", "Put up", "Vaccination", "Gare")
    assert sorted(sheet.index(words) for words in in_order) == [sheet.index(words) for words in in_order]
    listed = said_on(pack.files[f"pack-list-{number}.pdf"])
    assert "Déviation" in listed
    assert "Foire" not in listed
    assert page_count(pack.files[f"pack-{number}.pdf"]) == 5
    with zipfile.ZipFile(io.BytesIO(zipped(pack.files))) as archive:
        assert archive.namelist() == list(pack.files)


@pytest.mark.long
async def test_a_large_sheet_comes_whole_and_on_sheets_to_glue_and_a_command_writes_the_same(
    database: Database, database_url: str, files: FileStore, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.writing() as session:
        hall = await board(session, cast, "Mairie", room_a2=1)
        inquiry = await notice(session, cast, "Plan local d’urbanisme", kind=NoticeKind.INQUIRY)
        await hang(session, cast, inquiry, hall, MONDAY, MONDAY + 2 * WEEK, format="a2")
        made = await make_round(session, cast)
    pack = await build_pack(database, files, cast.town_id, made.id)
    number, out = made.number, tmp_path / "pack.zip"
    with pikepdf.open(io.BytesIO(pack.files[f"A2-{number}.pdf"])) as pdf:
        assert round(float(pdf.pages[0].mediabox[3])) == 1684, "A2 is 594 mm high"
    with pikepdf.open(io.BytesIO(pack.files[f"A2-on-sheets-of-A3-{number}.pdf"])) as pdf:
        assert len(pdf.pages) > 1
        assert {round(float(max(page.mediabox))) for page in pdf.pages} == {1191}, "A3 is 420 mm high"
    monkeypatch.setenv("TAMBOUR_HOME", str(tmp_path))
    monkeypatch.setenv("TAMBOUR_DATABASE_URL", database_url)
    settings.cache_clear()
    words = ["boards", "export", "--round", number, "--town", "saint-aubin", "--out", str(out)]
    try:
        answer = await asyncio.to_thread(CliRunner().invoke, app, words)
    finally:
        settings.cache_clear()
    assert answer.exit_code == 0, answer.output
    assert out.read_bytes() == zipped(pack.files)
