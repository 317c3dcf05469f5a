"""Paper forms keyed one after another, without a mouse: Enter saves and opens the next. And the box they go into."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.accounts.dependencies import Counter
from server.core import clock
from server.core.i18n import sentence
from server.residents import forms
from server.residents.alike import Alike, Typed, find_alike
from server.residents.dependencies import TownsPost
from server.residents.forms import BatchCount
from server.residents.models import ConsentWay
from server.residents.pages.book import empty_form, offered, typed
from server.residents.schemas import BatchDraft, FormEntry
from server.residents.words import SIGNS, typed_wants, want_fields
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import Form, SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, path_for, redirect, room

router = APIRouter(dependencies=[Depends(room("residents"))])

KEYED = saying("form-keyed", sentence("The form is saved. Here is the next one."))
KEYED_ASKED = saying(
    "form-keyed-asked",
    sentence("The form is saved; a message asks the owner of the address for a yes. Here is the next one."),
)
ASIDE = saying("form-aside", sentence("The form is set aside and counts in the box. Here is the next one."))
CLOSED = saying("batch-closed", sentence("The count is right: the box can go to the archive."))
_Typed = Annotated[str, Query(max_length=254)]


@router.get("/desk/residents/forms", name="form_batches")
async def show_batches(request: Request, session: Reading, town: CurrentTown, _staff: Counter) -> Response:
    return _batches_page(request, await forms.list_batches(session, town.id), {})


@router.post("/desk/residents/forms", name="form_batch_open")
async def open_pile(request: Request, session: Writing, town: CurrentTown, staff: Counter, form: SentForm) -> Response:
    batches = await forms.list_batches(session, town.id)
    with asking_again(lambda errors, _: _batches_page(request, batches, form.values, errors)):
        batch = await forms.open_batch(session, town.id, staff, form.parse(BatchDraft))
    return redirect(request, "form_next", batch_id=batch.id)


@router.get("/desk/residents/forms/{batch_id:int}", name="form_batch")
async def show_batch(request: Request, session: Reading, town: CurrentTown, _staff: Counter, batch_id: int) -> Response:
    count = await forms.get_batch(session, town.id, batch_id)
    keyed = await forms.list_forms(session, town.id, batch_id)
    return page(request, "residents/form_batch.html", {"count": count, "forms": keyed, "errors": {}, "counted": ""})


@router.post("/desk/residents/forms/{batch_id:int}/closing", name="form_batch_close")
async def close(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, form: SentForm, batch_id: int
) -> Response:
    context: dict[str, Any] = {"count": await forms.get_batch(session, town.id, batch_id)}
    context |= {"forms": await forms.list_forms(session, town.id, batch_id), "counted": form.text("counted")}
    with asking_again(
        lambda errors, _: page(request, "residents/form_batch.html", context | {"errors": errors}, status=422)
    ):
        counted = form.text("counted").strip()
        await forms.close_batch(session, town.id, staff, batch_id, int(counted) if counted.isdecimal() else -1)
    return redirect(request, "form_batch", batch_id=batch_id, said=CLOSED)


@router.get("/desk/residents/forms/{batch_id:int}/next", name="form_next")
async def show_next(
    request: Request, session: Reading, town: CurrentTown, _staff: Counter, post: TownsPost, batch_id: int
) -> Response:
    """Filled like the last form of the pile, as far as it says nothing of a person."""
    last = request.query_params
    like = {
        "form_number": forms.next_number(last.get("after", "")[:40]),
        "said_on": last.get("said_on", "")[:20],
        "wants": typed_wants(last.getlist("wants")),
    }
    count = await forms.get_batch(session, town.id, batch_id)
    return _entry_page(request, count, await offered(session, town), empty_form(post) | like)


@router.post("/desk/residents/forms/{batch_id:int}", name="form_key")
async def key(
    request: Request,
    session: Writing,
    town: CurrentTown,
    staff: Counter,
    post: TownsPost,
    form: SentForm,
    batch_id: int,
) -> Response:
    count, offer = await forms.get_batch(session, town.id, batch_id), await offered(session, town)
    alike = await find_alike(session, town.id, _as_typed(form))
    values = {**empty_form(post), **typed(form)}
    with asking_again(lambda errors, _: _entry_page(request, count, offer, values, errors, alike)):
        if form.text("then") == "aside":
            await forms.set_form_aside(session, town.id, staff, batch_id, form.text("form_number"))
            return _next_form(request, form, batch_id, ASIDE)
        done = await forms.key_form(session, post, staff, batch_id, form.parse(FormEntry))
    return _next_form(request, form, batch_id, KEYED_ASKED if done.waits_for_yes else KEYED)


@router.get("/desk/residents/alike", name="residents_alike")
async def show_alike(
    request: Request,
    session: Reading,
    town: CurrentTown,
    _staff: Counter,
    name: _Typed = "",
    address_street: _Typed = "",
    address_locality: _Typed = "",
    email: _Typed = "",
    phone: _Typed = "",
) -> Response:
    """A piece of a page: who looks like what is typed."""
    found = await find_alike(session, town.id, Typed(name, address_street, address_locality, email, phone))
    return page(request, "residents/alike.html", {"alike": found, "signs": SIGNS, "errors": {}})


def _next_form(request: Request, form: Form, batch_id: int, said: str) -> Response:
    same = [("wants", want) for want in form.texts("wants") if want]
    same += [("after", form.text("form_number")), ("said_on", form.text("said_on")), ("said", said)]
    return RedirectResponse(f"{path_for(request, 'form_next', batch_id=batch_id)}?{urlencode(same)}", status_code=303)


def _as_typed(form: Form) -> Typed:
    names = ("name", "address_street", "address_locality", "email", "phone")
    return Typed(*(form.text(name)[:254] for name in names))


def _entry_page(
    request: Request,
    count: BatchCount,
    offer: Mapping[str, Any],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    alike: Sequence[Alike] = (),
) -> HTMLResponse:
    context = {
        **offer,
        "count": count,
        "values": {**dict.fromkeys(FormEntry.model_fields, ""), "way": ConsentWay.PAPER, **values},
        "errors": errors or {},
        "alike": alike,
        "signs": SIGNS,
        "want_fields": want_fields(offer["topics"], values["wants"]),
        "today": clock.today(),
    }
    return page(request, "residents/form_entry.html", context, status=422 if errors else 200)


def _batches_page(
    request: Request, batches: Sequence[BatchCount], values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> HTMLResponse:
    context = {"batches": batches, "values": {"box": "", "expected": "", **values}, "errors": errors or {}}
    return page(request, "residents/form_batches.html", context, status=422 if errors else 200)
