"""What saves itself while somebody writes, as the script asks for it."""

import pytest

from server.core.database import Database
from server.notices import queries
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.notices.reading import hidden, typed
from tests.notices.writing import written

pytestmark = pytest.mark.usefixtures("monday")


async def test_autosave_answers_as_its_script_expects(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    bob, paula = await browser_of("Bob"), await browser_of("Paula")
    async with database.writing() as session:
        notice = await written(session, cast)
    path = f"/desk/notices/{notice.id}/draft"
    answer = await bob.submit(path, typed(title="Au fil de l’eau", revision="1"))
    assert answer.json() == {"revision": 2, "saved_at_text": answer.json()["saved_at_text"]}
    assert "9\u00a0h\u00a030" in answer.json()["saved_at_text"]
    late = await paula.submit(path, typed(title="Trop tard", revision="1"))
    assert late.status_code == 409
    assert "Bob" in late.json()["message"]
    assert (await paula.get(late.json()["url"].removeprefix("/saint-aubin"))).status_code == 200
    headers = {"accept": "application/json", "sec-fetch-site": "same-origin"}
    bad = await bob.post(path, data={**typed(title=""), "revision": "2", "csrf_token": bob.csrf}, headers=headers)
    assert bad.status_code == 422
    assert bad.json()["fields"]["title"] == "Give the notice a title."


async def test_a_new_notice_saves_itself_and_its_button_goes_on_with_it(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    bob = await browser_of("Bob")
    page = (await bob.get("/desk/notices/new")).text
    assert 'data-autosave="/saint-aubin/desk/notices/draft"' in page
    key = hidden(page, "key")
    answer = (await bob.submit("/desk/notices/draft", typed(title="Au fil de l’eau", key=key, revision=key))).json()
    assert (answer["revision"], answer["url"]) == (1, "/saint-aubin/desk/notices/1/text")
    sent = await bob.submit("/desk/notices", typed(title="", key=key, revision="1"))
    assert sent.status_code == 422
    assert (hidden(sent.text, "key"), hidden(sent.text, "revision")) == (key, "1")
    await bob.submit("/desk/notices", typed(title="Au fil de l’eau, jeudi", key=key, revision="1"))
    async with database.reading() as session:
        found = await queries.get_notice(session, cast.town_id, 1)
    assert (found.title, found.revision) == ("Au fil de l’eau, jeudi", 2)
    assert "2026-002" not in (await bob.get("/desk/notices")).text
