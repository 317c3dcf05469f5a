"""Keying a round sheet in: all as planned, the exceptions only, with the keyboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.accounts.dependencies import BoardKeeper
from server.boards import service
from server.boards.models import BoardRound, RoundReturn
from server.boards.queries.rounds import (
    SheetStop,
    find_counted_return,
    find_round_numbered,
    get_round,
    read_sheet,
)
from server.boards.schemas import ReturnDraft, StopAnswer
from server.boards.words import ACTIONS, OUTCOMES
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import Form, SentForm, asking_again, validated
from server.web.said import saying
from server.web.templates import page, path_for, redirect, room

router = APIRouter(dependencies=[Depends(room("boards"))])

KEYED = saying("round-keyed", sentence("The sheet is keyed in. The register holds it."))
KEYED_LOST = saying(
    "round-keyed-lost", sentence("The sheet is keyed in. What was torn or missing is put up again on the next round.")
)
ASIDE = saying(
    "round-aside",
    sentence(
        "Somebody else keyed this sheet in meanwhile: theirs counts. Yours is kept below; if yours is right, correct the sheet."
    ),
)


@dataclass(frozen=True)
class _Known:
    made: BoardRound
    stops: Sequence[SheetStop]
    counted: RoundReturn | None
    warnings: Sequence[Message]


@router.get("/desk/boards/return", name="board_return_find")
async def find_round(
    request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper, number: str = ""
) -> Response:
    """The number printed on the sheet leads to where it is keyed in."""
    found = await find_round_numbered(session, town.id, number.strip()[:12])
    if found is None:
        url = path_for(request, "board_rounds") + "?said=" + UNKNOWN
        return RedirectResponse(url, status_code=303)
    return redirect(request, "board_return", round_id=found.id)


UNKNOWN = saying("round-unknown", sentence("No round has this number. It stands on top of the sheet, as in 2026-07."))


@router.get("/desk/boards/rounds/{round_id:int}/return", name="board_return")
async def show_return(
    request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper, round_id: int
) -> Response:
    known = await _look(session, town.id, round_id)
    return _page(request, known, _as_keyed(known))


@router.post("/desk/boards/rounds/{round_id:int}/return", name="board_return_key")
async def key_return(
    request: Request, session: Writing, town: CurrentTown, staff: BoardKeeper, round_id: int, form: SentForm
) -> Response:
    known = await _look(session, town.id, round_id)
    with asking_again(lambda errors, _refusal: _page(request, known, form.values, errors)):
        keyed = await service.key_return(session, town.id, staff, round_id, _draft(form, known.stops))
    said = ASIDE if keyed.is_aside else KEYED_LOST if keyed.lost else KEYED
    return redirect(request, "board_round", round_id=round_id, said=said)


async def _look(session: ReadSession, municipality_id: int, round_id: int) -> _Known:
    made = await get_round(session, municipality_id, round_id)
    return _Known(
        made,
        await read_sheet(session, municipality_id, round_id),
        await find_counted_return(session, municipality_id, round_id),
        await service.warnings_of(session, municipality_id, made),
    )


def _draft(form: Form, stops: Sequence[SheetStop]) -> ReturnDraft:
    """What was typed, board by board and line by line. Raises Invalid; a wrong hour is told at its board."""
    fields: dict[str, Message] = {}
    answers: dict[int, StopAnswer] = {}
    for stop in stops:
        board = stop.board.id
        typed = {name: form.text(f"{name}-{board}") for name in ("time", "initials", "remark")}
        try:
            answers[board] = validated(StopAnswer, {**typed, "is_visited": form.text(f"visited-{board}") != "no"})
        except Invalid as refusal:
            fields |= {f"{name}-{board}": message for name, message in refusal.fields.items()}
    numbers = [one.line.number for stop in stops for one in stop.lines]
    lines = {number: outcome for number in numbers if (outcome := form.text(f"line-{number}"))}
    given = {name: form.text(name) for name in ("walked_on", "initials")}
    try:
        draft = validated(ReturnDraft, {**given, "seen": form.text("seen") or "0", "stops": answers, "lines": lines})
    except Invalid as refusal:
        raise Invalid(refusal.fields | fields) from refusal
    if fields:
        raise Invalid(fields)
    return draft


def _as_keyed(known: _Known) -> dict[str, Any]:
    """The form as it begins: empty but for what the sheet says, or as it was keyed in if it was."""
    if known.counted is None:
        day = min(max(known.made.on_day, clock.day_of(known.made.made_at)), clock.today())
        return {"walked_on": day, "seen": known.made.returns}
    answers: dict[str, Any] = known.counted.answers
    values = {"walked_on": known.counted.walked_on, "initials": answers["initials"], "seen": known.made.returns}
    for board_id, stop in answers["stops"].items():
        values |= {f"{name}-{board_id}": stop[name] for name in ("initials", "remark")}
        values[f"time-{board_id}"] = (stop["time"] or "")[:5]
        values[f"visited-{board_id}"] = "yes" if stop["is_visited"] else "no"
    return values | {f"line-{number}": outcome for number, outcome in answers["lines"].items()}


def _page(
    request: Request, known: _Known, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> HTMLResponse:
    context = {
        "round": known.made,
        "stops": known.stops,
        "is_correction": known.counted is not None,
        "warnings": known.warnings,
        "actions": ACTIONS,
        "outcomes": OUTCOMES,
        "values": values,
        "errors": errors or {},
    }
    return page(request, "boards/return.html", context, status=422 if errors else 200)
