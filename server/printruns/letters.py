"""An issue in window envelopes: a letter for each stamped copy of a run, for all whom it names, or for the missing ones."""

from collections.abc import AsyncIterator, Sequence

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.issues.models import Issue, IssueState
from server.issues.paper import paper_issue
from server.issues.queries import get_issue
from server.press.letters import ROOM, Letter, print_letters
from server.printruns import queries
from server.printruns.audience import block_of
from server.printruns.models import PrintCopy
from server.printruns.printing import origin_of
from server.printruns.schemas import LettersDraft
from server.prints.models import PrintJob
from server.prints.products import Made, Order, product
from server.prints.service import ask_print
from server.residents.models import Channel, Edition, Resident

LETTERS = product(
    "addressed_letters",
    sentence("Letters for window envelopes"),
    Role.EDITOR,
    Role.PUBLISHER,
    Role.COUNTER,
    names_people=True,
)
_READY = (IssueState.APPROVED, IssueState.SENT)
_WINDOW = 6  # lines


async def ask_letters(
    session: WriteSession, municipality_id: int, actor: Actor, run_id: int, draft: LettersDraft
) -> PrintJob:
    """Letters of a run’s issue. Raises NotFound, Conflict while it is not approved or without anybody to write to."""
    run = await queries.get_run(session, municipality_id, run_id)
    await get_ready(session, municipality_id, run.issue_id)
    if not await _readers(session, municipality_id, run_id, draft):
        raise Conflict(sentence("No letter of this sending has an address to print."), "nothing_addressed")
    parameters = {"run_id": run_id, **draft.model_dump()}
    return await ask_print(
        session, municipality_id, actor, LETTERS, parameters, title=run.title, origin=origin_of(run_id)
    )


async def get_ready(session: ReadSession, municipality_id: int, issue_id: int | None) -> Issue:
    """An issue that may be put into envelopes. Raises NotFound, Conflict while it is not approved, or where there is none."""
    issue = await get_issue(session, municipality_id, issue_id) if issue_id else None
    if issue is None or issue.state not in _READY:
        raise Conflict(sentence("Only an approved letter is put into envelopes."), "not_approved")
    return issue


async def make_letters(order: Order) -> AsyncIterator[Made]:
    """Edition by edition, some hundreds of letters to a file, in the order of their numbers."""
    asked = LettersDraft.model_validate(order.parameters)
    async with order.database.reading() as session:
        run = await queries.get_run(session, order.municipality_id, order.parameters["run_id"])
        readers = await _readers(session, order.municipality_id, run.id, asked)
        issue = await get_issue(session, order.municipality_id, run.issue_id or 0)
        editions = [one for one in Edition if any(copy.edition is one for copy, _ in readers)]
        papers = {edition: await paper_issue(session, order.files, issue, edition) for edition in editions}
    done = 0
    for edition, paper in papers.items():
        addresses = [numbered(copy.number, one) for copy, one in readers if copy.edition is edition]
        parts = print_letters(Letter(paper, large=edition is not Edition.STANDARD), addresses)
        part = 0
        async for pdf in parts:
            part += 1
            yield Made(f"{edition.value} {part:02}.pdf", pdf)
        done += len(addresses)
        await order.progress(done, len(readers))


def numbered(number: int, resident: Resident) -> Sequence[str]:
    """What shows in the window: over the address the number that is keyed when it comes back, else behind the name."""
    name, *rest = block_of(resident).lines
    if len(rest) + 1 < _WINDOW:
        return (f"N {number}", name, *rest)
    behind = f"{name} N {number}"
    return (behind if len(behind) <= ROOM else name, *rest)


async def _readers(
    session: ReadSession, municipality_id: int, run_id: int, asked: LettersDraft
) -> list[tuple[PrintCopy, Resident]]:
    """Copies that go into an envelope: those stamped, or all that are carried somewhere."""
    copies = await queries.list_copies(
        session, municipality_id, run_id, only_missing=asked.only_missing, with_trouble=False
    )
    channels = {Channel.POST, Channel.HAND} if asked.with_rounds else {Channel.POST}
    return [
        (copy, one)
        for copy, one in copies
        if one is not None and copy.channel in channels and block_of(one).is_printable
    ]
