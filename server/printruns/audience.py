"""Copies on paper as they are carried: where each one goes, in which order the walk passes there, and why one does not."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.postal.abbreviations import spelt_out
from server.postal.address import Address, address_key
from server.postal.doors import Door, read_door
from server.postal.lines import PostalBlock, postal_block
from server.printruns.models import AddressHold, Trouble
from server.residents.models import Channel, Edition, Resident
from server.residents.queries import paper_audience
from server.streets.arranging import walks_of
from server.streets.walks import Stretch, Walks, door_key

_LAST: tuple[object, ...] = (1_000_000,)
_CHANNELS = (Channel.HAND, Channel.POST, Channel.COUNTER)


@dataclass(frozen=True)
class Reader:
    """Whoever gets one copy. `stretch` is the part of the walk that comes past, if their door is one of the town's."""

    resident: Resident
    mates: Sequence[int]
    """Who else reads it."""
    channel: Channel
    stretch: Stretch | None
    trouble: Trouble | None
    place: tuple[object, ...]

    @property
    def edition(self) -> Edition:
        return Edition(self.resident.edition)


@dataclass(frozen=True)
class Map:
    """The town's streets by name, and the walks through them."""

    walks: Walks
    streets: Mapping[str, int]
    ranks: Mapping[str, int]

    @classmethod
    def of(cls, walks: Walks) -> "Map":
        streets = {stretch.street.postal_key: stretch.street.id for stretch in walks.whole.values()}
        return cls(walks, streets, walks.ranks())

    def find(self, door: Door) -> Stretch | None:
        """Where this door is passed; None if the street is not one of the town's."""
        street_id = self.streets.get(spelt_out(door.street))
        return None if street_id is None else self.walks.stretch_of(street_id, door.number)


async def readers_of(
    session: ReadSession,
    municipality_id: int,
    topic_ids: Collection[int],
    place_ids: Collection[int] = (),
    *,
    by_hand_inside: bool = True,
) -> list[Reader]:
    """One reader per copy, in the order of the walk, then by postcode.

    `by_hand_inside`: what is addressed within the town is carried there rather than stamped.
    """
    town = Map.of(await walks_of(session, municipality_id))
    held = await _held_marks(session, municipality_id)
    copies = await paper_audience(session, municipality_id, topic_ids, place_ids)
    readers = []
    for copy in copies:
        door = read_door(copy.resident.address_street)
        stretch = town.find(door)
        is_carried = copy.channel is Channel.POST and stretch is not None and by_hand_inside
        channel = Channel.HAND if is_carried else copy.channel
        place = door_key(town.ranks, stretch, door.number, door.repetition) if stretch else _LAST
        trouble = _trouble(copy.resident, channel, held)
        readers.append(Reader(copy.resident, [one.id for one in copy.shared_with], channel, stretch, trouble, place))
    return sorted(readers, key=_order)


def block_of(resident: Resident) -> PostalBlock:
    """The lines for the envelope, and what keeps them from being printed."""
    return postal_block(_address_of(resident))


def refuse_unprintable(resident: Resident) -> None:
    """Raise Invalid where the address is none that an envelope takes."""
    if not block_of(resident).is_printable:
        raise Invalid({"": sentence("This address does not hold on an envelope: complete it first.")})


def mark_of(resident: Resident) -> str:
    """A hash of the address alone: the same for every spelling of it."""
    return hashlib.sha256("\n".join(address_key(_address_of(resident))).encode()).hexdigest()


def _address_of(resident: Resident) -> Address:
    return Address(
        resident.name,
        resident.address_inside,
        resident.address_outside,
        resident.address_street,
        resident.address_locality,
        resident.postcode,
        resident.post_town,
    )


def _trouble(resident: Resident, channel: Channel, held: Collection[tuple[int, str]]) -> Trouble | None:
    if channel is Channel.COUNTER:
        return None
    if held and (resident.id, mark_of(resident)) in held:
        return Trouble.RETURNED
    is_known = block_of(resident).is_printable if channel is Channel.POST else bool(resident.address_street)
    return None if is_known else Trouble.ADDRESS


def _order(reader: Reader) -> tuple[object, ...]:
    one = reader.resident
    return _CHANNELS.index(reader.channel), reader.place, one.postcode, one.address_street, one.list_key, one.id


async def _held_marks(session: ReadSession, municipality_id: int) -> set[tuple[int, str]]:
    query = select(col(AddressHold.resident_id), col(AddressHold.address_mark)).where(
        col(AddressHold.municipality_id) == municipality_id, col(AddressHold.lifted_at).is_(None)
    )
    return {(resident_id, mark) for resident_id, mark in await session.execute(query)}
