"""Boards, postings and rounds for tests: the least that can be said."""

from datetime import date
from typing import Any

from server.boards import service
from server.boards.kinds import BoardKind, SheetFormat
from server.boards.models import Board, BoardRound, Posting
from server.boards.queries.rounds import list_lines
from server.boards.schemas import BoardDraft, PostingPlan, ReturnDraft
from server.boards.service import Keyed
from server.core import clock
from server.core.database import WriteSession
from server.notices.models import Notice
from server.notices.schemas import NoticeContent, NoticeDraft
from server.notices.service import approve_notice, publish_notice, save_notice, submit_notice
from tests.cast import Cast
from tests.notices.writing import published


async def board(session: WriteSession, cast: Cast, name: str = "Mairie", **more: Any) -> Board:
    given = {"name": name, "kind": BoardKind.LEGAL, "room_a4": 3, "room_a3": 1}
    return await service.add_board(session, cast.town_id, BoardDraft.model_validate(given | more))


async def notice(session: WriteSession, cast: Cast, title: str = "Coupure d’eau", **more: Any) -> Notice:
    return await published(
        session, cast, **({"title": title, "valid_to": None, "starts_on": None, "starts_at": None} | more)
    )


async def publish_again(session: WriteSession, cast: Cast, what: Notice, **changes: Any) -> None:
    """Residents read another text from now on."""
    await session.refresh(what)
    changed = NoticeDraft.model_validate(NoticeDraft.of(NoticeContent.of(what)).model_dump() | changes)
    await save_notice(session, cast.town_id, cast.actor("Bob"), what.id, changed, what.revision)
    await session.refresh(what)
    await submit_notice(session, cast.town_id, cast.actor("Bob"), what.id)
    await approve_notice(session, cast.town_id, cast.actor("Paula"), what.id, what.revision, what.content_hash)
    await publish_notice(session, cast.town_id, cast.actor("Paula"), what.id, what.content_hash)


async def hang(
    session: WriteSession, cast: Cast, what: Notice, where: Board, first: date, last: date, **more: Any
) -> Posting:
    """Plan one notice on one board."""
    sheets = {size: more.pop("sheets", 1) for size in SheetFormat}
    plan = PostingPlan(board_ids=[where.id], first_on=first, last_on=last, **more)
    (posting,) = await service.plan_postings(session, cast.town_id, cast.actor("Bob"), what.id, plan, sheets)
    return posting


async def make_round(session: WriteSession, cast: Cast, on_day: date | None = None) -> BoardRound:
    return await service.make_round(session, cast.town_id, cast.actor("Paul"), on_day or clock.today())


async def to_do(session: WriteSession, cast: Cast, made: BoardRound) -> list[tuple[str, int]]:
    """What the sheet asks for: the action, and the posting."""
    return [(line.action.value, line.posting_id) for line in await list_lines(session, cast.town_id, made.id)]


async def key_in(session: WriteSession, cast: Cast, made: BoardRound, who: str = "Denise", **answers: Any) -> Keyed:
    """The sheet comes back: as planned but for `lines` and `stops`."""
    given = {"walked_on": made.on_day, "initials": "P. D."} | answers
    return await service.key_return(session, cast.town_id, cast.actor(who), made.id, ReturnDraft.model_validate(given))
