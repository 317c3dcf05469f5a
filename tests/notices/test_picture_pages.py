"""Pictures in a browser: brought with words, served with their size, public only while something public shows them."""

import html

import pytest

from server.core.database import Database
from server.notices import queries, service
from server.notices.models import Notice
from server.notices.schemas import NoticeContent
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.notices.pictures import SVG, claims, located, photo
from tests.notices.reading import says
from tests.notices.writing import written

pytestmark = pytest.mark.usefixtures("monday")

NAMES = ("../../etc/passwd", "a\x00b.png", "x" * 300 + ".svg", "<script>alert(1)</script>.gif", "\u202egpj.exe")


async def illustrated(
    browser_of: BrowserOf, database: Database, cast: Cast, content: bytes, name: str = "photo.jpg"
) -> Notice:
    async with database.writing() as session:
        notice = await written(session, cast)
    bob = await browser_of("Bob")
    answer = await bob.submit(
        f"/desk/notices/{notice.id}/pictures",
        {"alternative": 'Un fagot [lié] par "deux" ficelles', "caption": "Un fagot"},
        files={"picture": (name, content, "application/octet-stream")},
    )
    assert answer.status_code == 303, answer.text
    async with database.reading() as session:
        return await queries.get_notice(session, cast.town_id, notice.id)


async def test_a_picture_comes_with_its_words(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await illustrated(browser_of, database, cast, photo(900, 600))
    assert notice.body.endswith('![Un fagot \\[lié\\] par \\"deux\\" ficelles](picture:1 "Un fagot")')
    bob = await browser_of("Bob")
    page = (await bob.get(f"/desk/notices/{notice.id}")).text
    assert 'alt="Un fagot [lié] par « deux » ficelles"' in " ".join(html.unescape(page).split())
    assert 'src="/saint-aubin/desk/pictures/1"' in page
    assert 'width="900" height="600"' in page
    assert "picture:1" in (await bob.get(f"/desk/notices/{notice.id}/pictures")).text


async def test_a_picture_is_public_only_while_something_public_shows_it(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast
) -> None:
    notice = await illustrated(browser_of, database, cast, located())
    bob, charlie = await browser_of("Bob"), await browser_of("Charlie")
    served = await bob.get("/desk/pictures/1")
    assert served.headers["content-type"] in {"image/jpeg", "image/png"}
    assert served.headers["x-content-type-options"] == "nosniff"
    assert b"Maker of telephones" not in served.content
    assert (await client.get("/pictures/1")).status_code == 404
    assert (await charlie.get("/desk/pictures/1")).status_code == 404
    assert (await charlie.get("https://tambour.test/voisin/desk/pictures/1")).status_code == 404

    paula = cast.actor("Paula")
    async with database.writing() as session:
        await service.approve_notice(session, cast.town_id, paula, notice.id, notice.revision, notice.content_hash)
        await service.publish_notice(session, cast.town_id, paula, notice.id, notice.content_hash)
    public = await client.get("/pictures/1")
    assert public.status_code == 200
    assert public.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert 'src="/saint-aubin/pictures/1"' in (await client.get(f"/notices/{notice.number}")).text
    assert (await client.get("https://tambour.test/voisin/pictures/1")).status_code == 404

    async with database.writing() as session:
        await service.withdraw_notice(session, cast.town_id, paula, notice.id)
    assert (await client.get("/pictures/1")).status_code == 404


async def test_a_sent_issue_keeps_a_picture_public(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast
) -> None:
    await illustrated(browser_of, database, cast, photo(60, 40))
    async with database.writing() as session:
        await service.use_pictures(session, cast.town_id, "issue:3", [1, 987654])
    assert (await client.get("/pictures/1")).status_code == 200


async def test_the_name_of_a_file_says_nothing(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    for name in NAMES:
        notice = await illustrated(browser_of, database, cast, photo(40, 30), name)
        assert name not in notice.body


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (claims(60_000, 60_000), "This picture has too many pixels. Make it smaller first: 5,000 by 5,000 at most."),
        (photo(200, 150)[:900], "This file is not a picture we can read. Send a JPEG, PNG, WebP or GIF."),
        (SVG, "Drawings in SVG can hide programs and are not accepted. Save it as PNG first."),
        (b"\xff\xd8\xff" + b"0" * 10_000_001, "This picture weighs more than 10 MB. Send a smaller one."),
    ],
)
async def test_a_bad_picture_is_refused_and_the_words_are_kept(
    browser_of: BrowserOf, database: Database, cast: Cast, content: bytes, sentence: str
) -> None:
    async with database.writing() as session:
        notice = await written(session, cast)
    bob = await browser_of("Bob")
    answer = await bob.submit(
        f"/desk/notices/{notice.id}/pictures",
        {"alternative": "Un plan du bourg", "caption": ""},
        files={"picture": ("plan.png", content, "image/png")},
    )
    assert answer.status_code == 422
    assert says(sentence, answer.text)
    assert 'value="Un plan du bourg"' in answer.text
    async with database.reading() as session:
        assert await queries.list_pictures(session, cast.town_id, notice.id) == []
        assert (await queries.get_notice(session, cast.town_id, notice.id)).revision == 1


async def test_everything_missing_is_said_at_once(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await written(session, cast)
    bob = await browser_of("Bob")
    answer = await bob.submit(f"/desk/notices/{notice.id}/pictures", {"alternative": " "})
    assert answer.status_code == 422
    assert says("Choose a file.", answer.text)
    assert says("Fill in this field.", answer.text)


async def test_three_pictures_leave_room_in_a_mail(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await illustrated(browser_of, database, cast, photo())
    async with database.reading() as session:
        (picture,) = (await queries.known_pictures(session, cast.town_id, [1])).values()
    assert NoticeContent.of(notice).body.count("picture:") == 1
    assert 3 * picture.mail_bytes * 4 // 3 < 45_000
