"""Everything a notice can be printed as: on one page, each with its fit, its pictures and its files."""

import re

import pytest

from server.core.database import Database
from server.notices.models import Notice, NoticeKind, NoticeState
from server.notices.on_paper import NAMES
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.notices.reading import typed
from tests.notices.writing import in_state
from tests.press.reading import said_on


async def a_draft(database: Database, cast: Cast, **changes: object) -> Notice:
    async with database.writing() as session:
        return await in_state(session, cast, NoticeState.DRAFT, **changes)


async def test_every_product_is_seen_and_fetched(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    """As those who post see them; what fits has a file and pictures."""
    notice = await a_draft(database, cast, short_title="Déchets verts")
    paul = await browser_of("Paul")
    page = (await paul.get(f"/desk/notices/{notice.id}/paper")).text
    for code, name in NAMES.items():
        assert str(name) in page
        assert f'id="{code}"' in page
    links = re.findall(rf'"/saint-aubin(/desk/notices/{notice.id}/paper/[^"]+)"', page.replace("&amp;", "&"))
    pictures, files = [link for link in links if ".png" in link], [link for link in links if ".pdf" in link]
    assert len(pictures) >= len(NAMES)
    assert len(files) > 15
    for link in (*pictures[::2], *files[::2]):
        answer = await paul.get(link)
        assert answer.content.startswith(b"%PDF-" if ".pdf" in link else b"\x89PNG"), link
    for link in ("slip-a6/9.png", "nothing.pdf", "poster-a4.pdf?way=tiled-a9", "slip-a6.pdf?way=shop-3"):
        assert (await paul.get(f"/desk/notices/{notice.id}/paper/{link}")).status_code == 404


async def test_an_inquiry_is_on_a2_or_refused(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    notice = await a_draft(database, cast, kind=NoticeKind.INQUIRY)
    bob = await browser_of("Bob")
    page = (await bob.get(f"/desk/notices/{notice.id}/paper")).text
    assert "This must be posted on A2 at least." in page
    sheet = await bob.get(f"/desk/notices/{notice.id}/paper/poster-a2.pdf")
    assert "NOTICE OF PUBLIC INQUIRY" in said_on(sheet.content)


@pytest.mark.parametrize("product", ["slip-a6", "proof"])
async def test_the_pictures_follow_what_is_typed(
    browser_of: BrowserOf, database: Database, cast: Cast, product: str
) -> None:
    """With the script: the sheet chosen, of the words that nobody has saved; without: the page after saving."""
    notice = await a_draft(database, cast)
    bob = await browser_of("Bob")
    page = (await bob.get(f"/desk/notices/{notice.id}/text?show={product}")).text
    assert f"/renderings?show={product}" in page
    assert f"/paper/{product}/1.png?of={notice.content_hash[:12]}" in page
    address = f"/desk/notices/{notice.id}/renderings?show={product}"
    first, second, again = [
        (await bob.submit(address, typed(title=title, revision="1"))).text for title in ("Un", "Deux", "Un")
    ]
    assert "data:image/png;base64," in first
    assert first == again != second
