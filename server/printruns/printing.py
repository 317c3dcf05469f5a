"""What a print run sends to the press, as print jobs: round sheets, labels for what is stamped."""

from collections.abc import AsyncIterator

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, NotFound
from server.core.i18n import sentence, speaking
from server.press.labels import SHEETS, Placing, print_labels
from server.press.rounds import print_round
from server.printruns import queries
from server.printruns.audience import block_of
from server.printruns.round_sheets import sheets_of
from server.printruns.schemas import LabelsDraft
from server.prints.models import PrintJob
from server.prints.products import Made, Order, product
from server.prints.service import ask_print
from server.residents.models import Channel, Resident

_ROLES = (Role.EDITOR, Role.PUBLISHER, Role.COUNTER)
ROUNDS = product("round_sheets", sentence("Round sheets"), *_ROLES, names_people=True)
LABELS = product("address_labels", sentence("Labels for stamped letters"), *_ROLES, names_people=True)


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


async def ask_labels(
    session: WriteSession, municipality_id: int, actor: Actor, run_id: int, draft: LabelsDraft
) -> PrintJob:
    """A label for each stamped letter, or for the missing ones alone. Raises NotFound, Conflict without any."""
    run = await queries.get_run(session, municipality_id, run_id)
    stamped = await _stamped(session, municipality_id, run_id, only_missing=draft.only_missing)
    if not stamped:
        raise Conflict(sentence("No letter of this sending is stamped."), "nothing_stamped")
    parameters = {"run_id": run_id, **draft.model_dump()}
    return await ask_print(
        session, municipality_id, actor, LABELS, parameters, title=run.title, origin=origin_of(run_id)
    )


async def make_labels(order: Order) -> AsyncIterator[Made]:
    """Sheets of labels; the number over the address is what is keyed when the letter comes back."""
    asked = LabelsDraft.model_validate(order.parameters)
    async with order.database.reading() as session:
        run_id = order.parameters["run_id"]
        stamped = await _stamped(session, order.municipality_id, run_id, only_missing=asked.only_missing)
    placing = Placing(SHEETS[asked.sheet], asked.start)
    numbered = [(f"N {number}", *block_of(resident).lines) for number, resident in stamped]
    made = 0
    async for pdf in print_labels(numbered, placing):
        made += 1
        yield Made(f"{asked.sheet} {made:02}.pdf", pdf)


async def _stamped(
    session: ReadSession, municipality_id: int, run_id: int, *, only_missing: bool
) -> list[tuple[int, Resident]]:
    """The numbers of the letters to stamp, and to whom; without those whose address no longer holds."""
    copies = await queries.list_copies(
        session, municipality_id, run_id, channel=Channel.POST, only_missing=only_missing, with_trouble=False
    )
    return [(copy.number, one) for copy, one in copies if one is not None and block_of(one).is_printable]


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
