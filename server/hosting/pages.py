"""The towns of the instance, for who runs it: one table, and a page for each with figures alone."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.accounts import visits
from server.accounts.dependencies import Operator
from server.accounts.schemas import VisitWish
from server.backups.errands import errands_of
from server.backups.models import BackupKind
from server.backups.upkeep import find_backup_trouble, last_done
from server.core.database import ReadSession
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.search import searchable
from server.hosting import queries, service
from server.hosting.errand_pages import KINDS, STATES
from server.hosting.schemas import HostedTown
from server.mailings.alignment import Finding
from server.mailings.domain_pages import VERDICT_MARKS
from server.mailings.models import DomainCheck
from server.municipalities.addresses import public_url
from server.municipalities.queries import get_municipality
from server.municipalities.quotas import Quotas, change_quotas
from server.web.dependencies import Configuration, Files, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.pagination import AskedSlice, LinkedPage, Page
from server.web.said import saying
from server.web.templates import page, redirect

router = APIRouter()

LIMITED = saying("quotas-saved", sentence("The limits are saved."))
SUSPENDED = saying("town-suspended", sentence("The town is suspended: its pages are closed, its mail is held."))
RESUMED = saying(
    "town-resumed", sentence("The town is open again. Its mailings stay paused until its staff resume them.")
)
ASKED = saying("visit-asked", sentence("The town’s administrators are asked. Nothing can be seen before they say yes."))
ENDED = saying("visit-over", sentence("The visit is over."))


@router.get("/operator", name="operator")
async def show_towns(
    request: Request, session: Reading, operator: Operator, files: Files, part: AskedSlice, q: str = "", show: str = ""
) -> Response:
    towns = await queries.list_hosted_towns(session, files)
    wanted = [one for one in towns if searchable(q) in searchable(one.town.name) and _is_shown(one, show)]
    found = Page(wanted[part.offset : part.offset + part.size], len(wanted), part.number, part.size)
    context = {
        "towns": LinkedPage(found, request),
        "q": q,
        "show": show,
        "counts": {kind: sum(_is_shown(one, kind) for one in towns) for kind in ("", "look", "suspended")},
        "people": sum(one.people for one in towns),
        "megabytes": sum(one.megabytes for one in towns),
        "backup": await last_done(session, BackupKind.BACKUP),
        "trial": await last_done(session, BackupKind.VERIFICATION),
        "backup_trouble": await find_backup_trouble(session),
    }
    return page(request, "hosting/towns.html", context)


@router.get("/operator/towns/{municipality_id:int}", name="operator_town")
async def show_town(
    request: Request, session: Reading, operator: Operator, files: Files, settings: Configuration, municipality_id: int
) -> Response:
    context = await _of_town(session, files, settings.url, municipality_id)
    return page(request, "hosting/town.html", context)


@router.post("/operator/towns/{municipality_id:int}/limits", name="operator_town_limit")
async def limit_town(
    request: Request,
    session: Writing,
    operator: Operator,
    files: Files,
    settings: Configuration,
    municipality_id: int,
    form: SentForm,
) -> Response:
    typed = {name: form.text(name) for name in Quotas.model_fields}
    context = await _of_town(session, files, settings.url, municipality_id) | {"values": typed}
    with asking_again(lambda errors, _refusal: _again(request, context, errors)):
        await change_quotas(session, municipality_id, operator, form.parse(Quotas))
    return redirect(request, "operator_town", municipality_id=municipality_id, said=LIMITED)


@router.get("/operator/towns/{municipality_id:int}/suspension", name="operator_town_suspension")
async def confirm_suspension(
    request: Request, session: Reading, operator: Operator, files: Files, municipality_id: int
) -> Response:
    """One sentence says what will happen and to how many people."""
    town = await get_municipality(session, municipality_id)
    return page(request, "hosting/suspension.html", {"one": await queries.get_hosted_town(session, files, town)})


@router.post("/operator/towns/{municipality_id:int}/suspension", name="operator_town_suspend")
async def suspend_town(request: Request, session: Writing, operator: Operator, municipality_id: int) -> Response:
    await service.suspend_town(session, operator, municipality_id)
    return redirect(request, "operator_town", municipality_id=municipality_id, said=SUSPENDED)


@router.post("/operator/towns/{municipality_id:int}/reopening", name="operator_town_resume")
async def resume_town(request: Request, session: Writing, operator: Operator, municipality_id: int) -> Response:
    await service.resume_town(session, operator, municipality_id)
    return redirect(request, "operator_town", municipality_id=municipality_id, said=RESUMED)


@router.post("/operator/towns/{municipality_id:int}/visits", name="operator_visit_ask")
async def ask_visit(
    request: Request,
    session: Writing,
    operator: Operator,
    files: Files,
    settings: Configuration,
    municipality_id: int,
    form: SentForm,
) -> Response:
    context = await _of_town(session, files, settings.url, municipality_id) | {"reason": form.text("reason")}
    with asking_again(lambda errors, _refusal: _again(request, context, errors)):
        await visits.ask_visit(session, municipality_id, operator, form.parse(VisitWish))
    return redirect(request, "operator_town", municipality_id=municipality_id, said=ASKED)


@router.post("/operator/towns/{municipality_id:int}/visits/{visit_id:int}/end", name="operator_visit_end")
async def end_visit(
    request: Request, session: Writing, operator: Operator, municipality_id: int, visit_id: int
) -> Response:
    await visits.end_visit(session, municipality_id, operator, visit_id)
    return redirect(request, "operator_town", municipality_id=municipality_id, said=ENDED)


def _is_shown(one: HostedTown, kind: str) -> bool:
    is_suspended = one.town.suspended_at is not None
    return {"look": one.needs_a_look and not is_suspended, "suspended": is_suspended}.get(kind, True)


async def _of_town(session: ReadSession, files: FileStore, instance_url: str, municipality_id: int) -> dict[str, Any]:
    """What the page of a town shows: figures and records of the DNS, nobody's name."""
    town = await get_municipality(session, municipality_id)
    check = await session.get(DomainCheck, municipality_id)
    findings = [Finding.from_data(data) for data in check.findings] if check else []
    return {
        "one": await queries.get_hosted_town(session, files, town),
        "address": public_url(town, instance_url),
        "findings": [(finding, *VERDICT_MARKS[finding.verdict]) for finding in findings],
        "looked_at": check.at if check else None,
        "visits": await visits.list_visits(session, municipality_id),
        "open_visit": await visits.find_open_visit(session, municipality_id),
        "errands": await errands_of(session, municipality_id),
        "kinds": KINDS,
        "states": STATES,
        "values": {name: getattr(town, name) for name in Quotas.model_fields},
        "reason": "",
        "errors": {},
    }


def _again(request: Request, context: Mapping[str, Any], errors: Mapping[str, str]) -> Response:
    return page(request, "hosting/town.html", {**context, "errors": errors}, status=422)
