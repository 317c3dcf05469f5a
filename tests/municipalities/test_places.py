"""Sectors and streets: added, pasted, renamed, removed as long as nothing refers to them (S12)."""

import json

import pytest

from server.boards.models import Board, BoardKind
from server.core import clock
from server.core.database import Database
from server.core.errors import NotFound
from server.municipalities import places
from server.municipalities.models import PlaceKind
from server.municipalities.queries import get_place, list_places
from server.municipalities.schemas import SectorDraft, StreetsDraft
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.corpora import corpus

PLACES = "/desk/settings/places"
STREETS = "rue du Lavoir\r\n  rue des Écoles \n\nRUE DU LAVOIR\nchemin de la Fontaine"


async def names(database: Database, cast: Cast, kind: PlaceKind = PlaceKind.STREET) -> list[str]:
    async with database.reading() as session:
        return [place.name for place in await list_places(session, cast.town_id, kind)]


async def test_a_sector_is_added_renamed_and_removed(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    alice = await browser_of("Alice")
    assert (await alice.get(f"{PLACES}/new?kind=sector")).status_code == 200
    await alice.submit(PLACES, {"kind": "sector", "name": "La Croix", "position": "9"})
    assert "La Croix" in (await alice.get(PLACES)).text
    assert (await names(database, cast, PlaceKind.SECTOR))[-1] == "La Croix"
    assert (await alice.submit(f"{PLACES}/4", {"name": "La Croix-Blanche", "position": "0"})).status_code == 303
    assert "La Croix-Blanche" in (await alice.get(f"{PLACES}/4")).text
    assert (await alice.submit(f"{PLACES}/4/removal")).status_code == 303
    assert "La Croix" not in (await alice.get(PLACES)).text


async def test_many_streets_are_pasted(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    alice = await browser_of("Alice")
    assert (await alice.get(f"{PLACES}/many")).status_code == 200
    fields = {"names": STREETS, "sector_id": str(cast.sector_ids[0])}
    for _time in range(2):
        assert (await alice.submit(f"{PLACES}/many", fields)).status_code == 303
    assert await names(database, cast) == ["chemin de la Fontaine", "rue des Écoles", "rue du Lavoir"]
    shown = await alice.get(PLACES)
    assert "Le Bourg" in shown.text
    assert (await alice.get(f"{PLACES}?q=ECOLES")).text.count("rue des Écoles") == 1
    assert "rue du Lavoir" not in (await alice.get(f"{PLACES}?q=ECOLES")).text
    assert "No street has this name here." in (await alice.get(f"{PLACES}?sector={cast.sector_ids[1]}")).text


@pytest.mark.parametrize(
    "fields, bad",
    [
        ({"names": " \n "}, "names"),
        ({"names": "x" * 121}, "names"),
        ({"names": "a\n" * 1001}, "names"),
        ({"names": STREETS, "sector_id": "999"}, "sector_id"),
        ({"names": STREETS, "sector_id": "one"}, "sector_id"),
    ],
)
async def test_a_wrong_list_is_said_and_nothing_is_added(
    browser_of: BrowserOf, cast: Cast, database: Database, fields: dict[str, str], bad: str
) -> None:
    answer = await (await browser_of("Alice")).submit(f"{PLACES}/many", fields)
    assert answer.status_code == 422
    assert f'id="f-{bad}-error"' in answer.text
    assert await names(database, cast) == []


@pytest.mark.parametrize(
    "fields, bad",
    [
        ({"kind": "sector", "name": ""}, "name"),
        ({"kind": "sector", "name": "Le Bourg"}, "name"),
        ({"kind": "sector", "name": "La Croix", "position": "first"}, "position"),
        ({"kind": "street", "name": "x" * 121}, "name"),
        ({"kind": "street", "name": "rue du Lavoir", "sector_id": "999"}, "sector_id"),
    ],
)
async def test_a_wrong_place_is_said_and_kept(browser_of: BrowserOf, fields: dict[str, str], bad: str) -> None:
    answer = await (await browser_of("Alice")).submit(PLACES, fields)
    assert answer.status_code == 422
    assert f'id="f-{bad}-error"' in answer.text
    assert f'value="{fields["name"]}"' in answer.text


async def test_a_name_that_is_taken_is_refused_when_renaming_too(browser_of: BrowserOf, cast: Cast) -> None:
    answer = await (await browser_of("Alice")).submit(f"{PLACES}/{cast.sector_ids[0]}", {"name": "Les Ormes"})
    assert answer.status_code == 422
    assert "This name is on the list already." in answer.text


async def test_a_place_in_use_stays(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    """A street lies in the first sector, a board stands in the second."""
    async with database.writing() as session:
        await places.add_streets(
            session, cast.town_id, StreetsDraft(names="rue du Lavoir", sector_id=cast.sector_ids[0])
        )
        session.add(
            Board(
                municipality_id=cast.town_id,
                name="La fontaine",
                kind=BoardKind.MUNICIPAL,
                place_id=cast.sector_ids[1],
                created_at=clock.now(),
            )
        )
    alice = await browser_of("Alice")
    for sector_id, status in zip(cast.sector_ids, (422, 422, 303), strict=True):
        answer = await alice.submit(f"{PLACES}/{sector_id}/removal")
        assert answer.status_code == status
        assert status == 303 or "move them first" in answer.text
    assert await names(database, cast, PlaceKind.SECTOR) == ["Le Bourg", "Les Ormes"]


async def test_another_towns_places_are_not_found(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        theirs = await places.add_place(session, cast.neighbour_id, PlaceKind.SECTOR, SectorDraft(name="Là-bas"))
        with pytest.raises(NotFound):
            await get_place(session, cast.town_id, theirs.id)
    alice = await browser_of("Alice")
    assert (await alice.get(f"{PLACES}/{theirs.id}")).status_code == 404
    assert (await alice.submit(f"{PLACES}/{theirs.id}", {"name": "Ici"})).status_code == 404
    assert (await alice.submit(f"{PLACES}/{theirs.id}/removal")).status_code == 404
    fields = {"kind": "street", "name": "rue du Lavoir", "sector_id": str(theirs.id)}
    assert (await alice.submit(PLACES, fields)).status_code == 422


@pytest.mark.corpus
async def test_a_search_is_words_never_commands(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        await places.add_streets(session, cast.town_id, StreetsDraft(names="rue du 100 % bio\nrue _ du Lavoir"))
    alice = await browser_of("Alice")
    assert "rue _ du Lavoir" not in (await alice.get(PLACES, params={"q": "%"})).text
    assert "rue du 100" not in (await alice.get(PLACES, params={"q": "_"})).text
    strings = json.loads((corpus("naughty-strings") / "blns-by-section.json").read_text("utf-8"))
    hostile = [one["string"] for one in strings if "SQL" in one["section"]]
    assert hostile
    for words in [*hostile, "' OR 1=1 --", "1; DROP TABLE place", "\x00", "%' ESCAPE '"]:
        for parameter in ("q", "sector", "page", "kind"):
            answer = await alice.get(PLACES, params={parameter: words})
            assert answer.status_code in {200, 404}
    assert len(await names(database, cast)) == 2


async def test_an_empty_town_says_what_to_do_first(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        for sector_id in cast.sector_ids:
            await places.remove_place(session, cast.town_id, sector_id)
    answer = await (await browser_of("Alice")).get(PLACES)
    assert "No sector yet." in answer.text
    assert "No street yet." in answer.text
