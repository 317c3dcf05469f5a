"""The button, the form, the second look, the page that follows; and what other sites and machines read."""

import re

from sqlmodel import col, update

from server.accounts import passwords
from server.accounts.models import Account
from server.core.database import Database
from server.core.secrets import Secrets
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.issues.composing import subscribe
from tests.urgent.alarms import send, typed, written


async def _write(browser: Browser, cast: Cast, **changes: object) -> str:
    answer = await browser.submit("/desk/urgent", typed(cast, **changes))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].removeprefix("/saint-aubin")


async def test_from_the_button_to_every_page_of_the_town(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, "anne@example.org", "basile@example.org")
    bob, paula = await browser_of("Bob"), await browser_of("Paula")
    assert "/desk/urgent/new" in (await bob.get("/desk/notices")).text  # the button is on every page
    form = await bob.get("/desk/urgent/new?kind=water")
    assert "Coupure d’eau" in form.text
    place = await _write(bob, cast)
    assert "Paula" in (await bob.get(place)).text  # who has to let it leave
    read = await paula.get(place)
    assert "2 people receive it by email" in read.text
    content_hash = read.text.split('name="content_hash" value="')[1].split('"')[0]
    sent = await paula.submit(f"{place}/sending", {"content_hash": content_hash})
    assert sent.status_code == 303, sent.text
    shown = (await paula.get(place)).text
    assert "holds now" in shown
    boards = re.search(r"/desk/boards/notices/\d+", shown)
    assert boards, "its poster is planned like any other, so that it is replaced and taken down"
    assert (await bob.get(boards[0])).status_code == 200
    for path in ("/", "/agenda", "/receive", "/letters"):
        assert "Coupure d’eau rue du Lavoir" in (await client.get(path)).text, path
    words = await client.get("/urgent.txt")
    assert words.headers["content-type"].startswith("text/plain")
    assert "Fermez vos robinets." in words.text
    feed = await client.get("/urgent.atom")
    cap = await client.get("/urgent/" + feed.text.split("/urgent/")[1].split('"')[0])
    assert cap.headers["content-type"].startswith("application/cap+xml")


async def test_a_copy_kept_by_a_browser_does_not_hide_it(
    client: Browser, database: Database, secrets: Secrets, cast: Cast
) -> None:
    """A page is asked about each time; only what has not changed is not sent again."""
    for path in ("/", "/notices", "/agenda", "/letters", "/privacy", "/urgent.txt"):
        kept = (await client.get(path)).headers
        assert kept["cache-control"] == "public, no-cache", path
        again = await client.get(path, headers={"if-none-match": kept["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
    kept = (await client.get("/agenda")).headers
    await send(database, secrets, cast, await written(database, cast))
    again = await client.get("/agenda", headers={"if-none-match": kept["etag"]})
    assert (again.status_code, "Coupure d’eau rue du Lavoir" in again.text) == (200, True)


async def test_who_wrote_it_types_the_password_again(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    hashed = await passwords.hash_password("un tambour bat la caisse")
    async with database.writing() as session:
        await session.execute(update(Account).where(col(Account.name) == "Paula").values(password_hash=hashed))
    paula = await browser_of("Paula")
    place = await _write(paula, cast)
    content_hash = (await paula.get(place)).text.split('name="content_hash" value="')[1].split('"')[0]
    wrong = await paula.submit(f"{place}/sending", {"content_hash": content_hash, "password": "oublié"})
    assert (wrong.status_code, "This is not your current password." in wrong.text) == (422, True)
    short = {"content_hash": content_hash, "override": "yes", "reason": "vite"}
    refused = await paula.submit(f"{place}/sending", short)
    assert (refused.status_code, 'value="vite"' in refused.text) == (422, True)
    assert re.search(r'name="override"[^>]* checked', refused.text)
    right = {"content_hash": content_hash, "password": "un tambour bat la caisse"}
    assert (await paula.submit(f"{place}/sending", right)).status_code == 303


async def test_what_cannot_be_used_is_said_and_kept(browser_of: BrowserOf, cast: Cast) -> None:
    bob = await browser_of("Bob")
    answer = await bob.submit(
        "/desk/urgent", typed(cast, title="", until_at="2020-01-01T08:00", contact_phone="?", topic_ids=[])
    )
    assert answer.status_code == 422
    for words in (
        *("Fill in this field.", "This moment has passed", "Write a telephone number", "2020-01-01T08:00"),
        "Tick at least one topic",
    ):
        assert words in answer.text, words
    for mailboxes, words in (("not an address", "Write an email address like"), ("", "goes to nobody else")):
        exercise = await bob.submit("/desk/urgent", typed(cast, is_exercise="yes", exercise_to=mailboxes, topic_ids=[]))
        assert words in exercise.text
        assert "Tick at least one topic" not in exercise.text


async def test_an_editor_does_not_send_and_a_stranger_finds_nothing(
    browser_of: BrowserOf, client: Browser, database: Database, secrets: Secrets, cast: Cast
) -> None:
    bob, charlie = await browser_of("Bob"), await browser_of("Charlie")
    place = await _write(bob, cast)
    assert (await bob.submit(f"{place}/sending", {"content_hash": ""})).status_code == 403
    assert (await charlie.get(place)).status_code == 404
    exercise = await written(database, cast, is_exercise=True, exercise_to="maire@saint-aubin.example")
    exercise = await send(database, secrets, cast, exercise)
    assert (await client.get(f"/urgent/{exercise.uid}.cap")).status_code == 404
    assert (await client.get("/urgent.txt")).text.endswith("No urgent notice at this moment.\n")


async def test_prepared_texts_are_the_towns_own(browser_of: BrowserOf) -> None:
    paula = await browser_of("Paula")
    await paula.submit("/desk/urgent/texts/road", {"title": "Pont fermé", "what": "Le pont est fermé."})
    assert "Pont fermé" in (await paula.get("/desk/urgent/new?kind=road")).text
    await paula.submit("/desk/urgent/texts/road", {"title": "", "what": "", "instruction": ""})
    assert "Route coupée" in (await paula.get("/desk/urgent/new?kind=road")).text
