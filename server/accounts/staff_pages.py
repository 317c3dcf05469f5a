"""The list of staff: who works here, with which roles. Inviting is in the room above, which can write mails."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts import queries, staff
from server.accounts.dependencies import Administrator
from server.accounts.schemas import RolesChange, StaffMember
from server.accounts.words import ROLES
from server.core.i18n import sentence
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

SAVED = saying("roles-saved", sentence("The roles are saved. The person signs in again to use them."))
DISABLED = saying("staff-disabled", sentence("This person can no longer sign in here."))
ENABLED = saying("staff-enabled", sentence("This person can sign in again."))


@router.get("/desk/settings/staff", name="staff")
async def show_staff(request: Request, session: Reading, town: CurrentTown, actor: Administrator) -> Response:
    people = await queries.list_staff(session, town.id)
    return page(request, "accounts/staff.html", {"people": people, "roles": ROLES})


@router.get("/desk/settings/staff/{account_id:int}", name="staff_member")
async def show_member(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, account_id: int
) -> Response:
    member = await queries.get_staff_member(session, town.id, account_id)
    return member_page(request, member, sorted(member.roles), actor.account_id)


@router.post("/desk/settings/staff/{account_id:int}", name="staff_change")
async def change_roles(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, account_id: int, form: SentForm
) -> Response:
    member = await queries.get_staff_member(session, town.id, account_id)
    typed = form.texts("roles")
    with asking_again(lambda errors, _refusal: member_page(request, member, typed, actor.account_id, errors)):
        await staff.change_roles(session, town.id, actor, account_id, form.parse(RolesChange).roles)
    return redirect(request, "staff", said=SAVED)


@router.post("/desk/settings/staff/{account_id:int}/disablement", name="staff_disable")
async def disable(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, account_id: int
) -> Response:
    member = await queries.get_staff_member(session, town.id, account_id)
    roles = sorted(member.roles)
    with asking_again(lambda errors, _refusal: member_page(request, member, roles, actor.account_id, errors)):
        await staff.disable_staff(session, town.id, actor, account_id)
    return redirect(request, "staff", said=DISABLED)


@router.post("/desk/settings/staff/{account_id:int}/enablement", name="staff_enable")
async def enable(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, account_id: int
) -> Response:
    await staff.enable_staff(session, town.id, actor, account_id)
    return redirect(request, "staff", said=ENABLED)


def member_page(
    request: Request,
    member: StaffMember,
    roles: Sequence[str],
    own_id: int,
    errors: Mapping[str, str] | None = None,
) -> Response:
    options = [(role.value, str(name), str(about)) for role, (name, about) in ROLES.items()]
    context = {"member": member, "chosen": roles, "options": options, "own_id": own_id, "errors": errors or {}}
    return page(request, "accounts/member.html", context, status=422 if errors else 200)
