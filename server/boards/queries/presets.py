"""How long each kind of notice hangs: what the product proposes, and what the town made of it."""

from calendar import monthrange
from datetime import date, timedelta

from sqlmodel import col, select

from server.boards import law
from server.boards.models import PostingPreset
from server.boards.schemas import Preset
from server.core.database import ReadSession
from server.core.errors import NotFound


async def list_presets(session: ReadSession, municipality_id: int) -> list[Preset]:
    """The town's presets, in the order of the product's."""
    query = select(PostingPreset).where(col(PostingPreset.municipality_id) == municipality_id)
    changed = {
        one.code: Preset.model_validate(one).model_copy(update={"is_changed": True})
        for one in await session.scalars(query.order_by(col(PostingPreset.id)))
    }
    proposed = {one["code"]: Preset.model_validate(one) for one in law.read("presets")}
    return list((proposed | changed).values())


async def get_preset(session: ReadSession, municipality_id: int, code: str) -> Preset:
    found = next((one for one in await list_presets(session, municipality_id) if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def last_day(preset: Preset, first: date, valid_to: date | None) -> date:
    """Until when a poster hangs from `first` on: as long as the preset says, else as long as its notice is valid."""
    if preset.months or preset.days:
        return _months_after(first, preset.months) + timedelta(days=preset.days - 1)
    return max(first, valid_to or first + timedelta(days=13))


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
