"""A round sheet comes back and is keyed in: as planned but for exceptions; nothing that was keyed in is ever lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func
from sqlmodel import col, update

from server.accounts.actors import Actor
from server.boards.kinds import OUTCOMES, Outcome, RegisterKind
from server.boards.models import Board, BoardRound, RoundReturn
from server.boards.queries.rounds import SheetLine, SheetStop, get_round, list_open_rounds, list_rounds, read_sheet
from server.boards.schemas import ReturnDraft, StopAnswer
from server.boards.service.register import add_statements, at_hour, read_anew, statement
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence


@dataclass(frozen=True)
class Keyed:
    """What became of a return. `is_aside`: somebody else had keyed the sheet in meanwhile; this one is kept beside."""

    keyed: RoundReturn
    is_aside: bool
    lost: int
    """Sheets found torn or missing."""


async def key_return(
    session: WriteSession, municipality_id: int, actor: Actor, round_id: int, draft: ReturnDraft
) -> Keyed:
    """Key a sheet in, or key it in again to correct it: then the return before no longer counts. Raises Invalid."""
    made = await get_round(session, municipality_id, round_id)
    stops = await read_sheet(session, municipality_id, round_id)
    _refuse_impossible(made, stops, draft)
    is_aside = not await _is_first_to(session, made, draft)
    keyed = RoundReturn(
        municipality_id=municipality_id,
        round_id=round_id,
        walked_on=draft.walked_on,
        answers=draft.model_dump(mode="json", include={"initials", "stops", "lines"}),
        counts=not is_aside,
        is_aside=is_aside,
        keyed_by_id=actor.account_id,
        keyed_at=clock.now(),
    )
    session.add(keyed)
    await session.flush()
    if not is_aside:
        await _enter(session, actor, keyed, stops, draft)
    lost = sum(outcome in {Outcome.TORN, Outcome.MISSING} for outcome in draft.lines.values())
    return Keyed(keyed, is_aside, lost)


async def warnings_of(session: ReadSession, municipality_id: int, made: BoardRound) -> list[Message]:
    """What whoever keys this sheet in should know: it is an old one, it was replaced, a later one came back already."""
    said = []
    rounds = await list_rounds(session, municipality_id, limit=200)
    if made.replaced_by_id and (newer := next((one for one in rounds if one.id == made.replaced_by_id), None)):
        said.append(
            sentence(
                "This sheet was replaced by no. {number}. Key in the one that was walked with.", number=newer.number
            )
        )
    if later := [one for one in rounds if one.walked_on and one.walked_on > made.on_day and one.id != made.id]:
        said.append(
            sentence(
                "A later round, no. {number}, came back already. What this sheet says is entered at its own day, and the "
                "later one still tells what hangs now.",
                number=later[0].number,
            )
        )
    earlier = await list_open_rounds(session, municipality_id, until=made.on_day)
    if earlier:
        said.append(sentence("The sheet of round no. {number} has not come back yet.", number=earlier[0].number))
    return said


async def _is_first_to(session: WriteSession, made: BoardRound, draft: ReturnDraft) -> bool:
    """Nobody else keyed the sheet in since this person began; the return before, if any, stops counting."""
    taken = await session.execute(
        update(BoardRound)
        .where(col(BoardRound.id) == made.id, col(BoardRound.returns) == draft.seen)
        .values(returns=draft.seen + 1, walked_on=draft.walked_on)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result has it
        return False
    await session.execute(
        update(RoundReturn)
        .where(col(RoundReturn.round_id) == made.id)
        .values(counts=False)
        .execution_options(synchronize_session=False)
    )
    return True


async def _enter(
    session: WriteSession, actor: Actor, keyed: RoundReturn, stops: Sequence[SheetStop], draft: ReturnDraft
) -> None:
    """The register gets a statement for each line that says something."""
    hour: time | None = None
    said: list[dict[str, Any]] = []
    visited: list[int] = []
    for stop in stops:
        answer = draft.stops.get(stop.board.id, StopAnswer())
        hour = answer.time or hour
        if answer.is_visited:
            visited.append(stop.board.id)
            at = min(at_hour(draft.walked_on, hour), clock.now())
            said_by = answer.initials or draft.initials
            said += _statements(actor, keyed, stop.lines, draft.lines, at, said_by, answer.remark)
    await add_statements(session, said)
    await session.execute(
        update(Board)
        .where(col(Board.id).in_(visited), func.coalesce(Board.visited_on, date.min) < draft.walked_on)
        .values(visited_on=draft.walked_on)
        .execution_options(synchronize_session=False)
    )
    await read_anew(session, keyed.municipality_id, {one.line.posting_id for stop in stops for one in stop.lines})


def _statements(
    actor: Actor,
    keyed: RoundReturn,
    lines: Iterable[SheetLine],
    outcomes: Mapping[int, Outcome],
    at: datetime,
    said_by: str,
    remark: str,
) -> list[dict[str, Any]]:
    said = []
    for one in lines:
        kind = OUTCOMES[one.line.action][outcomes.get(one.line.number, Outcome.DONE)]
        if kind is not None:
            revision = one.line.revision if kind is RegisterKind.POSTED else None
            more = {"said_by": said_by, "remark": remark, "return_id": keyed.id, "revision": revision}
            said.append(statement(one.sheet.posting, kind, actor, at, **more))
    return said


def _refuse_impossible(made: BoardRound, stops: Iterable[SheetStop], draft: ReturnDraft) -> None:
    fields: dict[str, Message] = {}
    made_on = clock.day_of(made.made_at)
    if draft.walked_on > clock.today():
        fields["walked_on"] = sentence("This day is still to come.")
    elif draft.walked_on < made_on:
        fields["walked_on"] = sentence(
            "The sheet was made on {day}: it was not walked before.", day=f"{made_on:%d/%m/%Y}"
        )
    actions = {one.line.number: one.line.action for stop in stops for one in stop.lines}
    for number, outcome in draft.lines.items():
        if number not in actions or outcome not in OUTCOMES[actions[number]]:
            fields[f"line-{number}"] = sentence("Line {number}: choose one of the answers of the list.", number=number)
    if fields:
        raise Invalid(fields)
