"""The coverage of a sending on one page that prints: figures for everybody, names for the counter."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.actors import Actor
from server.accounts.dependencies import Counter, PaperStaff
from server.accounts.models import Role
from server.coverage.ledger import Coverage, cover, sent_issue, sent_run
from server.coverage.ways import ToldWay
from server.coverage.words import REASONS, WAYS
from server.issues.queries import get_issue
from server.notices.queries import get_notice
from server.printruns.adding import Subject, add_letter
from server.printruns.pages import OFFERED
from server.printruns.queries import get_run
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.templates import page, path_for, redirect, room

router = APIRouter(dependencies=[Depends(room("mailings"))])


@router.get("/desk/issues/{issue_id:int}/coverage", name="coverage")
async def show_coverage(
    request: Request, session: Reading, town: CurrentTown, staff: PaperStaff, issue_id: int
) -> Response:
    issue = await get_issue(session, town.id, issue_id)
    coverage = await cover(session, town.id, await sent_issue(session, town.id, issue))
    return coverage_page(
        request,
        staff,
        issue.title,
        coverage,
        lambda one: path_for(request, "coverage_letter", issue_id=issue_id, resident_id=one),
    )


@router.post("/desk/issues/{issue_id:int}/coverage/{resident_id:int}/letter", name="coverage_letter")
async def offer_letter(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, issue_id: int, resident_id: int
) -> Response:
    issue = await get_issue(session, town.id, issue_id)
    subject = Subject(issue.title, issue.topic_ids, issue_id=issue.id)
    run = await add_letter(session, town.id, staff, subject, resident_id)
    return redirect(request, "print_run", run_id=run.id, said=OFFERED)


@router.get("/desk/print-runs/{run_id:int}/coverage", name="print_run_coverage")
async def show_coverage_of_run(
    request: Request, session: Reading, town: CurrentTown, staff: PaperStaff, run_id: int
) -> Response:
    """Of what went on paper alone; a letter has its own page, with what went by email."""
    run = await get_run(session, town.id, run_id)
    if run.issue_id is not None:
        return redirect(request, "coverage", issue_id=run.issue_id)
    coverage = await cover(session, town.id, await sent_run(session, town.id, run))
    return coverage_page(request, staff, run.title, coverage, letters_of(request, run.notice_id))


@router.post("/desk/notices/{notice_id:int}/coverage/{resident_id:int}/letter", name="notice_letter")
async def offer_notice(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, notice_id: int, resident_id: int
) -> Response:
    notice = await get_notice(session, town.id, notice_id)
    subject = Subject(notice.title, notice.topic_ids, notice_id=notice.id)
    run = await add_letter(session, town.id, staff, subject, resident_id)
    return redirect(request, "print_run", run_id=run.id, said=OFFERED)


def letters_of(request: Request, notice_id: int | None) -> Callable[[int], str] | None:
    """Where a copy of the notice is offered to somebody by their number; None without a notice."""
    if notice_id is None:
        return None
    return lambda one: path_for(request, "notice_letter", notice_id=notice_id, resident_id=one)


def coverage_page(
    request: Request, staff: Actor, title: str, coverage: Coverage, letter: Callable[[int], str] | None
) -> Response:
    """`letter`: where one is offered to somebody; None: nothing can be offered here."""
    context = {
        **figures_of(coverage),
        "title": title,
        "letter": letter,
        "reasons": REASONS,
        "sees_people": staff.has_role(Role.COUNTER),
    }
    return page(request, "coverage/show.html", context)


def figures_of(coverage: Coverage) -> dict[str, Any]:
    """What `coverage/figures.html` shows: the same figures wherever a sending is looked at. No sheet, no row for it."""
    counts = coverage.by_way
    shown = [way for way in WAYS if counts.get(way) or not isinstance(way, ToldWay)]
    return {"coverage": coverage, "ways": [(str(WAYS[way]), counts.get(way, 0)) for way in shown]}
