"""Boards, what hangs on them and rounds, for programs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.actors import Actor
from server.accounts.dependencies import scoped
from server.boards import queries, service
from server.boards.pack import build_pack, zipped
from server.boards.queries.postings import list_hanging
from server.boards.queries.rounds import get_round, list_rounds, read_sheet
from server.boards.schemas import BoardView, PostingView, RoundDraft, RoundLineView, RoundView
from server.web.dependencies import CurrentTown, Files, Reading, Writing, database_of

router = APIRouter(tags=["boards"])
Reader = Annotated[Actor, Depends(scoped("boards:read"))]
Writer = Annotated[Actor, Depends(scoped("boards:write"))]


@router.get("/boards")
async def list_boards(session: Reading, town: CurrentTown, _actor: Reader) -> list[BoardView]:
    """The town's boards, in the order of the round."""
    return [BoardView.model_validate(board) for board in await queries.list_boards(session, town.id)]


@router.get("/boards/postings")
async def list_postings(session: Reading, town: CurrentTown, _actor: Reader) -> list[PostingView]:
    """What hangs now, by the register."""
    return [PostingView.model_validate(sheet.posting) for sheet in await list_hanging(session, town.id)]


@router.get("/boards/rounds")
async def list_the_rounds(session: Reading, town: CurrentTown, _actor: Reader) -> list[RoundView]:
    """The rounds, the latest day first."""
    return [RoundView.model_validate(one) for one in await list_rounds(session, town.id)]


@router.post("/boards/rounds", status_code=201)
async def make_round(session: Writing, town: CurrentTown, actor: Writer, draft: RoundDraft) -> RoundView:
    """A round for a day, today or to come."""
    return RoundView.model_validate(await service.make_round(session, town.id, actor, draft.on_day))


@router.get("/boards/rounds/{round_id}")
async def show_round(session: Reading, town: CurrentTown, _actor: Reader, round_id: int) -> list[RoundLineView]:
    """The lines of a round's sheet, in the order of the way."""
    await get_round(session, town.id, round_id)
    return [
        RoundLineView(
            number=one.line.number,
            action=one.line.action,
            board=stop.board.name,
            notice=one.sheet.number,
            title=one.sheet.title,
            format=one.sheet.posting.format,
            sheets=one.sheet.posting.sheets,
        )
        for stop in await read_sheet(session, town.id, round_id)
        for one in stop.lines
    ]


@router.get("/boards/rounds/{round_id}/pack.zip")
async def fetch_pack(request: Request, town: CurrentTown, files: Files, _actor: Reader, round_id: int) -> Response:
    """Everything to print for a round. It takes some seconds. Raises PressError."""
    pack = await build_pack(database_of(request), files, town.id, round_id)
    headers = {"content-disposition": f'attachment; filename="tournee-{round_id}.zip"'}
    return Response(zipped(pack.files), media_type="application/zip", headers=headers)
