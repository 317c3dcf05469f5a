"""Sectors as sets of sides, walked in the order somebody chose."""

import pytest

from server.core.database import Database, ReadSession, WriteSession
from server.core.errors import Invalid, NotFound
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.postal.walking import Side
from server.streets import arranging
from server.streets.queries import all_doors
from server.streets.schemas import PartDraft
from server.streets.walks import door_key
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.streets.test_importing import bring

DOORS = [(street, number, "") for street in ("West", "Middle", "East") for number in (1, 2, 3)]


async def _set_up(session: WriteSession, cast: Cast) -> dict[str, int]:
    await bring(session, cast.town_id, DOORS)
    ids = {one.name: one.id for one in await list_places(session, cast.town_id, PlaceKind.STREET)}
    await arranging.put_streets(session, cast.town_id, cast.sector_ids[0], list(ids.values()))
    session.expire_all()
    return ids


async def _walk(session: ReadSession, cast: Cast) -> list[list[str]]:
    """The doors of each sector as they are passed."""
    walks = await arranging.walks_of(session, cast.town_id)
    ranks = walks.ranks()
    found: dict[int | None, list[tuple[tuple[object, ...], str]]] = {}
    for door in await all_doors(session, cast.town_id):
        stretch = walks.stretch_of(door.street_id, door.number)
        entry = (door_key(ranks, stretch, door.number, door.repetition), f"{stretch.street.name} {door.number}")
        found.setdefault(stretch.sector_id, []).append(entry)
    return [[name for _, name in sorted(found.get(one, []))] for one in cast.sector_ids[:2]]


async def test_the_walk_goes_street_by_street_and_side_by_side(session: WriteSession, cast: Cast) -> None:
    ids = await _set_up(session, cast)
    sector, other = cast.sector_ids[:2]
    assert await arranging.draft_walk(session, cast.town_id, sector) == 3
    await arranging.add_part(session, cast.town_id, other, PartDraft(street_id=ids["Middle"], side=Side.EVEN, first=2))
    session.expire_all()
    by_nearness = ["West 1", "West 3", "West 2", "Middle 1", "Middle 3", "East 1", "East 3", "East 2"]
    assert await _walk(session, cast) == [by_nearness, ["Middle 2"]]
    await arranging.order_walk(session, cast.town_id, sector, {f"s{ids['East']}": 1, f"s{ids['West']}": 2})
    session.expire_all()
    by_hand = ["East 1", "East 3", "East 2", "West 1", "West 3", "West 2", "Middle 1", "Middle 3"]
    assert (await _walk(session, cast))[0] == by_hand


async def test_a_door_lies_in_one_part(session: WriteSession, cast: Cast) -> None:
    ids = await _set_up(session, cast)
    part = await arranging.add_part(
        session, cast.town_id, cast.sector_ids[1], PartDraft(street_id=ids["Middle"], side=Side.ODD, first=3)
    )
    draft = PartDraft(street_id=ids["Middle"], side=Side.ALL, first=2, last=4)
    with pytest.raises(Invalid):
        await arranging.add_part(session, cast.town_id, cast.sector_ids[0], draft)
    with pytest.raises(NotFound):
        await arranging.remove_part(session, cast.town_id, cast.sector_ids[0], part.id)
    await arranging.remove_part(session, cast.town_id, cast.sector_ids[1], part.id)


async def test_alice_arranges_a_sector(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        await bring(session, cast.town_id, DOORS)
        ids = {one.name: one.id for one in await list_places(session, cast.town_id, PlaceKind.STREET)}
    alice, walk = await browser_of("Alice"), f"/desk/settings/places/{cast.sector_ids[0]}/walk"
    assert "No street lies in this sector yet." in (await alice.get(walk)).text
    await alice.submit(f"{walk}/streets", {"street_ids": [str(ids["West"]), str(ids["East"])]})
    await alice.submit(walk, {f"walk-s{ids['West']}": "2", f"walk-s{ids['East']}": "1"})
    shown = (await alice.get(walk)).text
    assert shown.index('<span class="what">East') < shown.index('<span class="what">West')
    wrong = {"street_id": str(ids["Middle"]), "side": "odd", "first": "9", "last": "3"}
    for fields in (wrong, {"street_id": "", "side": "odd"}, {**wrong, "first": "one"}):
        assert (await alice.submit(f"{walk}/parts", fields)).status_code == 422
    await alice.submit(f"{walk}/parts", {"street_id": str(ids["Middle"]), "side": "odd", "first": "1", "last": ""})
    assert "Middle (odd numbers, from 1 on)" in (await alice.get(walk)).text
    assert (await alice.submit(f"{walk}/draft")).status_code == 303


async def test_alice_notes_letterboxes(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        await bring(session, cast.town_id, DOORS)
        door = (await all_doors(session, cast.town_id))[0]
    alice, doors = await browser_of("Alice"), f"/desk/settings/streets/{door.street_id}"
    fields = {"door": str(door.id), f"boxes-{door.id}": "12", f"refused-{door.id}": "1", f"note-{door.id}": "hall"}
    assert (await alice.submit(doors, fields)).status_code == 303
    assert 'value="hall"' in (await alice.get(doors)).text
    answer = await alice.submit(doors, {**fields, f"boxes-{door.id}": "many"})
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
