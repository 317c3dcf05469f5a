"""What a print run sends to the press, as print jobs: round sheets, labels for what is stamped."""

from collections.abc import AsyncIterator

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core.database import WriteSession
from server.core.errors import NotFound
from server.core.i18n import sentence, speaking
from server.press.rounds import print_round
from server.printruns import queries
from server.printruns.round_sheets import sheets_of
from server.prints.models import PrintJob
from server.prints.products import Made, Order, product
from server.prints.service import ask_print

_ROLES = (Role.EDITOR, Role.PUBLISHER, Role.COUNTER)
ROUNDS = product("round_sheets", sentence("Round sheets"), *_ROLES)


def origin_of(run_id: int) -> str:
    """What the jobs of a run are called among the print jobs."""
    return f"print_run:{run_id}"


async def ask_rounds(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    run_id: int,
    *,
    batch_id: int | None = None,
    only_missing: bool = False,
) -> PrintJob:
    """The sheets of every round of a run, of one batch, or of the missing copies alone. Raises NotFound."""
    run = await queries.get_run(session, municipality_id, run_id)
    if batch_id is not None:
        await queries.get_batch(session, municipality_id, run_id, batch_id)
    parameters = {"run_id": run_id, "batch_id": batch_id, "only_missing": only_missing}
    return await ask_print(
        session, municipality_id, actor, ROUNDS, parameters, title=run.title, origin=origin_of(run_id)
    )


async def make_rounds(order: Order) -> AsyncIterator[Made]:
    """One file per sheet: each is somebody's to take along."""
    async with order.database.reading() as session:
        sheets = await sheets_of(session, order.municipality_id, language=order.language, **order.parameters)
    if not sheets:
        raise NotFound
    for number, sheet in enumerate(sheets, 1):
        with speaking(order.language):
            made = await print_round(sheet)
        yield Made(f"{number:02} {sheet.sector}.pdf", made.pdf, made.facts["pages"])
        await order.progress(number, len(sheets))
