"""Rounds: the list, a new one, and the page of one with its sheet."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import BoardKeeper, Poster
from server.boards import service
from server.boards.models import BoardRound
from server.boards.pack import PACK, title_of
from server.boards.plan import read_plan
from server.boards.queries.rounds import get_round, list_returns, list_rounds, read_sheet
from server.boards.rhythm import A_WEEK, read_rhythm
from server.boards.schemas import RoundDraft
from server.boards.waiting import WaitingSheet, waiting_sheets
from server.boards.words import ACTIONS, FORMATS, OUTCOMES, STATES
from server.core import clock
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.prints.queries import find_latest_print
from server.prints.service import ask_print
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("boards"))])

MADE = saying("round-made", sentence("The round is made. Print its sheet and its pack."))
REMADE = saying("round-remade", sentence("A new sheet is made. Throw the one before away."))
DROPPED = saying("round-dropped", sentence("The round was not walked. What it was to do is for the next one."))


@router.get("/desk/boards/rounds", name="board_rounds")
async def show_rounds(request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper) -> Response:
    return _list_page(request, *await _known(session, town.id))


@router.post("/desk/boards/rounds", name="board_round_make")
async def make_round(request: Request, session: Writing, town: CurrentTown, staff: Poster, form: SentForm) -> Response:
    known = await _known(session, town.id)
    with asking_again(lambda errors, _refusal: _list_page(request, *known, values=form.values, errors=errors)):
        made = await service.make_round(session, town.id, staff, form.parse(RoundDraft).on_day)
    return redirect(request, "board_round", round_id=made.id, said=MADE)


@router.get("/desk/boards/rounds/{round_id:int}", name="board_round")
async def show_round(
    request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper, round_id: int
) -> Response:
    made = await get_round(session, town.id, round_id)
    stops = await read_sheet(session, town.id, round_id)
    returns = await list_returns(session, town.id, round_id)
    counted = next((one.keyed for one in returns if one.keyed.counts), None)
    context = {
        "round": made,
        "stops": stops,
        "count": sum(len(stop.lines) for stop in stops),
        "returns": returns,
        "answers": counted.answers if counted else None,
        "job": await find_latest_print(session, town.id, f"board_round:{round_id}"),
        "is_outdated": await service.is_outdated(session, town.id, made),
        "actions": ACTIONS,
        "formats": FORMATS,
        "outcomes": OUTCOMES,
    }
    return page(request, "boards/round.html", context)


@router.post("/desk/boards/rounds/{round_id:int}/pack", name="board_round_pack")
async def ask_pack(
    request: Request, session: Writing, town: CurrentTown, staff: BoardKeeper, round_id: int
) -> Response:
    made = await get_round(session, town.id, round_id)
    job = await ask_print(
        session, town.id, staff, PACK, {"round_id": round_id}, title=title_of(made), origin=f"board_round:{round_id}"
    )
    return redirect(request, "print", print_id=job.id)


@router.post("/desk/boards/rounds/{round_id:int}/again", name="board_round_remake")
async def remake_round(request: Request, session: Writing, town: CurrentTown, staff: Poster, round_id: int) -> Response:
    made = await service.remake_round(session, town.id, staff, round_id)
    return redirect(request, "board_round", round_id=made.id, said=REMADE)


@router.post("/desk/boards/rounds/{round_id:int}/drop", name="board_round_drop")
async def drop_round(request: Request, session: Writing, town: CurrentTown, _staff: Poster, round_id: int) -> Response:
    await service.drop_round(session, town.id, round_id)
    return redirect(request, "board_rounds", said=DROPPED)


async def _known(
    session: ReadSession, municipality_id: int
) -> tuple[list[BoardRound], list[WaitingSheet], dict[str, Any]]:
    """The rounds, what waits for one, and the day proposed for the next: a week after the last one."""
    rounds = await list_rounds(session, municipality_id)
    last = (await read_rhythm(session, municipality_id)).last
    plan = await read_plan(session, municipality_id, clock.today())
    return rounds, waiting_sheets(plan), {"on_day": max(clock.today(), last + A_WEEK) if last else clock.today()}


def _list_page(
    request: Request,
    rounds: list[BoardRound],
    sheets: list[WaitingSheet],
    proposed: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    context = {"rounds": rounds, "values": values or proposed, "errors": errors or {}, "today": clock.today()}
    context |= {"sheets": sheets, "actions": ACTIONS, "states": STATES}
    return page(request, "boards/rounds.html", context, status=422 if errors else 200)
