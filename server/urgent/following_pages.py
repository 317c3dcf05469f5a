"""After it left: how fast, to whom not, an update, the all-clear; and the list of them all."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.actors import Actor
from server.accounts.dependencies import Editor
from server.accounts.models import Role
from server.accounts.queries import list_staff
from server.boards.kinds import PostingState
from server.boards.queries import list_boards
from server.boards.queries.postings import list_of_notice
from server.boards.words import STATES
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.i18n import sentence
from server.mailings import queries as mailings
from server.mailings.town_relays import find_trouble
from server.municipalities.queries import get_municipality
from server.notices.pages.forms import choices_of
from server.notices.queries import get_notice
from server.notices.renderings import phone_script
from server.prints.queries import find_latest_print
from server.urgent import dossier, kit, queries, sending, service, witnesses
from server.urgent.cap import MEDIA_TYPE, cap_document
from server.urgent.content import notice_of
from server.urgent.models import MessageType, UrgentNotice, UrgentState
from server.urgent.pages import WRITTEN, before_leaving, confirm_page, form_page, typed_values, values_of
from server.urgent.progress import SHARES, speeds_of
from server.urgent.schemas import UrgentDraft
from server.urgent.telling import cap_message
from server.urgent.words import CONFIRMATIONS, KINDS, TYPES
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.pagination import AskedSlice, LinkedPage
from server.web.templates import page, redirect, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("urgent"))])

_OVER = sentence("It is over. You can go about as usual.")
_NOTHING_TO_DO = sentence("There is nothing more to do.")


@router.get("/desk/urgent", name="urgent_list")
async def show_list(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, asked: AskedSlice
) -> Response:
    found = LinkedPage(await queries.list_urgent(session, town.id, asked), request)
    in_force = {one.id for one in await queries.in_force(session, town.id)}
    context = {"messages": found, "in_force": in_force, "kinds": KINDS, "types": TYPES}
    return page(request, "urgent/list.html", context | {"dossier": await dossier.find_last(session, town.id)})


@router.post("/desk/urgent/dossier", name="urgent_dossier")
async def ask_for_dossier(request: Request, session: Writing, town: CurrentTown, staff: Editor) -> Response:
    """The paper for a cut, as of today; the next page follows it."""
    job = await dossier.ask_dossier(session, town.id, staff)
    return redirect(request, "print", print_id=job.id)


@router.get("/desk/urgent/{urgent_id}", name="urgent")
async def show(request: Request, session: Reading, town: CurrentTown, staff: Editor, urgent_id: int) -> Response:
    """Before it leaves: what will happen and to how many. Afterwards: what happened."""
    urgent = await queries.get_urgent(session, town.id, urgent_id)
    if urgent.state is UrgentState.DRAFT:
        return confirm_page(request, await before_leaving(session, town, staff, urgent))
    return page(request, "urgent/show.html", await followed(session, town, staff, urgent))


@router.get("/desk/urgent/{urgent_id}/progress", name="urgent_progress")
async def show_progress(
    request: Request, session: Reading, town: CurrentTown, staff: Editor, urgent_id: int
) -> Response:
    """The moving part alone; the script puts it in place of the older one."""
    urgent = await queries.get_urgent(session, town.id, urgent_id)
    return page(request, "urgent/progress.html", await followed(session, town, staff, urgent))


@router.get("/desk/urgent/{urgent_id}/report", name="urgent_report")
async def show_report(request: Request, session: Reading, town: CurrentTown, staff: Editor, urgent_id: int) -> Response:
    """One page to print and keep: who did what when, how fast it went; of an exercise, mailbox by mailbox."""
    urgent = await queries.get_urgent(session, town.id, urgent_id)
    context = await followed(session, town, staff, urgent)
    origin = sending.origin_of(urgent)
    rows = await mailings.rows_of(session, town.id, origin) if urgent.is_exercise else []
    context |= {"rows": rows, "kit": await find_latest_print(session, town.id, origin), "now": clock.now()}
    return page(request, "urgent/report.html", context)


@router.get("/desk/urgent/{urgent_id}/cap", name="urgent_cap_shown")
async def show_cap(session: Reading, town: CurrentTown, _staff: Editor, urgent_id: int) -> Response:
    """The CAP document of an exercise or of a draft too: only those who write see it here."""
    urgent = await queries.get_urgent(session, town.id, urgent_id)
    municipality = await get_municipality(session, town.id)
    document = cap_document(await cap_message(session, municipality, urgent, ""))
    return Response(document, media_type=MEDIA_TYPE)


@router.post("/desk/urgent/{urgent_id}/kit", name="urgent_kit")
async def ask_for_kit(request: Request, session: Writing, town: CurrentTown, staff: Editor, urgent_id: int) -> Response:
    """Cover, script, doors, posters and slips, made before every other sheet; the next page follows it."""
    job = await kit.ask_kit(session, town.id, staff, urgent_id)
    return redirect(request, "print", print_id=job.id)


@router.get("/desk/urgent/{urgent_id}/next/{message_type}", name="urgent_next")
async def show_next(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, urgent_id: int, message_type: MessageType
) -> Response:
    """The form of an update or of the all-clear, filled with what was said last."""
    follows = await _last_said(session, town.id, urgent_id, message_type)
    values = values_of(follows)
    if message_type is MessageType.CANCEL:
        values |= {"what": str(_OVER), "instruction": str(_NOTHING_TO_DO), "until_at": ""}
    choices = await choices_of(session, town)
    return form_page(request, choices, values, follows=follows, message_type=message_type)


@router.post("/desk/urgent/{urgent_id}/next/{message_type}", name="urgent_follow")
async def follow(
    request: Request,
    session: Writing,
    town: CurrentTown,
    staff: Editor,
    urgent_id: int,
    message_type: MessageType,
    form: SentForm,
) -> Response:
    follows = await _last_said(session, town.id, urgent_id, message_type)
    choices = await choices_of(session, town)
    with asking_again(
        lambda errors, _refusal: form_page(
            request, choices, typed_values(form), errors=errors, follows=follows, message_type=message_type
        )
    ):
        urgent = await service.write_urgent(
            session,
            town.id,
            staff,
            form.parse(UrgentDraft),
            language=town.language,
            follows=follows,
            message_type=message_type,
        )
    return redirect(request, "urgent", urgent_id=urgent.id, said=WRITTEN)


async def _last_said(
    session: ReadSession, municipality_id: int, urgent_id: int, message_type: MessageType
) -> UrgentNotice:
    """The last message of the matter that left. Raises NotFound where nothing can follow."""
    urgent = await queries.get_urgent(session, municipality_id, urgent_id)
    matter = await queries.messages_of_matter(session, municipality_id, urgent.root_id)
    said = [one for one in matter if one.state is UrgentState.SENT]
    if not said or said[-1].message_type is MessageType.CANCEL or message_type is MessageType.ALERT:
        raise NotFound
    return said[-1]


async def followed(session: ReadSession, town: Town, staff: Actor, urgent: UrgentNotice) -> dict[str, Any]:
    """What happened to a message that left."""
    rows = await mailings.acceptances_of(session, town.id, sending.origin_of(urgent))
    sent_at = urgent.sent_at or urgent.created_at
    whole, parts = speeds_of(rows, sent_at)
    matter = await queries.messages_of_matter(session, town.id, urgent.root_id)
    said = [one for one in matter if one.state is UrgentState.SENT]
    names = {one.account_id: one.name for one in await list_staff(session, town.id)}
    notice = await get_notice(session, town.id, urgent.notice_id) if urgent.notice_id else None
    sheets = await list_of_notice(session, town.id, urgent.notice_id) if urgent.notice_id else []
    content = notice_of(urgent).content
    is_moving = await mailings.is_leaving(session, town.id, sending.origin_of(urgent))
    return {
        "urgent": urgent,
        "content": content,
        "speech": phone_script(content),
        "notice": notice,
        "sheets": [one for one in sheets if one.is_wanted or one.posting.state is PostingState.HANGING],
        "boards": {one.id: one.name for one in await list_boards(session, town.id)},
        "hangs": STATES,
        "whole": whole,
        "parts": parts,
        "shares": SHARES,
        "is_moving": is_moving,
        "trouble": await find_trouble(session, town.id) if is_moving else None,
        "matter": matter,
        "types": TYPES,
        "kind": KINDS[urgent.kind],
        "confirmation": CONFIRMATIONS[urgent.confirmation] if urgent.confirmation else "",
        "names": names,
        "sightings": await witnesses.sightings_of(session, town.id, urgent.id),
        "can_follow": bool(said) and said[-1].message_type is not MessageType.CANCEL,
        "is_in_force": urgent.id in {one.id for one in await queries.in_force(session, town.id)},
        "may_send": staff.has_role(Role.PUBLISHER),
    }
