"""The Boards room, as those who post and those who write see it."""

import io

from PIL import Image

from server.notices.imaging import PHOTO_SIDE
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.notices.pictures import photo

FOUNTAIN = {
    "name": "La fontaine",
    "location": "place de l’Église",
    "kind": "municipal",
    "position": "2",
    "place_id": "",
}


async def test_an_empty_town_says_what_to_do_first(browser_of: BrowserOf) -> None:
    answer = await (await browser_of("Bob")).get("/desk/boards")
    assert answer.status_code == 200
    assert "/desk/boards/new" in answer.text


async def test_a_board_is_added_changed_and_removed(browser_of: BrowserOf) -> None:
    bob = await browser_of("Bob")
    assert (await bob.submit("/desk/boards", FOUNTAIN)).status_code == 303
    assert "La fontaine" in (await bob.get("/desk/boards")).text
    await bob.submit("/desk/boards/1", FOUNTAIN | {"name": "Le lavoir"})
    assert "Le lavoir" in (await bob.get("/desk/boards")).text
    await bob.submit("/desk/boards/1/removal")
    assert "Le lavoir" not in (await bob.get("/desk/boards")).text
    assert (await bob.get("/desk/boards/1")).status_code == 404


async def test_a_wrong_answer_is_said_and_the_rest_is_kept(browser_of: BrowserOf) -> None:
    bob = await browser_of("Bob")
    answer = await bob.submit("/desk/boards", FOUNTAIN | {"name": " ", "position": "two"})
    assert answer.status_code == 422
    assert "place de l’Église" in answer.text
    assert 'id="f-name-error"' in answer.text
    assert 'id="f-position-error"' in answer.text


async def test_a_name_is_used_once(browser_of: BrowserOf) -> None:
    bob = await browser_of("Bob")
    await bob.submit("/desk/boards", FOUNTAIN)
    answer = await bob.submit("/desk/boards", FOUNTAIN)
    assert answer.status_code == 422
    assert 'id="f-name-error"' in answer.text


async def test_the_counter_sees_boards_and_changes_none(browser_of: BrowserOf) -> None:
    denise = await browser_of("Denise")
    assert (await denise.get("/desk/boards")).status_code == 200
    assert (await denise.submit("/desk/boards", FOUNTAIN)).status_code == 403


async def test_a_sector_of_another_town_is_refused(browser_of: BrowserOf, cast: Cast) -> None:
    bob = await browser_of("Bob")
    assert (await bob.submit("/desk/boards", FOUNTAIN | {"place_id": "9999"})).status_code == 422


async def test_a_stranger_is_asked_to_sign_in(client: Browser, cast: Cast) -> None:
    answer = await client.get("/desk/boards")
    assert answer.status_code == 303
    assert "/desk/sign-in" in answer.headers["location"]


async def test_a_board_has_a_small_photograph(browser_of: BrowserOf) -> None:
    """Brought with the form, seen on its page, replaced only by another, taken away when asked."""
    bob = await browser_of("Bob")
    refused = await bob.submit("/desk/boards", FOUNTAIN, files={"picture": ("board.jpg", b"no picture", "image/jpeg")})
    assert refused.status_code == 422
    assert "place de l’Église" in refused.text
    await bob.submit("/desk/boards", FOUNTAIN, files={"picture": ("board.jpg", photo(), "image/jpeg")})
    assert "/desk/boards/1/photo" in (await bob.get("/desk/boards/1")).text
    seen = await bob.get("/desk/boards/1/photo")
    assert seen.headers["content-type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(seen.content)).size) == PHOTO_SIDE
    await bob.submit("/desk/boards/1", FOUNTAIN | {"keys": "clé n° 1"})
    assert (await bob.get("/desk/boards/1/photo")).content == seen.content, "it stays when something else changes"
    await bob.submit("/desk/boards/1", FOUNTAIN | {"without_photo": "yes"})
    assert (await bob.get("/desk/boards/1/photo")).status_code == 404
