"""Whom an urgent notice reached, whom not yet by name, and what the sheets say that come back from doors and telephones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.coverage.ledger import Coverage, Line, Sent, cover, sends_notices
from server.coverage.ways import ToldWay
from server.printruns.queries import list_runs_of
from server.urgent import queries
from server.urgent.area import Homes
from server.urgent.models import UrgentNotice, UrgentTold


@dataclass(frozen=True)
class Door:
    """Somebody whom nothing that was sent has reached, where the walk comes past; a sheet may say that they know."""

    line: Line
    sector_id: int | None
    place: tuple[object, ...]


@dataclass(frozen=True)
class Reach:
    """The coverage of a matter, and the doors that were or are to be knocked at, in the order of the walk."""

    coverage: Coverage
    doors: Sequence[Door]
    sectors: Sequence[tuple[int | None, str]]
    """Those that have a door, in the order of the walk."""

    def of_sector(self, sector_id: int | None) -> list[Line]:
        return [door.line for door in self.doors if door.sector_id == sector_id]

    def changes(self, answers: Mapping[int, ToldWay | None]) -> dict[int, ToldWay | None]:
        """Of what somebody keyed in, what was not known yet. Others than those at the doors are nobody's business."""
        told = {door.line.resident.id: door.line.told for door in self.doors}
        return {number: way for number, way in answers.items() if number in told and told[number] != way}


async def reach_of(session: ReadSession, municipality_id: int, root: UrgentNotice) -> Reach:
    """Who heard of the matter that `root` opened, by the ledger that counts for every sending."""
    coverage = await cover(session, municipality_id, await _sent(session, municipality_id, root))
    homes = await Homes.of(session, municipality_id)
    doors = [Door(line, *homes.find(line.resident)) for line in coverage.lines if line.told or line.is_unreached]
    doors.sort(key=lambda door: door.place)
    sectors = dict.fromkeys(door.sector_id for door in doors)
    return Reach(coverage, doors, [(one, homes.sector_name(one)) for one in sectors])


async def note_told(
    session: WriteSession, municipality_id: int, actor: Actor, root: UrgentNotice, ticks: Mapping[int, ToldWay | None]
) -> None:
    """What the sheets say of some people; none takes a wrong tick back."""
    old = (col(UrgentTold.municipality_id) == municipality_id, col(UrgentTold.urgent_id) == root.id)
    await session.execute(delete(UrgentTold).where(*old, col(UrgentTold.resident_id).in_(ticks)))
    session.add_all(
        UrgentTold(
            municipality_id=municipality_id,
            urgent_id=root.id,
            resident_id=number,
            way=way,
            noted_by_id=actor.account_id,
            noted_at=clock.now(),
        )
        for number, way in ticks.items()
        if way is not None
    )


@sends_notices
async def find_sent(session: ReadSession, municipality_id: int, notice_id: int) -> Sent | None:
    """By what an urgent notice was sent; None for every other notice."""
    root = await queries.find_first_of_notice(session, municipality_id, notice_id)
    return await _sent(session, municipality_id, root) if root else None


async def _sent(session: ReadSession, municipality_id: int, root: UrgentNotice) -> Sent:
    """The mail of the first message, what was printed of it, its posters, and what was said by hand."""
    notice_ids = [root.notice_id] if root.notice_id else []
    return Sent(
        root.topic_ids,
        root.sent_at or root.created_at,
        root.mailing_id,
        await list_runs_of(session, municipality_id, notice_id=root.notice_id) if root.notice_id else [],
        notice_ids,
        await queries.places_around(session, municipality_id, root.place_ids),
        await _told(session, municipality_id, root.id),
    )


async def _told(session: ReadSession, municipality_id: int, root_id: int) -> dict[int, ToldWay]:
    query = (
        select(UrgentTold)
        .where(col(UrgentTold.municipality_id) == municipality_id, col(UrgentTold.urgent_id) == root_id)
        .order_by(col(UrgentTold.id))
    )
    return {one.resident_id: one.way for one in await session.scalars(query)}
