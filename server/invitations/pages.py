"""Pages that send a link by mail: inviting, sending a new link, the forgotten password."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts import queries
from server.accounts.dependencies import Administrator
from server.accounts.schemas import StaffDraft
from server.accounts.staff_pages import member_page
from server.accounts.words import ROLES
from server.core.errors import TooMany
from server.core.i18n import sentence
from server.invitations import service
from server.invitations.schemas import PasswordRequest
from server.web.csrf import refuse_foreign
from server.web.dependencies import Configuration, CurrentTown, Keys, Writing, database_of
from server.web.forms import SentForm, asking_again
from server.web.network import network_of
from server.web.pacing import at_least
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])
public_router = APIRouter()

INVITED = saying("staff-invited", sentence("The invitation is on its way."))
LINK_SENT = saying("staff-link-sent", sentence("A new link is on its way to this person."))
ASKED = saying(
    "password-asked",
    sentence("If this address works here, a link to choose a new password is on its way. It works for one hour."),
)
_TOO_MANY = sentence("Too many new passwords were asked for from here. Wait an hour, or ask an administrator.")
_ANSWER_TIME = 0.4  # seconds; what a known address costs, with a margin


@router.get("/desk/settings/staff/new", name="staff_new")
async def show_invitation(request: Request, actor: Administrator) -> Response:
    return _invitation_page(request, {"language": actor.language, "roles": []})


@router.post("/desk/settings/staff", name="staff_invite")
async def invite(
    request: Request,
    session: Writing,
    secrets: Keys,
    town: CurrentTown,
    actor: Administrator,
    settings: Configuration,
    form: SentForm,
) -> Response:
    typed = form.values | {"roles": form.texts("roles")}
    with asking_again(lambda errors, _refusal: _invitation_page(request, typed, errors)):
        draft = form.parse(StaffDraft)
        await service.invite(session, secrets, town.id, actor, draft, instance_url=settings.url)
    return redirect(request, "staff", said=INVITED)


@router.post("/desk/settings/staff/{account_id:int}/link", name="staff_link")
async def send_new_link(
    request: Request,
    session: Writing,
    secrets: Keys,
    town: CurrentTown,
    actor: Administrator,
    settings: Configuration,
    account_id: int,
) -> Response:
    member = await queries.get_staff_member(session, town.id, account_id)
    roles = sorted(member.roles)
    with asking_again(lambda errors, _refusal: member_page(request, member, roles, actor.account_id, errors)):
        await service.send_new_link(session, secrets, town.id, actor, account_id, instance_url=settings.url)
    return redirect(request, "staff", said=LINK_SENT)


@public_router.get("/desk/forgotten", name="password_forgotten")
async def show_forgotten(request: Request, town: CurrentTown) -> Response:
    return _forgotten_page(request, "")


@public_router.post("/desk/forgotten", name="password_ask")
async def ask_for_password(
    request: Request, secrets: Keys, town: CurrentTown, settings: Configuration, form: SentForm
) -> Response:
    """The same answer after the same time, whether the address is known or not."""
    refuse_foreign(request)
    with asking_again(lambda errors, _refusal: _forgotten_page(request, form.text("email"), errors)):
        asked = form.parse(PasswordRequest)
    async with at_least(_ANSWER_TIME), database_of(request).writing() as session:
        heard = await service.ask_for_password(
            session, secrets, town.id, asked.email, network_of(request), instance_url=settings.url
        )
    if not heard:
        raise TooMany(_TOO_MANY, 3600)
    return redirect(request, "sign_in", said=ASKED)


def _invitation_page(request: Request, values: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> Response:
    options = [(role.value, str(name), str(about)) for role, (name, about) in ROLES.items()]
    context = {"values": values, "options": options, "errors": errors or {}}
    return page(request, "invitations/new.html", context, status=422 if errors else 200)


def _forgotten_page(request: Request, email: str, errors: Mapping[str, str] | None = None) -> Response:
    context = {"email": email, "errors": errors or {}}
    return page(request, "invitations/forgotten.html", context, status=422 if errors else 200)
