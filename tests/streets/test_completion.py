"""What is typed becomes streets and doors, with slips of the finger too; only the town's own, only for its staff."""

from server.core.database import Database, WriteSession
from server.municipalities.queries import get_municipality
from server.streets.completion import Standing, complete, look_up
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.streets.test_importing import bring

DOORS = [
    *(("Rue du Lavoir", number, "") for number in (1, 2, 12)),
    *(("Rue du Lavoir", 12, "bis"), ("Boulevard Victor Hugo", 5, ""), ("Avenue du Général de Gaulle", 8, "")),
    *(("Allée des Lavandes", 3, ""), ("Rue de la République", 9, "")),
]


MEANT = {
    "lav": ["Allée des Lavandes", "Rue du Lavoir"],
    "12 lavoi": ["12 Rue du Lavoir"],
    "12b rue lav": ["12 bis Rue du Lavoir"],
    "12 bis, rue du lavoir": ["12 bis Rue du Lavoir"],
    "bd hugo": ["Boulevard Victor Hugo"],
    "8 av gal gaulle": ["8 Avenue du Général de Gaulle"],
    "rue de la repulique": ["Rue de la République"],
    "%": [],
    "": [],
    "zzzzz": [],
}


async def test_beginnings_of_words_are_enough(session: WriteSession, cast: Cast) -> None:
    await bring(session, cast.town_id, DOORS)
    found = {typed: [one.line for one in await complete(session, cast.town_id, typed)] for typed in MEANT}
    assert {typed: sorted(lines) for typed, lines in found.items()} == MEANT
    assert await complete(session, cast.neighbour_id, "lav") == []


async def test_a_typed_address_is_known_or_not(session: WriteSession, cast: Cast) -> None:
    await bring(session, cast.town_id, DOORS)
    (await get_municipality(session, cast.town_id)).post_town = "Val-Ébauche"
    standing, found = await look_up(session, cast.town_id, "12 ter RUE DU LAVOIR")
    assert standing is Standing.UNKNOWN_NUMBER
    standing, found = await look_up(session, cast.town_id, "12 B RUE DU LAVOIR")
    assert standing is Standing.KNOWN
    assert found is not None
    assert (found.line, found.postcode, found.post_town) == ("12 bis Rue du Lavoir", "01990", "Val-Ébauche")
    assert await look_up(session, cast.town_id, "1 rue Absente") == (Standing.UNKNOWN_STREET, None)


async def test_the_counter_asks_while_typing(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        await bring(session, cast.town_id, DOORS)
    answer = await (await browser_of("Denise")).get("/desk/addresses/completions", params={"q": "12 rue du lav"})
    assert answer.json()["completions"][0] | {"street_id": 0} == {
        "line": "12 Rue du Lavoir",
        "street": "Rue du Lavoir",
        "street_id": 0,
        "known": True,
        "postcode": "01990",
        "post_town": "VAL EBAUCHE",
    }
    assert (await (await browser_of("Bob")).get("/desk/addresses/completions?q=lav")).status_code == 403
