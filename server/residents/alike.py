"""Who a form looks like while it is typed: the same mailbox, number, name or door. Accents and order do not matter."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, literal, select, union_all
from sqlmodel import col

from server.core.columns import is_filled
from server.core.database import ReadSession
from server.residents.addresses import email_key
from server.residents.keys import door_key, name_key, phone_key
from server.residents.models import Resident

_SHOWN = 6
_LOOKED_AT = 40


class Sign(StrEnum):
    """What two entries have in common, the strongest first."""

    EMAIL = "email"
    NAME = "name"
    PHONE = "phone"
    DOOR = "door"


@dataclass(frozen=True)
class Typed:
    """What a form says of somebody so far."""

    name: str = ""
    street: str = ""
    locality: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Alike:
    """Somebody on the list, and by what they are like what was typed."""

    resident: Resident
    signs: frozenset[Sign]
    is_same: bool
    """Most often the same person once more: the same mailbox, or the same name at the same door or number."""


def typed_like(resident: Resident) -> Typed:
    """As if somebody on the list were written down once more."""
    return Typed(
        resident.name, resident.address_street, resident.address_locality, resident.email or "", resident.phone
    )


async def find_alike(
    session: ReadSession, municipality_id: int, typed: Typed, *, but: int | None = None
) -> list[Alike]:
    """Those who look like `typed`, the likeliest first. `but`: the person whose form it is."""
    probes = _probes(municipality_id, typed)
    if not probes:
        return []
    found: dict[int, set[Sign]] = {}
    for resident_id, sign in await session.execute(union_all(*(select(probe.subquery()) for probe in probes))):
        found.setdefault(resident_id, set()).add(Sign(sign))
    found.pop(but or 0, None)
    in_order = sorted(found, key=lambda one: (_weight(found[one]), one))[:_SHOWN]
    people = {one.id: one for one in await session.scalars(select(Resident).where(col(Resident.id).in_(in_order)))}
    return [
        Alike(people[one], frozenset(found[one]), _is_same(found[one], people[one], typed))
        for one in in_order
        if one in people
    ]


async def find_same(
    session: ReadSession, municipality_id: int, typed: Typed, *, but: int | None = None
) -> Resident | None:
    """Somebody who stays on the list and is most often the same person as `typed`."""
    alike = await find_alike(session, municipality_id, typed, but=but)
    return next((one.resident for one in alike if one.is_same and one.resident.left_at is None), None)


def _is_same(signs: Collection[Sign], resident: Resident, typed: Typed) -> bool:
    is_nowhere = not resident.door_key and not door_key(typed.street, typed.locality)
    is_near = Sign.DOOR in signs or Sign.PHONE in signs or is_nowhere
    return Sign.EMAIL in signs or (Sign.NAME in signs and is_near)


def _weight(signs: Collection[Sign]) -> int:
    """The smaller, the likelier."""
    return -sum(1 << (len(Sign) - list(Sign).index(sign)) for sign in signs)


def _probes(municipality_id: int, typed: Typed) -> list[Select[int, str]]:
    """One look into one index for each thing that was typed."""
    wanted = (
        (Sign.EMAIL, col(Resident.email_key), email_key(typed.email)),
        (Sign.NAME, col(Resident.name_key), name_key(typed.name)),
        (Sign.PHONE, col(Resident.phone_key), phone_key(typed.phone)),
        (Sign.DOOR, col(Resident.door_key), door_key(typed.street, typed.locality)),
    )
    here = col(Resident.municipality_id) == municipality_id
    return [
        select(col(Resident.id), literal(sign.value)).where(here, column == key, is_filled(column)).limit(_LOOKED_AT)
        for sign, column, key in wanted
        if key
    ]
