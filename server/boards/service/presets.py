"""Presets of display: the town makes one its own, or takes the product's back."""

import re

from sqlmodel import col, delete, select

from server.accounts.actors import Actor
from server.boards.models import PostingPreset
from server.boards.queries.presets import get_preset
from server.boards.schemas import PresetDraft
from server.core import clock
from server.core.database import WriteSession
from server.core.search import searchable

_NO_CODE = re.compile(r"[^a-z0-9]+")


async def add_preset(session: WriteSession, municipality_id: int, actor: Actor, draft: PresetDraft) -> str:
    """A preset of the town's own; returns its code."""
    code = "own_" + _NO_CODE.sub("_", searchable(draft.name))[:36].strip("_")
    await _save(session, municipality_id, actor, code, draft)
    return code


async def change_preset(
    session: WriteSession, municipality_id: int, actor: Actor, code: str, draft: PresetDraft
) -> None:
    """Raises NotFound."""
    await get_preset(session, municipality_id, code)
    await _save(session, municipality_id, actor, code, draft)


async def restore_preset(session: WriteSession, municipality_id: int, code: str) -> None:
    """What the product proposes counts again; a preset of the town's own goes away. What was planned stays."""
    await get_preset(session, municipality_id, code)
    await session.execute(
        delete(PostingPreset).where(
            col(PostingPreset.municipality_id) == municipality_id, col(PostingPreset.code) == code
        )
    )


async def _save(session: WriteSession, municipality_id: int, actor: Actor, code: str, draft: PresetDraft) -> None:
    query = select(PostingPreset).where(
        col(PostingPreset.municipality_id) == municipality_id, col(PostingPreset.code) == code
    )
    said = draft.model_dump(mode="json") | {"changed_by_id": actor.account_id, "changed_at": clock.now()}
    preset = (await session.scalars(query)).one_or_none()
    if preset is None:
        preset = PostingPreset(municipality_id=municipality_id, code=code, **said)
    else:
        preset.sqlmodel_update(said)
    session.add(preset)
