"""What is asked for at the counter and on the telephone: a pause, one copy or two, two entries made one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from server.accounts.dependencies import Counter
from server.core.errors import NotFound
from server.core.i18n import sentence
from server.residents import households, merging, pausing, queries
from server.residents.pages.persons import person_page
from server.residents.schemas import Pause, Said
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("residents"))])

PAUSED = saying("resident-paused", sentence("The pause is noted. It ends by itself."))
RESUMED = saying("resident-resumed", sentence("The pause is over: they receive again from now on."))
SHARED = saying("resident-shared", sentence("They share one copy from now on."))
PARTED = saying("resident-parted", sentence("They get a copy of their own from now on."))
MERGED = saying("resident-merged", sentence("The two entries are one. Everything that was said is kept below."))
_Id = Annotated[int, Query(ge=0, lt=2**63)]


@router.post("/desk/residents/{resident_id:int}/pause", name="resident_pause")
async def pause(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, form: SentForm, resident_id: int
) -> Response:
    resident = await queries.get_resident(session, town.id, resident_id)
    again = await person_page(request, session, town, resident, typed=form.values)
    with asking_again(lambda errors, _: again(errors)):
        await pausing.pause_resident(session, town.id, staff, resident_id, form.parse(Pause))
    return redirect(request, "resident", resident_id=resident_id, said=PAUSED)


@router.post("/desk/residents/{resident_id:int}/resumption", name="resident_resume")
async def resume(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, form: SentForm, resident_id: int
) -> Response:
    await pausing.resume_resident(session, town.id, staff, resident_id, form.parse(Said))
    return redirect(request, "resident", resident_id=resident_id, said=RESUMED)


@router.post("/desk/residents/{resident_id:int}/household", name="resident_share")
async def share(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, form: SentForm, resident_id: int
) -> Response:
    """`other_id`: with whom; nobody: a copy of their own."""
    other = form.text("other_id")
    if other.isdecimal() and len(other) < 18:
        await households.share_copy(session, town.id, staff, resident_id, int(other))
        return redirect(request, "resident", resident_id=resident_id, said=SHARED)
    await households.take_own_copy(session, town.id, staff, resident_id)
    return redirect(request, "resident", resident_id=resident_id, said=PARTED)


@router.get("/desk/residents/twice", name="residents_twice")
async def show_twice(request: Request, session: Reading, town: CurrentTown, _staff: Counter) -> Response:
    return page(request, "residents/twice.html", {"groups": await merging.list_twice(session, town.id)})


@router.get("/desk/residents/{resident_id:int}/merge", name="resident_merge")
async def confirm_merge(
    request: Request, session: Reading, town: CurrentTown, _staff: Counter, resident_id: int, other: _Id = 0
) -> Response:
    kept = await queries.get_resident(session, town.id, resident_id)
    found = await queries.find_resident(session, town.id, other)
    if found is None:
        return redirect(request, "resident", resident_id=kept.id)
    return page(request, "residents/merge.html", {"kept": kept, "other": found})


@router.post("/desk/residents/{resident_id:int}/merge", name="resident_merge_now")
async def merge(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, form: SentForm, resident_id: int
) -> Response:
    other = form.text("other")
    if not other.isdecimal() or len(other) > 18:
        raise NotFound
    stays = await merging.merge_residents(session, town.id, staff, resident_id, int(other))
    return redirect(request, "resident", resident_id=stays.id, said=MERGED)
