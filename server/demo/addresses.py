"""The address file of a commune that does not exist, in the layout of the national base, and what its walkers know."""

import random
from collections.abc import Iterator
from itertools import chain

from sqlmodel import col, select

from server.core.database import WriteSession
from server.core.files import FileStore
from server.demo.people import people, town_data
from server.municipalities.models import Place, PlaceKind
from server.postal.doors import read_door
from server.postal.walking import Side
from server.streets import arranging
from server.streets.importing import apply_file, note_file
from server.streets.models import AddressPoint
from server.streets.reading import read_addresses
from server.streets.schemas import DoorChange, PartDraft

_SEED = 41999
_HEAD = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;"
    "source_nom_voie;certification_commune"
)
_CHURCH = (1.412, 47.563)
_A_DOOR = 0.00012
_BLOCKS = {"rue des Lilas": {8: 12, 10: 12, 14: 18}, "avenue de la Gare": {40: 24}, "rue du Stade": {5: 16}}
_NOTES = {
    ("rue du Lavoir", 7): DoorChange(boxes=1, refused=1, note="ne veut rien recevoir"),
    ("Grande-Rue", 21): DoorChange(boxes=3, note="boîtes sous le porche"),
    ("route de la Plaine", 12): DoorChange(boxes=1, note="boîte au portail, chien"),
}


async def bring_addresses(session: WriteSession, files: FileStore, town_id: int) -> None:
    """The file is brought and applied, the walks are drafted, one street is split, some letterboxes are known."""
    content = address_file()
    reading = read_addresses(content, town_data()["identity"]["insee_code"])
    file = await note_file(session, town_id, None, files.put(town_id, content), reading)
    await apply_file(session, town_id, None, file.id, reading)
    places = {
        one.name: one for one in await session.scalars(select(Place).where(col(Place.municipality_id) == town_id))
    }
    side = PartDraft(street_id=places["avenue de la Gare"].id, side=Side.EVEN, first=2, last=20)
    await arranging.add_part(session, town_id, places["Le Bourg"].id, side)
    for place in places.values():
        if place.kind is PlaceKind.SECTOR:
            await arranging.draft_walk(session, town_id, place.id)
    known = {
        (street, number): DoorChange(boxes=boxes) for street, all_ in _BLOCKS.items() for number, boxes in all_.items()
    }
    for (street, number), change in (known | _NOTES).items():
        doors = select(AddressPoint.id).where(
            col(AddressPoint.street_id) == places[street].id, col(AddressPoint.number) == number
        )
        await arranging.change_doors(
            session, town_id, places[street].id, dict.fromkeys(await session.scalars(doors), change)
        )


def address_file() -> bytes:
    """Every door of the town: the numbers of each street, those where somebody lives whom we write to among them."""
    return "\n".join([_HEAD, *_rows()]).encode()


def _rows() -> Iterator[str]:
    chance = random.Random(_SEED)  # noqa: S311  it makes up houses, not secrets
    town = town_data()["identity"]
    lived_in = {(person.street, *read_door(f"{person.number} x")[:2]) for person in people()}
    known = {(street, number, "") for street, numbers in _BLOCKS.items() for number in numbers} | {
        (*door, "") for door in _NOTES
    }
    for rank, sector in enumerate(town_data()["sectors"]):
        for place, (street, last) in enumerate(sector["streets"]):
            start = (_CHURCH[0] + (rank % 2) * 0.02 + chance.random() * 0.01, _CHURCH[1] + (rank // 2) * 0.02)
            doors = {(number, "") for number in range(1, last + 1) if chance.random() < 0.85}
            doors |= {(number, rep) for name, number, rep in chain(lived_in, known) if name == street}
            for number, repetition in sorted(doors):
                lon, lat = start[0] + number * _A_DOOR, start[1] + place * 0.0015 + (number % 2) * 0.0002
                yield (
                    f"{town['insee_code']}_{rank}{place:02}_{number:05}{repetition.lower()};;{number};"
                    f"{repetition.lower()};{street};{town['postcode']};{town['insee_code']};{town['name']};;;;;"
                    f"{lon:.6f};{lat:.6f};entrée;;;SAINT AUBIN LES PRES;;commune;commune;1"
                )
