"""What several pages of the boards show: sectors, and misfits in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from server.boards.models import Board
from server.boards.queries.postings import PostedSheet
from server.boards.scheduling import Misfit
from server.boards.words import REASONS
from server.core.database import ReadSession
from server.core.i18n import Message
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places


@dataclass(frozen=True)
class MissedDays:
    """Days on which a sheet will not hang where it should, in words."""

    board: str
    title: str
    sheet: PostedSheet | None
    """None: the one being planned."""
    first: date
    last: date
    reason: Message
    rivals: tuple[str, ...]
    is_required: bool


def missed_days(
    misfits: Iterable[Misfit], boards: Iterable[Board], sheets: dict[int, PostedSheet], new_title: str = ""
) -> list[MissedDays]:
    """Misfits as a page tells them, those the law does not allow first."""
    names = {board.id: board.name for board in boards}
    told = [
        MissedDays(
            names.get(one.claim.board_id, ""),
            sheets[one.claim.key].title if one.claim.key in sheets else new_title,
            sheets.get(one.claim.key),
            one.days.first,
            one.days.last,
            REASONS[one.reason],
            tuple(sheets[key].title if key in sheets else new_title for key in one.rivals),
            one.claim.is_required,
        )
        for one in misfits
    ]
    return sorted(told, key=lambda one: (not one.is_required, one.board, one.first))


async def sector_names(session: ReadSession, municipality_id: int) -> dict[int, str]:
    return {sector.id: sector.name for sector in await list_places(session, municipality_id, PlaceKind.SECTOR)}
