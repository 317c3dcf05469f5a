"""The town's side of a support visit: who asks to look in, why, and the yes or no of its administrators."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts import visits
from server.accounts.dependencies import Administrator
from server.accounts.models import Role
from server.accounts.schemas import VisitConsent
from server.accounts.words import ROLES
from server.core.i18n import sentence
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

ALLOWED = saying("visit-allowed", sentence("They may look in. You can end it at any moment."))
OVER = saying("visit-ended", sentence("Nobody from the host can look in."))
_HOURS = (("1", sentence("one hour")), ("4", sentence("four hours")), ("24", sentence("one day")))


@router.get("/desk/settings/support", name="support")
async def show_visits(request: Request, session: Reading, town: CurrentTown, actor: Administrator) -> Response:
    return page(request, "accounts/visits.html", await _context(session, town.id))


@router.post("/desk/settings/support/{visit_id:int}/permission", name="visit_allow")
async def allow_visit(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, visit_id: int, form: SentForm
) -> Response:
    await visits.get_visit(session, town.id, visit_id)
    context = await _context(session, town.id) | {"chosen": form.texts("roles"), "hours": form.text("hours")}
    with asking_again(lambda errors, _refusal: _again(request, context, errors)):
        await visits.allow_visit(session, town.id, actor, visit_id, form.parse(VisitConsent))
    return redirect(request, "support", said=ALLOWED)


@router.post("/desk/settings/support/{visit_id:int}/refusal", name="visit_decline")
async def decline_visit(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, visit_id: int
) -> Response:
    await visits.decline_visit(session, town.id, actor, visit_id)
    return redirect(request, "support", said=OVER)


@router.post("/desk/settings/support/{visit_id:int}/end", name="visit_end")
async def end_visit(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, visit_id: int
) -> Response:
    await visits.end_visit(session, town.id, actor, visit_id)
    return redirect(request, "support", said=OVER)


async def _context(session: Reading, municipality_id: int) -> dict[str, Any]:
    return {
        "visits": await visits.list_visits(session, municipality_id),
        "open": await visits.find_open_visit(session, municipality_id),
        "roles": ROLES,
        "options": [(role.value, *map(str, words)) for role, words in ROLES.items()],
        "hour_options": [(value, str(words)) for value, words in _HOURS],
        "chosen": [Role.EDITOR.value],
        "hours": "1",
        "errors": {},
    }


def _again(request: Request, context: Mapping[str, Any], errors: Mapping[str, str]) -> Response:
    return page(request, "accounts/visits.html", {**context, "errors": errors}, status=422)
