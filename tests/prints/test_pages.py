"""Following a print job and fetching its files."""

from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.prints import service
from server.prints.models import PrintState
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.prints.orders import PACK, files_of, job_of, three_chunks, working
from tests.sending import eventually


async def test_a_job_is_followed_and_its_files_fetched(
    browser_of: BrowserOf, database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    paul = await browser_of("Paul")
    assert "Nothing is being printed" in (await paul.get("/desk/prints")).text
    async with database.writing() as session:
        actor = cast.actor("Paul")
        job = await service.ask_print(session, cast.town_id, actor, PACK, {"words": "%PDF"}, title="Tournée du lundi")
    moving = await paul.get(f"/desk/prints/{job.id}")
    assert 'http-equiv="refresh"' in moving.text
    assert f"/desk/prints/{job.id}/progress" in moving.text
    assert "waits for its turn" in (await paul.get("/desk/prints")).text
    async with working(database, files, secrets, {PACK: three_chunks}):

        async def is_done() -> bool:
            return (await job_of(database, job.id)).state is PrintState.DONE

        await eventually(is_done)
    ended = await paul.get(f"/desk/prints/{job.id}/progress")
    assert "data-refresh" not in ended.text
    assert "part-3.pdf" in ended.text
    last = (await files_of(database, job.id))[-1]
    fetched = await paul.get(f"/desk/prints/{job.id}/files/{last.id}")
    assert (fetched.content, fetched.headers["content-type"]) == (b"%PDF", "application/pdf")
    denise = await browser_of("Denise")
    for path in ("", "/progress", f"/files/{last.id}"):
        assert (await denise.get(f"/desk/prints/{job.id}{path}")).status_code == 404
    assert (await paul.submit(f"/desk/prints/{job.id}/again")).status_code == 409
