"""Forms to fill in by hand: numbers that are never given twice, words kept as they were printed, sheets made by the worker."""

import pytest

from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.prints.models import PrintState
from server.residents.consent import consent_words
from server.residents.printed_forms import FORMS, list_series, make_forms
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.press.reading import page_count, said_on
from tests.prints.orders import files_of, job_of, working
from tests.sending import eventually

pytestmark = pytest.mark.usefixtures("monday")


async def test_forms_are_numbered_printed_and_remembered(
    browser_of: BrowserOf, database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    denise = await browser_of("Denise")
    page = await denise.get("/desk/residents/forms/print")
    assert "data:image/png;base64," in page.text
    assert (await denise.submit("/desk/residents/forms/print", {"count": "0", "format": "a7"})).status_code == 422
    first = await denise.submit("/desk/residents/forms/print", {"count": "60", "format": "a5"})
    second = await denise.submit("/desk/residents/forms/print", {"count": "2", "format": "a4"})
    assert first.status_code == second.status_code == 303
    jobs = [int(answer.headers["location"].rsplit("/", 1)[-1]) for answer in (first, second)]
    async with database.reading() as session:
        later, earlier = await list_series(session, cast.town_id)
    assert ((earlier.first, earlier.last), (later.first, later.last)) == ((1, 60), (61, 62))
    assert str(consent_words("Saint-Aubin-les-Prés")) in earlier.text
    assert "F-0061 – F-0062" in (await denise.get("/desk/residents/forms/print")).text
    async with working(database, files, secrets, {FORMS: make_forms}):

        async def are_done() -> bool:
            return all([(await job_of(database, job)).state is PrintState.DONE for job in jobs])

        await eventually(are_done)
    made = await files_of(database, jobs[0])
    assert [(one.name, one.pages) for one in made] == [("F-0001-F-0050.pdf", 50), ("F-0051-F-0060.pdf", 10)]
    sheet = files.get(cast.town_id, (await files_of(database, jobs[1]))[0].file_key)
    assert page_count(sheet) == 2
    said = said_on(sheet)
    for words in (
        "F-0061",
        "F-0062",
        "La lettre du mois",
        "dpo@saint-aubin.example",
        "may telephone me",
        "4 place de l’Église",
    ):
        assert words in said
    assert (await (await browser_of("Bob")).get("/desk/residents/forms/print")).status_code == 403
