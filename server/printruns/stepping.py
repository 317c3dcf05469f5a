"""What happens to a batch, to a spoilt copy, to a letter that came back: each step by whom and when."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.printruns import queries
from server.printruns.audience import mark_of
from server.printruns.models import AddressHold, BatchState, PrintCopy, RunStep
from server.residents.models import Resident

NEXT: Mapping[BatchState, Sequence[BatchState]] = {
    BatchState.TO_PRINT: (BatchState.PRINTED,),
    BatchState.PRINTED: (BatchState.HANDED_OVER,),
    BatchState.HANDED_OVER: (BatchState.DELIVERED, BatchState.RETURNED),
    BatchState.RETURNED: (BatchState.HANDED_OVER,),
    BatchState.DELIVERED: (),
}
_MOVED = sentence("This batch has moved on meanwhile: look at its state before you act.")
MISSING, REPRINTED, CAME_BACK = "missing", "reprinted", "came_back"


async def advance_batch(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    run_id: int,
    batch_id: int,
    state: BatchState,
    *,
    who: str = "",
) -> None:
    """One step on: printed, handed over to `who`, delivered, returned. Raises NotFound, Conflict."""
    batch = await queries.get_batch(session, municipality_id, run_id, batch_id)
    before = [one for one, following in NEXT.items() if state in following]
    moved: Any = await session.execute(
        queries.update_batch(batch, before).values(state=state).execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise Conflict(_MOVED, "batch_moved")
    _note(session, municipality_id, actor, run_id, state, batch_id=batch_id, detail={"who": who} if who else {})


async def note_missing(
    session: WriteSession, municipality_id: int, actor: Actor, run_id: int, numbers: Collection[int]
) -> int:
    """These copies are spoilt or lost: they alone are printed again. Raises Invalid for a number that was not printed."""
    copies = await _copies(session, municipality_id, run_id, "missing", numbers)
    unprinted = sorted(copy.number for copy in copies if copy.batch_id is None)
    if unprinted:
        raise Invalid({"missing": sentence("No copy with the number {number} is printed.", number=unprinted[0])})
    now = clock.now()
    for copy in copies:
        copy.missing_at = copy.missing_at or now
    _note(session, municipality_id, actor, run_id, MISSING, detail={"numbers": sorted(numbers)[:500]})
    return len(copies)


async def note_reprinted(session: WriteSession, municipality_id: int, actor: Actor, run_id: int) -> int:
    """What was missing is there again. Raises Conflict if nothing was."""
    await queries.get_run(session, municipality_id, run_id)
    there = update(PrintCopy).where(
        col(PrintCopy.municipality_id) == municipality_id,
        col(PrintCopy.run_id) == run_id,
        col(PrintCopy.missing_at).is_not(None),
    )
    changed = await session.execute(there.values(missing_at=None).execution_options(synchronize_session=False))
    assert isinstance(changed, CursorResult)
    if not changed.rowcount:
        raise Conflict(sentence("Nothing is missing."), "nothing_missing")
    _note(session, municipality_id, actor, run_id, REPRINTED, detail={"copies": changed.rowcount})
    return changed.rowcount


async def note_returns(
    session: WriteSession, municipality_id: int, actor: Actor, run_id: int, numbers: Collection[int]
) -> int:
    """Letters that came back: nothing more goes to these addresses until somebody finds the right ones."""
    now = clock.now()
    copies = await _copies(session, municipality_id, run_id, "returned", numbers)
    fresh = [copy for copy in copies if copy.returned_at is None]
    people = {
        one.id: one
        for one in await session.scalars(
            select(Resident).where(
                col(Resident.municipality_id) == municipality_id,
                col(Resident.id).in_([copy.resident_id for copy in fresh]),
            )
        )
    }
    for copy in fresh:
        copy.returned_at = now
        if resident := people.get(copy.resident_id or 0):
            session.add(
                AddressHold(
                    municipality_id=municipality_id,
                    resident_id=resident.id,
                    address_mark=mark_of(resident),
                    copy_id=copy.id,
                    held_at=now,
                    held_by_id=actor.account_id,
                )
            )
    _note(session, municipality_id, actor, run_id, CAME_BACK, detail={"numbers": sorted(numbers)[:500]})
    return len(fresh)


async def lift_hold(session: WriteSession, municipality_id: int, hold_id: int) -> None:
    """The address is right after all. Raises NotFound, Conflict."""
    hold = await queries.get_hold(session, municipality_id, hold_id)
    lifting = update(AddressHold).where(col(AddressHold.id) == hold.id, col(AddressHold.lifted_at).is_(None))
    lifted: Any = await session.execute(
        lifting.values(lifted_at=clock.now()).execution_options(synchronize_session=False)
    )
    if lifted.rowcount != 1:
        raise Conflict(sentence("Somebody has settled this already."), "hold_lifted")


async def _copies(
    session: ReadSession, municipality_id: int, run_id: int, field: str, numbers: Collection[int]
) -> list[PrintCopy]:
    """Copies by their numbers. Raises NotFound for the run, Invalid for a number it has not."""
    await queries.get_run(session, municipality_id, run_id)
    query = select(PrintCopy).where(
        col(PrintCopy.municipality_id) == municipality_id,
        col(PrintCopy.run_id) == run_id,
        col(PrintCopy.number).in_(numbers),
    )
    found = list(await session.scalars(query))
    unknown = sorted(set(numbers) - {copy.number for copy in found})
    if unknown:
        raise Invalid({field: sentence("There is no copy with the number {number}.", number=unknown[0])})
    return found


def _note(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    run_id: int,
    state: str,
    *,
    batch_id: int | None = None,
    detail: Mapping[str, object],
) -> None:
    session.add(
        RunStep(
            municipality_id=municipality_id,
            run_id=run_id,
            batch_id=batch_id,
            state=state,
            detail=dict(detail),
            by_id=actor.account_id,
            at=clock.now(),
        )
    )
