"""The town's sending domain: what readers' providers see of it, the records to publish, and a way round with a reason."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.mailings.alignment import Finding, Verdict
from server.mailings.believing import domain_of, examine_town, find_override, override, way_out_of
from server.mailings.models import DomainCheck
from server.mailings.names import PublicNames
from server.municipalities.queries import get_municipality
from server.web.dependencies import Configuration, CurrentTown, Keys, Reading, Writing, database_of
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

LOOKED = saying("domain-looked", sentence("The records were looked at just now."))
OVERRIDDEN = saying("domain-overridden", sentence("Letters may leave all the same. The reason is kept."))
VERDICT_MARKS = {
    Verdict.FINE: ("done", sentence("in order")),
    Verdict.DOUBTFUL: ("wait", sentence("to be looked at")),
    Verdict.WRONG: ("bad", sentence("wrong")),
    Verdict.UNKNOWN: ("off", sentence("no answer")),
}


@router.get("/desk/settings/domain", name="sending_domain")
async def show_domain(request: Request, session: Reading, town: CurrentTown, actor: Administrator) -> Response:
    return await _show(request, session, town.id, {})


@router.post("/desk/settings/domain/examination", name="sending_domain_examine")
async def examine(
    request: Request, town: CurrentTown, actor: Administrator, secrets: Keys, settings: Configuration
) -> Response:
    await examine_town(database_of(request), secrets, PublicNames(), town.id, way_out_of(settings))
    return redirect(request, "sending_domain", said=LOOKED)


@router.post("/desk/settings/domain/override", name="sending_domain_override")
async def let_leave(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, form: SentForm
) -> Response:
    domain = domain_of((await get_municipality(session, town.id)).sender_address)
    again = await _show(request, session, town.id, {"reason": str(_WHY)}, status=422)
    with asking_again(lambda _errors, _refusal: again):
        await override(session, town.id, actor, domain, form.text("reason"))
    return redirect(request, "sending_domain", said=OVERRIDDEN)


_WHY = sentence("Say why: whoever looks at it later will want to know.")


async def _show(
    request: Request, session: ReadSession, town_id: int, errors: dict[str, str], status: int = 200
) -> Response:
    municipality = await get_municipality(session, town_id)
    domain = domain_of(municipality.sender_address)
    check = await session.get(DomainCheck, town_id)
    is_known = check is not None and check.domain == domain
    findings = [Finding.from_data(data) for data in check.findings] if check and is_known else []
    context = {
        "domain": domain,
        "looked_at": check.at if check and is_known else None,
        "is_refused": bool(check and is_known and check.is_aligned is False),
        "findings": [(one, *VERDICT_MARKS[one.verdict]) for one in findings],
        "overridden": await find_override(session, town_id, domain),
        "errors": errors,
    }
    return page(request, "mailings/domain.html", context, status=status)
