"""Print runs: the list, a new one, one with its batches, and every step somebody writes down."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Counter, Editor, PaperStaff
from server.core.i18n import sentence
from server.issues.queries import get_issue
from server.notices.queries import get_notice
from server.printruns import mailboxes, planning, printing, queries, stepping
from server.printruns.audience import block_of
from server.printruns.schemas import LabelsDraft, Missing, Returned, RunDraft, Step
from server.printruns.views import choices, run_context
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import Form, SentForm, asking_again
from server.web.pagination import AskedSlice, LinkedPage, Page
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("mailings"))])

PLANNED = saying("run-planned", sentence("The paper sending is planned: the quantities below can be printed."))
STEPPED = saying("batch-stepped", sentence("The step is written down."))
MISSING = saying("copies-missing", sentence("The missing copies are written down: they alone are printed again."))
REPRINTED = saying("copies-reprinted", sentence("The missing copies are there again."))
RETURNED = saying(
    "letters-returned",
    sentence("Nothing more goes to these addresses until somebody at the counter finds the right ones."),
)
OFFERED = saying("letter-offered", sentence("A letter for them is among the copies to print."))
LIFTED = saying("hold-lifted", sentence("This address is written to again."))


@router.get("/desk/print-runs", name="print_runs")
async def show_runs(
    request: Request, session: Reading, town: CurrentTown, _staff: PaperStaff, asked: AskedSlice
) -> Response:
    runs = await queries.list_runs(session, town.id, asked)
    batches = await queries.list_batches(session, town.id, [run.id for run in runs.items])
    return page(request, "printruns/list.html", {"runs": LinkedPage(runs, request), "batches": batches})


@router.get("/desk/print-runs/new", name="print_run_new")
async def show_new(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, issue: str = "", notice: str = ""
) -> Response:
    values: dict[str, Any] = {"by_hand_inside": "yes"}
    if _is_id(issue):
        found = await get_issue(session, town.id, int(issue))
        values |= {"issue_id": found.id, "title": found.title, "topic_ids": found.topic_ids}
    elif _is_id(notice):
        told = await get_notice(session, town.id, int(notice))
        values |= {"notice_id": told.id, "title": told.title}
    return _new_page(request, await choices(session, town.id), values)


@router.post("/desk/print-runs", name="print_run_plan")
async def plan(request: Request, session: Writing, town: CurrentTown, staff: Editor, form: SentForm) -> Response:
    offered = await choices(session, town.id)
    typed = form.values | {"topic_ids": form.texts("topic_ids"), "place_ids": form.texts("place_ids")}
    with asking_again(lambda errors, _refusal: _new_page(request, offered, typed, errors)):
        run = await planning.plan_run(session, town.id, staff, form.parse(RunDraft))
    return redirect(request, "print_run", run_id=run.id, said=PLANNED)


@router.get("/desk/print-runs/{run_id:int}", name="print_run")
async def show_run(request: Request, session: Reading, town: CurrentTown, staff: PaperStaff, run_id: int) -> Response:
    return page(request, "printruns/show.html", await run_context(session, town.id, staff, run_id))


@router.post("/desk/print-runs/{run_id:int}/sheets", name="print_run_sheets")
async def ask_for_sheets(
    request: Request, session: Writing, town: CurrentTown, staff: PaperStaff, run_id: int, form: SentForm
) -> Response:
    """Round sheets of the whole run or of one batch; of what is missing alone, too."""
    batch = form.text("batch_id")
    job = await printing.ask_rounds(
        session,
        town.id,
        staff,
        run_id,
        batch_id=int(batch) if _is_id(batch) else None,
        only_missing=bool(form.text("only_missing")),
    )
    return redirect(request, "print", print_id=job.id)


@router.post("/desk/print-runs/{run_id:int}/labels", name="print_run_labels")
async def ask_for_labels(
    request: Request, session: Writing, town: CurrentTown, staff: PaperStaff, run_id: int, form: SentForm
) -> Response:
    context = await run_context(session, town.id, staff, run_id)
    with asking_again(lambda errors, _: _again(request, context, form, errors)):
        job = await printing.ask_labels(session, town.id, staff, run_id, form.parse(LabelsDraft))
    return redirect(request, "print", print_id=job.id)


@router.post("/desk/print-runs/{run_id:int}/batches/{print_batch_id:int}", name="print_batch_step")
async def step_batch(
    request: Request,
    session: Writing,
    town: CurrentTown,
    staff: PaperStaff,
    run_id: int,
    print_batch_id: int,
    form: SentForm,
) -> Response:
    await queries.get_batch(session, town.id, run_id, print_batch_id)
    step = form.parse(Step)
    await stepping.advance_batch(session, town.id, staff, run_id, print_batch_id, step.state, who=step.who)
    return redirect(request, "print_run", run_id=run_id, said=STEPPED)


@router.post("/desk/print-runs/{run_id:int}/missing", name="print_run_missing")
async def note_missing(
    request: Request, session: Writing, town: CurrentTown, staff: PaperStaff, run_id: int, form: SentForm
) -> Response:
    context = await run_context(session, town.id, staff, run_id)
    with asking_again(lambda errors, _: _again(request, context, form, errors)):
        await stepping.note_missing(session, town.id, staff, run_id, form.parse(Missing).missing)
    return redirect(request, "print_run", run_id=run_id, said=MISSING)


@router.post("/desk/print-runs/{run_id:int}/reprinted", name="print_run_reprinted")
async def note_reprinted(
    request: Request, session: Writing, town: CurrentTown, staff: PaperStaff, run_id: int
) -> Response:
    await stepping.note_reprinted(session, town.id, staff, run_id)
    return redirect(request, "print_run", run_id=run_id, said=REPRINTED)


@router.post("/desk/print-runs/{run_id:int}/returns", name="print_run_returns")
async def note_returns(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, run_id: int, form: SentForm
) -> Response:
    context = await run_context(session, town.id, staff, run_id)
    with asking_again(lambda errors, _: _again(request, context, form, errors)):
        await stepping.note_returns(session, town.id, staff, run_id, form.parse(Returned).returned)
    return redirect(request, "print_run", run_id=run_id, said=RETURNED)


@router.get("/desk/returned-letters", name="returned_letters", dependencies=[Depends(room("residents"))])
async def show_returned(request: Request, session: Reading, town: CurrentTown, _staff: Counter) -> Response:
    held = [(hold, one, block_of(one).spoken) for hold, one in await queries.list_holds(session, town.id)]
    return page(request, "printruns/returned.html", {"held": held})


@router.post("/desk/returned-letters/{hold_id:int}/release", name="hold_lift")
async def lift(request: Request, session: Writing, town: CurrentTown, staff: Counter, hold_id: int) -> Response:
    await stepping.lift_hold(session, town.id, hold_id)
    return redirect(request, "returned_letters", said=LIFTED)


@router.get("/desk/gone-mailboxes", name="gone_mailboxes", dependencies=[Depends(room("residents"))])
async def show_gone(
    request: Request, session: Reading, town: CurrentTown, _staff: Counter, asked: AskedSlice
) -> Response:
    missed = await mailboxes.list_missed(session, town.id)
    shown = Page(missed[asked.offset :][: asked.size], len(missed), asked.number, asked.size)
    lines = {one.resident.id: block_of(one.resident).spoken[1:] for one in shown.items}
    return page(request, "printruns/mailboxes.html", {"missed": LinkedPage(shown, request), "lines": lines})


@router.post("/desk/gone-mailboxes/{resident_id:int}/letter", name="gone_mailbox_letter")
async def write_on_paper(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, resident_id: int
) -> Response:
    run = await mailboxes.write_on_paper(session, town.id, staff, resident_id)
    return redirect(request, "print_run", run_id=run.id, said=OFFERED)


def _is_id(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) < 18


def _new_page(
    request: Request, offered: Mapping[str, Any], values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response:
    empty = {"title": "", "issue_id": "", "notice_id": "", "topic_ids": [], "place_ids": [], "to_every_box": ""}
    context = {**offered, "values": {**empty, "by_hand_inside": "", **values}, "errors": errors or {}}
    return page(request, "printruns/new.html", context, status=422 if errors else 200)


def _again(request: Request, context: Mapping[str, Any], form: Form, errors: Mapping[str, str]) -> Response:
    return page(request, "printruns/show.html", {**context, "errors": errors, "values": form.values}, status=422)
