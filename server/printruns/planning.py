"""A print run planned: copies numbered in the order in which they are carried, quantities by batch."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.issues.queries import get_issue
from server.municipalities.queries import list_places
from server.notices.queries import get_notice
from server.printruns.audience import Reader, readers_of
from server.printruns.models import PrintBatch, PrintCopy, PrintRun
from server.printruns.schemas import RunDraft
from server.residents.models import Channel, Edition
from server.residents.queries import list_topics
from server.streets.arranging import walks_of
from server.streets.models import AddressPoint

PLANNED = action("print_run.planned", sentence("Planned a paper sending"))
_RESERVE = 0.05
_AT_ONCE = 2_000
BatchKey = tuple[Channel, int | None]


def reserve_of(copies: int) -> int:
    """What is printed on top: one in twenty, and one at least."""
    return math.ceil(copies * _RESERVE)


async def plan_run(session: WriteSession, municipality_id: int, actor: Actor, draft: RunDraft) -> PrintRun:
    """Fix who gets it on paper. Raises Invalid for a letter, topic or place that is not the town's, or nobody at all."""
    await _check(session, municipality_id, draft)
    readers = await readers_of(
        session, municipality_id, draft.topic_ids, draft.place_ids, by_hand_inside=draft.by_hand_inside
    )
    boxes = await boxes_by_sector(session, municipality_id) if draft.to_every_box else {}
    if not readers and not any(boxes.values()):
        raise Invalid({"topic_ids": sentence("Nobody receives this on paper.")})
    run = PrintRun(
        municipality_id=municipality_id,
        **draft.model_dump(exclude={"by_hand_inside"}),
        created_by_id=actor.account_id,
        created_at=clock.now(),
    )
    session.add(run)
    await session.flush()
    batches = await _add_batches(session, run, readers, boxes)
    rows = [_copy(run, number, reader, batches) for number, reader in enumerate(readers, 1)]
    for start in range(0, len(rows), _AT_ONCE):
        await session.execute(insert(PrintCopy), rows[start : start + _AT_ONCE])
    detail = {"copies": len(rows), "boxes": sum(boxes.values())}
    await record(session, municipality_id, actor.account_id, PLANNED, "print_run", run.id, detail)
    return run


async def boxes_by_sector(session: ReadSession, municipality_id: int) -> dict[int | None, int]:
    """Letterboxes that do not refuse, by the sector their doors lie in."""
    walks = await walks_of(session, municipality_id)
    query = select(
        col(AddressPoint.street_id), col(AddressPoint.number), col(AddressPoint.boxes), col(AddressPoint.refused)
    ).where(col(AddressPoint.municipality_id) == municipality_id)
    found: dict[int | None, int] = {}
    for street_id, number, boxes, refused in await session.execute(query):
        sector_id = walks.stretch_of(street_id, number).sector_id
        found[sector_id] = found.get(sector_id, 0) + max(boxes - refused, 0)
    return found


def batch_of(reader: Reader) -> BatchKey | None:
    """What takes a copy along; None for a copy that is not printed."""
    if reader.trouble is not None:
        return None
    is_round = reader.channel is Channel.HAND and reader.stretch is not None
    return reader.channel, reader.stretch.sector_id if is_round and reader.stretch else None


@dataclass
class _Pile:
    copies: int = 0
    large_print: int = 0
    easy_read: int = 0


async def _add_batches(
    session: WriteSession, run: PrintRun, readers: Iterable[Reader], boxes: dict[int | None, int]
) -> dict[BatchKey, PrintBatch]:
    piles: dict[BatchKey, _Pile] = {(Channel.HAND, sector_id): _Pile() for sector_id, count in boxes.items() if count}
    for reader in readers:
        if key := batch_of(reader):
            pile = piles.setdefault(key, _Pile())
            pile.copies += 1
            pile.large_print += reader.edition is Edition.LARGE_PRINT
            pile.easy_read += reader.edition is Edition.EASY_READ
    batches = {}
    for (channel, sector_id), pile in piles.items():
        # Where every letterbox gets one, those who asked for it get theirs so; special editions come on top.
        dropped = boxes.get(sector_id, 0) if channel is Channel.HAND else 0
        copies = max(pile.copies, dropped + pile.large_print + pile.easy_read if dropped else 0)
        batches[channel, sector_id] = PrintBatch(
            municipality_id=run.municipality_id,
            run_id=run.id,
            channel=channel,
            sector_id=sector_id,
            copies=copies,
            reserve=reserve_of(copies),
            large_print=pile.large_print,
            easy_read=pile.easy_read,
        )
    session.add_all(batches.values())
    await session.flush()
    return batches


def _copy(run: PrintRun, number: int, reader: Reader, batches: dict[BatchKey, PrintBatch]) -> dict[str, object]:
    key = batch_of(reader)
    return {
        "municipality_id": run.municipality_id,
        "run_id": run.id,
        "batch_id": batches[key].id if key else None,
        "number": number,
        "resident_id": reader.resident.id,
        "edition": reader.edition,
        "channel": reader.channel,
        "trouble": reader.trouble,
    }


async def _check(session: ReadSession, municipality_id: int, draft: RunDraft) -> None:
    if draft.issue_id is not None:
        await get_issue(session, municipality_id, draft.issue_id)
    if draft.notice_id is not None:
        await get_notice(session, municipality_id, draft.notice_id)
    topics: Sequence[int] = [topic.id for topic in await list_topics(session, municipality_id)]
    places = [place.id for place in await list_places(session, municipality_id)]
    for name, asked, known in (("topic_ids", draft.topic_ids, topics), ("place_ids", draft.place_ids, places)):
        if not set(asked) <= set(known):
            raise Invalid({name: sentence("Choose one of the answers of the list.")})
