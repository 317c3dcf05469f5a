"""What the pages of a print run show."""

from typing import Any

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core.database import ReadSession
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.press.labels import SHEETS
from server.printruns import queries
from server.printruns.printing import origin_of
from server.printruns.stepping import NEXT
from server.printruns.words import ACTS, CARRIERS, NO_SECTOR, STATES, STEPS, TROUBLES
from server.prints.queries import find_latest_print
from server.residents.models import Channel
from server.residents.queries import list_topics


async def run_context(session: ReadSession, municipality_id: int, staff: Actor, run_id: int) -> dict[str, Any]:
    """One run: quantities, batches, what is missing, what happened. Names only for who may see residents."""
    run = await queries.get_run(session, municipality_id, run_id)
    batches = await queries.list_batches(session, municipality_id, [run_id])
    sees_people = staff.has_role(Role.COUNTER)
    troubled = await queries.list_copies(session, municipality_id, run_id, with_trouble=True) if sees_people else []
    return {
        "run": run,
        "batches": batches,
        "names": {one.id: one.name for one in await list_places(session, municipality_id)},
        "no_sector": str(NO_SECTOR),
        "carriers": CARRIERS,
        "states": STATES,
        "acts": {state: [(one, str(ACTS[one])) for one in following] for state, following in NEXT.items()},
        "steps": [
            (step, str(STEPS[step.state]), name)
            for step, name in await queries.list_steps(session, municipality_id, run_id)
        ],
        "counts": await queries.count_copies(session, municipality_id, run_id),
        "postcodes": await queries.count_by_postcode(session, municipality_id, run_id),
        "has": {channel.value: any(one.channel is channel for one in batches) for channel in Channel},
        "copies": sum(one.copies for one in batches),
        "reserve": sum(one.reserve for one in batches),
        "troubled": [(copy, one, str(TROUBLES[copy.trouble])) for copy, one in troubled if copy.trouble],
        "sees_people": sees_people,
        "can_plan": staff.has_role(Role.EDITOR, Role.PUBLISHER),
        "label_sheets": [(one.name, f"{one.name} ({one.columns} × {one.rows})") for one in SHEETS.values()],
        "prints": [one for one in [await find_latest_print(session, municipality_id, origin_of(run_id))] if one],
        "errors": {},
        "values": {},
    }


async def choices(session: ReadSession, municipality_id: int) -> dict[str, Any]:
    """Topics and sectors, to choose who gets it."""
    sectors = await list_places(session, municipality_id, PlaceKind.SECTOR)
    return {
        "topics": [(one.id, one.name) for one in await list_topics(session, municipality_id)],
        "sectors": [(one.id, one.name) for one in sectors],
    }
