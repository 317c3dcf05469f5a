"""Whom an urgent notice reached, whom not yet by name, and what the sheets say that come back from doors and telephones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.i18n import Message, sentence
from server.mailings import queries as mailings
from server.mailings.models import DeliveryState
from server.residents import queries as residents
from server.residents.models import Resident
from server.urgent import queries
from server.urgent.area import Homes
from server.urgent.models import ToldWay, UrgentNotice, UrgentTold

_FAILED = {DeliveryState.REFUSED, DeliveryState.CANCELLED}


class Why(StrEnum):
    """Why no mail reached somebody."""

    PAPER = "paper"
    FAILED = "failed"


WHYS: Mapping[Why, Message] = {
    Why.PAPER: sentence("receives on paper only"),
    Why.FAILED: sentence("the mail did not arrive"),
}


@dataclass(frozen=True)
class Line:
    """Somebody whom no mail reached; `told` once a sheet says so."""

    resident: Resident
    why: Why
    sector_id: int | None
    place: tuple[object, ...]
    """Where the walk comes past their door."""
    told: ToldWay | None


@dataclass(frozen=True)
class Reach:
    """Everybody whom the first message of a matter concerned. `lines` stand in the order of the walk."""

    by_mail: int
    on_their_way: int
    lines: Sequence[Line]
    sectors: Sequence[tuple[int | None, str]]
    """Those that have a line, in the order of the walk."""

    @property
    def people(self) -> int:
        return self.by_mail + self.on_their_way + len(self.lines)

    @property
    def told(self) -> int:
        return sum(line.told is not None for line in self.lines)

    @property
    def unreached(self) -> list[Line]:
        return [line for line in self.lines if line.told is None]

    def of_sector(self, sector_id: int | None) -> list[Line]:
        return [line for line in self.lines if line.sector_id == sector_id]


async def reach_of(session: ReadSession, municipality_id: int, root: UrgentNotice) -> Reach:
    """Who heard of the matter that `root` opened."""
    states = await mailings.states_by_recipient(session, municipality_id, root.mailing_id or 0)
    around = await queries.places_around(session, municipality_id, root.place_ids)
    copies = await residents.paper_audience(session, municipality_id, root.topic_ids, around)
    whys = {one.id: (one, Why.PAPER) for copy in copies for one in (copy.resident, *copy.shared_with)}
    failed = [number for number, state in states.items() if state in _FAILED]
    people = select(Resident).where(
        col(Resident.municipality_id) == municipality_id, col(Resident.id).in_(failed), col(Resident.left_at).is_(None)
    )
    whys |= {one.id: (one, Why.FAILED) for one in await session.scalars(people)}
    told = await _told(session, municipality_id, root.id)
    homes = await Homes.of(session, municipality_id)
    lines = [
        Line(one, why, *homes.find(one), told.get(one.id))
        for one, why in whys.values()
        if why is Why.FAILED or states.get(one.id) is not DeliveryState.ACCEPTED
    ]
    lines.sort(key=lambda line: line.place)
    sectors = dict.fromkeys(line.sector_id for line in lines)
    by_mail = sum(state is DeliveryState.ACCEPTED for state in states.values())
    return Reach(
        by_mail,
        len(states) - by_mail - len(failed),
        lines,
        [(one, homes.sector_name(one)) for one in sectors],
    )


async def note_told(
    session: WriteSession, municipality_id: int, actor: Actor, root: UrgentNotice, answers: Mapping[int, ToldWay | None]
) -> None:
    """What the sheets say of some of the people; none takes a wrong tick back. Others than these are nobody's business."""
    reach = await reach_of(session, municipality_id, root)
    changed = [line for line in reach.lines if answers.get(line.resident.id, line.told) != line.told]
    ids = [line.resident.id for line in changed]
    old = (col(UrgentTold.municipality_id) == municipality_id, col(UrgentTold.urgent_id) == root.id)
    await session.execute(delete(UrgentTold).where(*old, col(UrgentTold.resident_id).in_(ids)))
    session.add_all(
        UrgentTold(
            municipality_id=municipality_id,
            urgent_id=root.id,
            resident_id=number,
            way=way,
            noted_by_id=actor.account_id,
            noted_at=clock.now(),
        )
        for number in ids
        if (way := answers[number]) is not None
    )


async def _told(session: ReadSession, municipality_id: int, root_id: int) -> dict[int, ToldWay]:
    query = (
        select(UrgentTold)
        .where(col(UrgentTold.municipality_id) == municipality_id, col(UrgentTold.urgent_id) == root_id)
        .order_by(col(UrgentTold.id))
    )
    return {one.resident_id: one.way for one in await session.scalars(query)}
