"""The address file: what it changes is said first; what the town noted of streets and doors outlives it."""

import pytest
from sqlmodel import col, select

from server.core.database import Database, WriteSession
from server.core.errors import Conflict, Invalid
from server.municipalities.models import PlaceKind
from server.municipalities.places import add_place
from server.municipalities.queries import list_places
from server.municipalities.schemas import StreetDraft
from server.streets.importing import apply_file, compare, note_file
from server.streets.models import AddressPoint
from server.streets.queries import all_doors, find_last_applied
from server.streets.reading import read_addresses
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.streets.filing import HEAD, Door, ban

FIRST = [("Rue du Lavoir", 1, ""), ("Rue du Lavoir", 2, "bis"), ("Chemin des Prés", 3, "")]
NEXT = [("Rue du Lavoir", 1, ""), ("Rue du Lavoir", 4, ""), ("Impasse Neuve", 1, "")]
ADDRESSES = "/desk/settings/addresses"


async def bring(session: WriteSession, town_id: int, doors: list[Door], content: bytes = b"") -> None:
    reading = read_addresses(content or ban(doors))
    file = await note_file(session, town_id, None, "0" * 64, reading)
    await apply_file(session, town_id, None, file.id, reading)


async def test_a_second_file_keeps_what_is_known(session: WriteSession, cast: Cast) -> None:
    pasted = await add_place(session, cast.town_id, PlaceKind.STREET, StreetDraft(name="r. du lavoir"))
    pasted.sector_id, pasted.walk = cast.sector_ids[0], 7
    await bring(session, cast.town_id, FIRST)
    (first,) = [one for one in await all_doors(session, cast.town_id, [pasted.id]) if one.number == 1]
    first.boxes, first.note = 12, "hall at the back"
    difference = await compare(session, cast.town_id, read_addresses(ban(NEXT)))
    assert difference.facts == {
        "new_streets": ["Impasse Neuve"],
        "gone_streets": ["Chemin des Prés"],
        "new_doors": 2,
        "gone_doors": 2,
        "kept_doors": 1,
    }
    await bring(session, cast.town_id, NEXT)
    streets = {one.name: one for one in await list_places(session, cast.town_id, PlaceKind.STREET)}
    assert set(streets) == {"r. du lavoir", "Impasse Neuve"}
    kept = streets["r. du lavoir"]
    assert (kept.id, kept.sector_id, kept.walk) == (pasted.id, cast.sector_ids[0], 7)
    doors = {(one.number, one.repetition): one for one in await all_doors(session, cast.town_id, [kept.id])}
    assert set(doors) == {(1, ""), (4, "")}
    assert (doors[1, ""].id, doors[1, ""].boxes, doors[1, ""].note) == (first.id, 12, "hall at the back")


async def test_a_street_somebody_refers_to_stays(session: WriteSession, cast: Cast) -> None:
    await bring(session, cast.town_id, FIRST)
    (street,) = [one for one in await list_places(session, cast.town_id, PlaceKind.STREET) if "Prés" in one.name]
    other = await add_place(session, cast.town_id, PlaceKind.STREET, StreetDraft(name="Elsewhere"))
    other.sector_id = street.id
    await bring(session, cast.town_id, NEXT)
    assert "Chemin des Prés" in {one.name for one in await list_places(session, cast.town_id)}
    assert await all_doors(session, cast.town_id, [street.id]) == []


async def test_a_file_is_applied_once_and_only_here(session: WriteSession, cast: Cast) -> None:
    reading = read_addresses(ban(FIRST))
    file = await note_file(session, cast.town_id, None, "0" * 64, reading)
    with pytest.raises(Conflict):
        await apply_file(session, cast.neighbour_id, None, file.id, reading)
    await apply_file(session, cast.town_id, None, file.id, reading)
    with pytest.raises(Conflict):
        await apply_file(session, cast.town_id, None, file.id, reading)
    assert await find_last_applied(session, cast.neighbour_id) is None
    assert (
        list(await session.scalars(select(AddressPoint).where(col(AddressPoint.municipality_id) != cast.town_id))) == []
    )


def test_one_name_in_two_former_communes_is_two_streets() -> None:
    low, high = ban([("Rue Haute", 1, "")], district="Le Bas"), ban([("Rue Haute", 1, "")], district="Le Haut")
    reading = read_addresses(low + b"\n" + high.removeprefix(HEAD.encode() + b"\n"))
    assert {one.name for one in reading.streets.values()} == {"Rue Haute (Le Bas)", "Rue Haute (Le Haut)"}
    assert {one.name for one in read_addresses(low).streets.values()} == {"Rue Haute"}


def test_rows_of_other_communes_are_left_out_and_counted() -> None:
    assert read_addresses(ban(FIRST), "01999").elsewhere == 0
    with pytest.raises(Invalid):
        read_addresses(ban(FIRST), "75056")


async def test_alice_reads_what_changes_then_applies_it(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    alice = await browser_of("Alice")
    assert "No address file yet." in (await alice.get(ADDRESSES)).text
    for content, words in ((b"", "Choose a file."), (b"nom;prenom\n", "neither a BAN file nor a BAL file")):
        answer = await alice.submit(ADDRESSES, {}, files={"file": ("a.csv", content)} if content else None)
        assert answer.status_code == 422
        assert words in answer.text
    broken = ban(FIRST) + b"\nx_9;;neuf;;Rue Basse" + b";" * 17
    assert (await alice.submit(ADDRESSES, {}, files={"file": ("ban.csv", broken)})).status_code == 303
    shown = (await alice.get(f"{ADDRESSES}/1")).text
    assert "Chemin des Prés" in shown
    assert "One row is left out" in shown
    async with database.reading() as session:
        assert await all_doors(session, cast.town_id) == []
    assert (await alice.submit(f"{ADDRESSES}/1/application")).status_code == 303
    assert (await alice.submit(f"{ADDRESSES}/1/application")).status_code == 409
    assert "3 doors are known" in (await alice.get(ADDRESSES)).text
    assert (await (await browser_of("Denise")).get(ADDRESSES)).status_code == 403
