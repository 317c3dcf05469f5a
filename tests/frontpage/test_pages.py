"""The town's first page and its two statements, as a resident sees them."""

import pytest

from server.core.database import Database
from server.residents.privacy import KEEPINGS
from tests.browsing import Browser
from tests.cast import Cast
from tests.notices.writing import published, written

pytestmark = pytest.mark.usefixtures("monday", "cast")


async def test_a_new_town_has_a_first_page(client: Browser) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    assert "02 54 00 00 00" in answer.text
    assert "set-cookie" not in answer.headers


async def test_what_is_public_stands_on_it_and_nothing_else(client: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await published(session, cast, title="Coupure d’eau rue du Lavoir", is_urgent=True)
        await published(session, cast, title="Bal du 14 juillet")
        await written(session, cast, title="Un brouillon")
    page = (await client.get("/")).text
    assert page.index("Coupure d’eau rue du Lavoir") < page.index(
        "Bal du 14\u00a0juillet" if "14\u00a0juillet" in page else "Bal du 14"
    )
    assert "Un brouillon" not in page


async def test_the_privacy_page_names_everything_that_is_kept(client: Browser) -> None:
    page = (await client.get("/privacy?lang=en")).text
    for keeping in KEEPINGS.values():
        assert keeping.title.msgid in page


@pytest.mark.parametrize("path", ["/", "/accessibility", "/privacy"])
async def test_both_languages_are_spoken(client: Browser, path: str) -> None:
    assert '<html lang="fr">' in (await client.get(path)).text
    assert '<html lang="en">' in (await client.get(f"{path}?lang=en")).text
