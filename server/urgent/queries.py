"""Questions about urgent notices: what is in force, one matter from its first message to its last, the prepared texts."""

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select

from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.municipalities.queries import list_places
from server.urgent.models import UrgentKind, UrgentNotice, UrgentState, UrgentWording
from server.urgent.schemas import WordingDraft
from server.web.pagination import Page, Slice

_PRESETS = Path(__file__).with_name("presets.json")


async def get_urgent(session: ReadSession, municipality_id: int, urgent_id: int) -> UrgentNotice:
    query = select(UrgentNotice).where(
        col(UrgentNotice.municipality_id) == municipality_id, col(UrgentNotice.id) == urgent_id
    )
    return _found((await session.scalars(query)).one_or_none())


async def get_public_by_uid(session: ReadSession, municipality_id: int, uid: str) -> UrgentNotice:
    """A message that was really sent to the public. Raises NotFound for exercises and drafts too."""
    query = select(UrgentNotice).where(*_public(municipality_id), col(UrgentNotice.uid) == uid)
    return _found((await session.scalars(query)).one_or_none())


async def in_force(session: ReadSession, municipality_id: int) -> list[UrgentNotice]:
    """What holds at this moment, the newest first. Over by its own hour means over, whether the clock has run or not."""
    query = select(UrgentNotice).where(
        *_public(municipality_id),
        col(UrgentNotice.replaced_at).is_(None),
        or_(col(UrgentNotice.until_at).is_(None), col(UrgentNotice.until_at) > clock.now()),
    )
    return list(await session.scalars(query.order_by(col(UrgentNotice.id).desc())))


async def recent_public(session: ReadSession, municipality_id: int, limit: int = 50) -> list[UrgentNotice]:
    """The last messages to the public, all-clears included."""
    query = select(UrgentNotice).where(*_public(municipality_id)).order_by(col(UrgentNotice.id).desc()).limit(limit)
    return list(await session.scalars(query))


async def messages_of_matter(session: ReadSession, municipality_id: int, root_id: int) -> list[UrgentNotice]:
    """From the first message to the last, whatever became of them."""
    query = select(UrgentNotice).where(
        col(UrgentNotice.municipality_id) == municipality_id,
        or_(col(UrgentNotice.id) == root_id, col(UrgentNotice.first_id) == root_id),
    )
    return list(await session.scalars(query.order_by(col(UrgentNotice.id))))


async def list_urgent(session: ReadSession, municipality_id: int, part: Slice) -> Page[UrgentNotice]:
    """The newest first, drafts and exercises included; what was given up is not."""
    where = (col(UrgentNotice.municipality_id) == municipality_id, col(UrgentNotice.state) != UrgentState.DISCARDED)
    total = await session.scalar(select(func.count()).select_from(UrgentNotice).where(*where))
    query = select(UrgentNotice).where(*where).order_by(col(UrgentNotice.id).desc())
    found = await session.scalars(query.offset(part.offset).limit(part.size))
    return Page(list(found), int(total or 0), part.number, part.size)


async def count_drafts(session: ReadSession, municipality_id: int) -> int:
    """Messages that wait for somebody to let them leave."""
    query = (
        select(func.count())
        .select_from(UrgentNotice)
        .where(col(UrgentNotice.municipality_id) == municipality_id, col(UrgentNotice.state) == UrgentState.DRAFT)
    )
    return int(await session.scalar(query) or 0)


async def find_last(session: ReadSession, municipality_id: int) -> UrgentNotice | None:
    """The last message to the public."""
    query = select(UrgentNotice).where(*_public(municipality_id)).order_by(col(UrgentNotice.id).desc()).limit(1)
    return (await session.scalars(query)).one_or_none()


async def find_first_of_notice(session: ReadSession, municipality_id: int, notice_id: int) -> UrgentNotice | None:
    """The message that opened the matter of which a notice tells."""
    query = select(UrgentNotice).where(
        *_public(municipality_id), col(UrgentNotice.notice_id) == notice_id, col(UrgentNotice.first_id).is_(None)
    )
    return (await session.scalars(query)).one_or_none()


async def last_topic_ids(session: ReadSession, municipality_id: int) -> list[int]:
    """Whom the last real message was written to: most often the same people again."""
    query = select(col(UrgentNotice.topic_ids)).where(*_public(municipality_id))
    return list(await session.scalar(query.order_by(col(UrgentNotice.id).desc()).limit(1)) or [])


async def wording(session: ReadSession, municipality_id: int, kind: UrgentKind, language: str) -> WordingDraft:
    """The town's own prepared text, or the one that comes with the program."""
    query = select(UrgentWording).where(
        col(UrgentWording.municipality_id) == municipality_id,
        col(UrgentWording.kind) == kind,
        col(UrgentWording.language) == language,
    )
    own = (await session.scalars(query)).one_or_none()
    if own is not None:
        return WordingDraft(title=own.title, what=own.what, instruction=own.instruction)
    return preset(kind, language)


def preset(kind: UrgentKind, language: str) -> WordingDraft:
    presets = _presets()
    return presets.get(language, presets["fr"])[kind]


async def places_around(session: ReadSession, municipality_id: int, place_ids: Collection[int]) -> list[int]:
    """The places, the streets of the sectors among them, and the sectors of the streets among them."""
    chosen = set(place_ids)
    if not chosen:
        return []
    around = set(chosen)
    for place in await list_places(session, municipality_id):
        if place.sector_id in chosen:
            around.add(place.id)
        elif place.id in chosen and place.sector_id is not None:
            around.add(place.sector_id)
    return sorted(around)


@cache
def _presets() -> dict[str, dict[UrgentKind, WordingDraft]]:
    read = json.loads(_PRESETS.read_text(encoding="utf-8"))
    return {
        language: {UrgentKind(kind): WordingDraft(**words) for kind, words in kinds.items()}
        for language, kinds in read.items()
    }


def _public(municipality_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(UrgentNotice.municipality_id) == municipality_id,
        col(UrgentNotice.state) == UrgentState.SENT,
        col(UrgentNotice.is_exercise).is_(False),
    )


def _found(urgent: UrgentNotice | None) -> UrgentNotice:
    if urgent is None:
        raise NotFound
    return urgent
