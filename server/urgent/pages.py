"""The urgent notice's pages: one form, one page to read it over and let it leave, one page that follows it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.actors import Actor
from server.accounts.dependencies import Editor, Publisher
from server.accounts.models import Role
from server.accounts.queries import list_staff
from server.accounts.signing_in import ask_password
from server.content.html import to_html
from server.content.markdown import parse
from server.core.clock import PARIS
from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.notices.pages.forms import Choices, choices_of
from server.residents import queries as residents
from server.urgent import queries, sending, service
from server.urgent.area import boards_in, doors_in
from server.urgent.content import notice_of
from server.urgent.models import Confirmation, MessageType, UrgentKind, UrgentNotice
from server.urgent.schemas import Override, UrgentDraft
from server.urgent.words import KINDS, TYPES
from server.web.dependencies import Configuration, CurrentTown, Keys, Reading, Writing, database_of
from server.web.forms import Form, SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("urgent"))])

WRITTEN = saying("urgent-written", sentence("Written. Nothing has left yet: read it over."))
SENT = saying("urgent-sent", sentence("It is leaving by every channel. This page follows it."))
DISCARDED = saying("urgent-discarded", sentence("Given up. Nobody received anything."))


@router.get("/desk/urgent/new", name="urgent_new")
async def show_new(
    request: Request, session: Reading, town: CurrentTown, staff: Editor, kind: UrgentKind = UrgentKind.WATER
) -> Response:
    """The form, filled with the prepared text of `kind`: where and until when is all that is missing."""
    words = await queries.wording(session, town.id, kind, town.language)
    topics = await queries.last_topic_ids(session, town.id)
    choices = await choices_of(session, town)
    team = [member.email for member in await list_staff(session, town.id) if not member.is_disabled]
    values = {
        **words.model_dump(),
        "kind": kind,
        "where_text": "",
        "place_ids": [],
        "topic_ids": topics or [topic_id for topic_id, _name in choices.topics],
        "until_at": "",
        "contact_phone": town.phone,
        "is_exercise": False,
        "exercise_to": "\n".join(team or [staff.email]),
    }
    return form_page(request, choices, values)


@router.post("/desk/urgent", name="urgent_write")
async def write(request: Request, session: Writing, town: CurrentTown, staff: Editor, form: SentForm) -> Response:
    choices = await choices_of(session, town)
    with asking_again(lambda errors, _refusal: form_page(request, choices, typed_values(form), errors=errors)):
        draft = form.parse(UrgentDraft)
        urgent = await service.write_urgent(session, town.id, staff, draft, language=town.language)
    return redirect(request, "urgent", urgent_id=urgent.id, said=WRITTEN)


@router.get("/desk/urgent/{urgent_id}/text", name="urgent_text")
async def show_text(request: Request, session: Reading, town: CurrentTown, _staff: Editor, urgent_id: int) -> Response:
    urgent = await queries.get_urgent(session, town.id, urgent_id)
    return form_page(request, await choices_of(session, town), values_of(urgent), urgent=urgent)


@router.post("/desk/urgent/{urgent_id}/text", name="urgent_rewrite")
async def rewrite(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, urgent_id: int, form: SentForm
) -> Response:
    choices = await choices_of(session, town)
    urgent = await queries.get_urgent(session, town.id, urgent_id)
    with asking_again(
        lambda errors, _refusal: form_page(request, choices, typed_values(form), errors=errors, urgent=urgent)
    ):
        await service.rewrite_urgent(session, town.id, staff, urgent_id, form.parse(UrgentDraft))
    return redirect(request, "urgent", urgent_id=urgent_id, said=WRITTEN)


@router.post("/desk/urgent/{urgent_id}/sending", name="urgent_send")
async def send(
    request: Request,
    reading: Reading,
    town: CurrentTown,
    secrets: Keys,
    configuration: Configuration,
    staff: Publisher,
    urgent_id: int,
    form: SentForm,
) -> Response:
    """Nothing is looked up that does not help it to leave; who is refused sees the whole page again."""
    urgent = await queries.get_urgent(reading, town.id, urgent_id)
    try:
        confirmed = await _confirmation(request, town, staff, urgent, form)
        prepared = await sending.prepare_urgent(reading, town.id, urgent_id, configuration.url)
        async with database_of(request).writing() as session:
            await sending.send_urgent(session, town.id, secrets, prepared, staff, confirmed, form.text("content_hash"))
    except Invalid:
        context = await before_leaving(reading, town, staff, urgent) | {
            "reason": form.text("reason"),
            "is_overridden": bool(form.text("override")),
        }
        with asking_again(lambda errors, _refusal: confirm_page(request, context, errors)):
            raise
    return redirect(request, "urgent", urgent_id=urgent_id, said=SENT)


@router.post("/desk/urgent/{urgent_id}/discarding", name="urgent_discard")
async def discard(request: Request, session: Writing, town: CurrentTown, staff: Editor, urgent_id: int) -> Response:
    await service.discard_urgent(session, town.id, staff, urgent_id)
    return redirect(request, "urgent_list", said=DISCARDED)


async def _confirmation(
    request: Request, town: Town, staff: Actor, urgent: UrgentNotice, form: Form
) -> sending.Confirmed:
    """A second person needs nothing more; who wrote it types the password again, or says why not."""
    if urgent.created_by_id != staff.account_id:
        return sending.Confirmed(Confirmation.SECOND_PERSON)
    if form.text("override"):
        return sending.Confirmed(Confirmation.OVERRIDE, form.parse(Override).reason)
    await ask_password(database_of(request), town.id, staff, form.text("password"))
    return sending.Confirmed(Confirmation.PASSWORD)


async def before_leaving(session: ReadSession, town: Town, staff: Actor, urgent: UrgentNotice) -> dict[str, Any]:
    """What will happen, and to how many."""
    members = [one for one in await list_staff(session, town.id) if not one.is_disabled]
    may_send = {Role.PUBLISHER, Role.ADMINISTRATOR}
    around = await queries.places_around(session, town.id, urgent.place_ids)
    paper = await residents.paper_audience(session, town.id, urgent.topic_ids, around)
    return {
        "urgent": urgent,
        "content": notice_of(urgent).content,
        "instruction": to_html(parse(urgent.instruction)),
        "type": TYPES[urgent.message_type],
        "content_hash": sending.content_hash_of(urgent),
        "people": len(await sending.urgent_audience(session, town.id, urgent)),
        "on_paper": sum(1 + len(copy.shared_with) for copy in paper),
        "boards": len(await boards_in(session, town.id, urgent.place_ids)),
        "doors": sum(one.count for one in await doors_in(session, town.id, urgent.place_ids)),
        "author": next((one.name for one in members if one.account_id == urgent.created_by_id), ""),
        "is_own": urgent.created_by_id == staff.account_id,
        "may_send": staff.has_role(Role.PUBLISHER),
        "others": [one.name for one in members if one.roles & may_send and one.account_id != staff.account_id],
        "reason": "",
        "is_overridden": False,
    }


def confirm_page(request: Request, context: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> HTMLResponse:
    return page(request, "urgent/confirm.html", {**context, "errors": errors or {}}, status=422 if errors else 200)


def form_page(
    request: Request,
    choices: Choices,
    values: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    urgent: UrgentNotice | None = None,
    follows: UrgentNotice | None = None,
    message_type: MessageType = MessageType.ALERT,
) -> HTMLResponse:
    """The page of writing: a first message, one that is written again, or one that follows `follows`."""
    context = {
        "choices": choices,
        "values": values,
        "errors": errors or {},
        "urgent": urgent,
        "follows": follows,
        "type": urgent.message_type if urgent else message_type,
        "kinds": KINDS,
    }
    return page(request, "urgent/edit.html", context, status=422 if errors else 200)


def typed_values(form: Form) -> dict[str, Any]:
    """What was typed, every field of the form present."""
    values: dict[str, Any] = {name: form.text(name) for name in UrgentDraft.model_fields}
    return values | {name: form.texts(name) for name in ("place_ids", "topic_ids")}


def values_of(urgent: UrgentNotice) -> dict[str, Any]:
    """The form filled with what a message says."""
    values = {name: getattr(urgent, name) for name in UrgentDraft.model_fields}
    until = urgent.until_at.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M") if urgent.until_at else ""
    return values | {"until_at": until, "exercise_to": "\n".join(urgent.exercise_to)}
