"""The commune's address file, replaced about once a year: brought, compared, and only then applied."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, update
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.core.references import is_referred_to
from server.municipalities.models import Place, PlaceKind
from server.municipalities.queries import list_places
from server.streets.models import AddressFile, AddressPoint
from server.streets.reading import DoorKey, Reading

APPLIED = action("addresses.applied", sentence("Replaced the address file"))
_AT_ONCE = 5_000


@dataclass
class Difference:
    """What a file would change. Streets keep their sector and walk, doors what is known of their letterboxes."""

    new_streets: list[str] = field(default_factory=list)
    gone_streets: list[Place] = field(default_factory=list)
    new_doors: list[tuple[str, DoorKey]] = field(default_factory=list)
    """The key of the street, and the door."""
    gone_doors: list[int] = field(default_factory=list)
    kept_doors: dict[int, tuple[str, DoorKey]] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, object]:
        """For the page that asks whether to apply it."""
        return {
            "new_streets": sorted(self.new_streets),
            "gone_streets": sorted(street.name for street in self.gone_streets),
            "new_doors": len(self.new_doors),
            "gone_doors": len(self.gone_doors),
            "kept_doors": len(self.kept_doors),
        }


async def compare(session: ReadSession, municipality_id: int, reading: Reading) -> Difference:
    """What `reading` has that the town has not, and the other way round."""
    places = {place.id: place for place in await list_places(session, municipality_id, PlaceKind.STREET)}
    known = {place.postal_key for place in places.values()}
    difference = Difference([street.name for key, street in reading.streets.items() if key not in known])
    wanted = {(key, door) for key, street in reading.streets.items() for door in street.doors}
    query = select(
        col(AddressPoint.id), col(AddressPoint.street_id), col(AddressPoint.number), col(AddressPoint.repetition)
    ).where(col(AddressPoint.municipality_id) == municipality_id)
    with_doors = set()
    for point_id, street_id, number, repetition in await session.execute(query):
        with_doors.add(street_id)
        door = (places[street_id].postal_key, (number, repetition))
        if door in wanted:
            wanted.discard(door)
            difference.kept_doors[point_id] = door
        else:
            difference.gone_doors.append(point_id)
    difference.new_doors = sorted(wanted)
    difference.gone_streets = [places[one] for one in with_doors if places[one].postal_key not in reading.streets]
    return difference


async def note_file(
    session: WriteSession, municipality_id: int, actor: Actor | None, file_key: str, reading: Reading
) -> AddressFile:
    """Write down that a file was brought, and what it would change."""
    difference = await compare(session, municipality_id, reading)
    brought = AddressFile(
        municipality_id=municipality_id,
        file_key=file_key,
        facts={
            **difference.facts,
            "streets": len(reading.streets),
            "doors": reading.doors,
            "bad_rows": reading.bad_rows,
            "bad": [[line, reason.msgid, reason.params] for line, reason in reading.bad],
            "elsewhere": reading.elsewhere,
        },
        brought_at=clock.now(),
        brought_by_id=actor.account_id if actor else None,
    )
    session.add(brought)
    await session.flush()
    return brought


async def apply_file(
    session: WriteSession, municipality_id: int, actor: Actor | None, file_id: int, reading: Reading
) -> Difference:
    """Make the town’s streets and doors those of this file. Raises Conflict if it is applied already."""
    mine = (col(AddressFile.municipality_id) == municipality_id, col(AddressFile.id) == file_id)
    now, who = clock.now(), actor.account_id if actor else None
    claimed = update(AddressFile).where(*mine, col(AddressFile.applied_at).is_(None))
    result: Any = await session.execute(claimed.values(applied_at=now, applied_by_id=who))
    if result.rowcount != 1:
        raise Conflict(sentence("This file is applied already."))
    difference = await compare(session, municipality_id, reading)
    streets = await _streets(session, municipality_id, reading)
    for part in _parts(difference.gone_doors):
        await session.execute(delete(AddressPoint).where(col(AddressPoint.id).in_(part)))
    for rows in _parts([_row(reading, door, id=one) for one, door in difference.kept_doors.items()]):
        await session.execute(update(AddressPoint), rows)
    mine_too = {"municipality_id": municipality_id, "boxes": 1, "refused": 0, "note": ""}
    fresh = [_row(reading, door, street_id=streets[door[0]], **mine_too) for door in difference.new_doors]
    for rows in _parts(fresh):
        await session.execute(insert(AddressPoint), rows)
    for street in difference.gone_streets:
        if not await is_referred_to(session, "place", street.id):
            await session.delete(street)
    detail = {name: len(found) if isinstance(found, list) else found for name, found in difference.facts.items()}
    await record(session, municipality_id, who, APPLIED, "address_file", file_id, detail)
    return difference


async def _streets(session: WriteSession, municipality_id: int, reading: Reading) -> Mapping[str, int]:
    """The ids of the file's streets; new ones are added, those there are keep everything but the post's label."""
    places = {one.postal_key: one for one in await list_places(session, municipality_id, PlaceKind.STREET)}
    for key, street in reading.streets.items():
        if key in places:
            places[key].postal_label = street.label
        else:
            places[key] = Place(
                municipality_id=municipality_id,
                kind=PlaceKind.STREET,
                name=street.name,
                postal_key=key,
                postal_label=street.label,
            )
        session.add(places[key])
    await session.flush()
    return {key: place.id for key, place in places.items()}


def _row(reading: Reading, door: tuple[str, DoorKey], **more: object) -> dict[str, object]:
    key, (number, repetition) = door
    point = reading.streets[key].doors[number, repetition]
    lon, lat = point.place or (None, None)
    return {
        **more,
        "number": number,
        "repetition": repetition,
        "postcode": point.postcode[:10],
        "post_town": point.post_town[:80],
        "lon": lon,
        "lat": lat,
    }


def _parts(rows: list[Any]) -> Iterator[list[Any]]:
    """Some thousands at once: both databases have a limit of parameters."""
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
