"""Somebody is found in the book by any word, or through filters that stand in the address; fifty a page and a total."""

from server.core import clock
from server.core.database import Database
from server.residents.models import Channel, ResidentPlace
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.residents.visiting import joined

BOOK = "/desk/residents"


async def test_people_are_found_by_any_word(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await joined(session, cast, "odette@orange.example", name="Odette Œuvrard-Ménard", phone="02 54 11 22 33")
        await joined(
            session, cast, "", name="Paul 100%_sûr", channels=[Channel.HAND], address_street="3 rue de l’Église"
        )
        await joined(session, cast, "noname@orange.example", topics=(1,))
        neighbour = await joined(session, cast, "charlie@orange.example", name="Charlie", town_id=cast.neighbour_id)
        assert neighbour.id
    denise = await browser_of("Denise")
    for words, expected in {
        "oeuvrard": {"Odette"},
        "MENARD odette": {"Odette"},
        "eglise": {"Paul"},
        "l'eglise rue": {"Paul"},
        "100%_": {"Paul"},
        "%": {"Paul"},
        "0254112233": {"Odette"},
        "orange.example": {"Odette", "noname@"},
        "charlie": set(),
        "' OR 1=1 --": set(),
        "\\": set(),
    }.items():
        text = (await denise.get(BOOK, params={"q": words})).text
        found = {name for name in ("Odette", "Paul", "noname@", "Charlie") if f">{name}" in text}
        assert found == expected, words


async def test_the_list_is_filtered_by_channel_topic_and_place(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        await joined(session, cast, "anne@orange.example", name="Anne", topics=(0, 1))
        boris = await joined(session, cast, "", name="Boris", channels=[Channel.HAND], topics=(1,))
        carla = await joined(session, cast, "carla@orange.example", name="Carla")
        carla.left_at = clock.now()
        session.add(ResidentPlace(resident_id=boris.id, place_id=cast.sector_ids[0], municipality_id=cast.town_id))
    denise = await browser_of("Denise")
    for asked, expected in {
        "": {"Anne", "Boris"},
        "channel=hand": {"Boris"},
        f"topic={cast.topic_ids[1]}": {"Anne", "Boris"},
        f"topic={cast.topic_ids[1]}&channel=email": {"Anne"},
        f"place={cast.sector_ids[0]}": {"Boris"},
        "left=yes": {"Carla"},
        "channel=pigeon&topic=x&place=%27": {"Anne", "Boris"},
    }.items():
        text = (await denise.get(f"{BOOK}?{asked}")).text
        assert {name for name in ("Anne", "Boris", "Carla") if f">{name}</a>" in text} == expected, asked


async def test_fifty_a_page_and_a_total(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        for number in range(53):
            await joined(session, cast, f"p{number:03}@orange.example", name=f"Person {number:03}")
    denise = await browser_of("Denise")
    first, second = (await denise.get(BOOK)).text, (await denise.get(f"{BOOK}?page=2")).text
    assert ("Person 049" in first, "Person 050" in first) == (True, False)
    assert ("Person 049" in second, "Person 052" in second) == (False, True)
    assert "53 in all" in first
    found = (await denise.get(f"{BOOK}?q=person&page=2")).text
    assert ("Person 052" in found, "53 in all" in found) == (True, True)
    beyond = (await denise.get(f"{BOOK}?q=person&page=9")).text
    assert "Nobody is found" in beyond
