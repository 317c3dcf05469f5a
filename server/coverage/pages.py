"""The coverage of a letter on one page that prints: figures for everybody, names for the counter."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Counter, PaperStaff
from server.accounts.models import Role
from server.core.i18n import sentence
from server.coverage.ledger import cover_issue
from server.coverage.words import REASONS, WAYS
from server.issues.queries import get_issue
from server.printruns.adding import add_letter
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("mailings"))])

OFFERED = saying("letter-offered", sentence("A letter for them is among the copies to print."))


@router.get("/desk/issues/{issue_id:int}/coverage", name="coverage")
async def show_coverage(
    request: Request, session: Reading, town: CurrentTown, staff: PaperStaff, issue_id: int
) -> Response:
    issue = await get_issue(session, town.id, issue_id)
    coverage = await cover_issue(session, town.id, issue)
    context = {
        "issue": issue,
        "coverage": coverage,
        "ways": [(str(words), coverage.by_way.get(way, 0)) for way, words in WAYS.items()],
        "reasons": REASONS,
        "sees_people": staff.has_role(Role.COUNTER),
    }
    return page(request, "coverage/show.html", context)


@router.post("/desk/issues/{issue_id:int}/coverage/{resident_id:int}/letter", name="coverage_letter")
async def offer_letter(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, issue_id: int, resident_id: int
) -> Response:
    issue = await get_issue(session, town.id, issue_id)
    run = await add_letter(session, town.id, staff, issue, resident_id)
    return redirect(request, "print_run", run_id=run.id, said=OFFERED)
