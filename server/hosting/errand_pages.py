"""Whole towns that come and go: handed over as an archive, brought from one, deleted with proof; each followed on its page."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from pydantic import AfterValidator, BaseModel, Field

from server.accounts.dependencies import Operator
from server.accounts.signing_in import ask_password
from server.backups import errands
from server.backups.models import ErrandKind, ErrandState, TownErrand
from server.core.clock import day_of
from server.core.database import ReadSession
from server.core.errors import Invalid, NotFound
from server.core.i18n import sentence
from server.hosting import queries
from server.municipalities.queries import get_municipality
from server.municipalities.schemas import usable_slug
from server.web.dependencies import Files, Reading, database_of
from server.web.forms import SentForm, asking_again
from server.web.pagination import AskedSlice, LinkedPage
from server.web.templates import page, redirect

router = APIRouter()

STATES = {
    ErrandState.WAITING: ("todo", sentence("waits for its turn")),
    ErrandState.AT_WORK: ("wait", sentence("is being done")),
    ErrandState.DONE: ("done", sentence("done")),
    ErrandState.FAILED: ("bad", sentence("not done")),
}
KINDS = {
    ErrandKind.EXPORT: sentence("Data handed over"),
    ErrandKind.ARRIVAL: sentence("Brought here"),
    ErrandKind.DELETION: sentence("Deleted"),
}
_NO_FILE = sentence("Choose a file.")


class Arrival(BaseModel):
    """Where the town that arrives shall live; empty: where it lived."""

    slug: Annotated[str, AfterValidator(lambda typed: usable_slug(typed) if typed else "")] = Field("", max_length=60)


@router.get("/operator/errands", name="operator_errands")
async def show_errands(request: Request, session: Reading, operator: Operator, part: AskedSlice) -> Response:
    found = await errands.list_errands(session, part)
    return page(request, "hosting/errands.html", {"errands": LinkedPage(found, request), **_WORDS})


@router.get("/operator/errands/{errand_id:int}", name="operator_errand")
async def show_errand(request: Request, session: Reading, operator: Operator, errand_id: int) -> Response:
    return page(request, "hosting/errand.html", await _of(session, errand_id))


@router.get("/operator/errands/{errand_id:int}/progress", name="operator_errand_progress")
async def show_progress(request: Request, session: Reading, operator: Operator, errand_id: int) -> Response:
    """The moving part alone; the script puts it in place of the older one."""
    return page(request, "hosting/errand_progress.html", await _of(session, errand_id))


@router.get("/operator/errands/{errand_id:int}/archive", name="operator_archive")
async def fetch_archive(session: Reading, operator: Operator, files: Files, errand_id: int) -> Response:
    errand = await errands.get_errand(session, errand_id)
    path = errands.archive_path(files, errand.archive or "none")
    if not _can_be_fetched(errand) or not await asyncio.to_thread(path.is_file):
        raise NotFound
    name = f"{errand.slug}-{day_of(errand.asked_at)}.zip"
    return FileResponse(path, media_type="application/zip", filename=name)


@router.get("/operator/towns/{municipality_id:int}/export", name="operator_town_export")
async def confirm_export(request: Request, session: Reading, operator: Operator, municipality_id: int) -> Response:
    town = await get_municipality(session, municipality_id)
    return page(request, "hosting/export.html", {"leaving": town, "errors": {}})


@router.post("/operator/towns/{municipality_id:int}/export", name="operator_town_export_ask")
async def ask_export(request: Request, operator: Operator, municipality_id: int, form: SentForm) -> Response:
    database = database_of(request)
    async with database.reading() as session:
        town = await get_municipality(session, municipality_id)
    with asking_again(
        lambda errors, _refusal: page(request, "hosting/export.html", {"leaving": town, "errors": errors}, status=422)
    ):
        await ask_password(database, None, operator, form.text("password"))
        async with database.writing() as session:
            errand = await errands.ask_export(session, municipality_id, operator)
    return redirect(request, "operator_errand", errand_id=errand.id)


@router.get("/operator/towns/{municipality_id:int}/deletion", name="operator_town_deletion")
async def confirm_deletion(
    request: Request, session: Reading, operator: Operator, files: Files, municipality_id: int
) -> Response:
    """What goes, and from how many people, before the name is typed."""
    town = await get_municipality(session, municipality_id)
    one = await queries.get_hosted_town(session, files, town)
    return page(request, "hosting/deletion.html", {"one": one, "name": "", "errors": {}})


@router.post("/operator/towns/{municipality_id:int}/deletion", name="operator_town_delete")
async def ask_deletion(
    request: Request, operator: Operator, files: Files, municipality_id: int, form: SentForm
) -> Response:
    database = database_of(request)
    async with database.reading() as session:
        one = await queries.get_hosted_town(session, files, await get_municipality(session, municipality_id))
    context = {"one": one, "name": form.text("name")}
    with asking_again(
        lambda errors, _refusal: page(request, "hosting/deletion.html", context | {"errors": errors}, status=422)
    ):
        await ask_password(database, None, operator, form.text("password"))
        async with database.writing() as session:
            errand = await errands.ask_deletion(session, municipality_id, operator, form.text("name"))
    return redirect(request, "operator_errand", errand_id=errand.id)


@router.get("/operator/towns/arrival", name="operator_arrival")
async def show_arrival(request: Request, operator: Operator) -> Response:
    return _arrival_page(request, "", {})


@router.post("/operator/towns/arrival", name="operator_arrival_ask")
async def ask_arrival(request: Request, operator: Operator, files: Files, form: SentForm) -> Response:
    with asking_again(lambda errors, _refusal: _arrival_page(request, form.text("slug"), errors)):
        slug = form.parse(Arrival).slug
        if (sent := form.file("file")) is None:
            raise Invalid({"file": _NO_FILE})
        archive = await asyncio.to_thread(errands.store_archive, files, await sent.read())
        async with database_of(request).writing() as session:
            errand = await errands.ask_arrival(session, operator, archive, slug)
    return redirect(request, "operator_errand", errand_id=errand.id)


def _arrival_page(request: Request, slug: str, errors: Mapping[str, str]) -> Response:
    return page(request, "hosting/arrival.html", {"slug": slug, "errors": errors}, status=422 if errors else 200)


_WORDS: Mapping[str, Any] = {"states": STATES, "kinds": KINDS}


def _can_be_fetched(errand: TownErrand) -> bool:
    return errand.kind is ErrandKind.EXPORT and errand.state is ErrandState.DONE and errand.archive != ""


async def _of(session: ReadSession, errand_id: int) -> dict[str, Any]:
    errand = await errands.get_errand(session, errand_id)
    return {
        **_WORDS,
        "errand": errand,
        "is_moving": errand.state in (ErrandState.WAITING, ErrandState.AT_WORK),
        "can_be_fetched": _can_be_fetched(errand),
        "kept_until": errand.finished_at + errands.KEPT if errand.finished_at else None,
        "rows": sum(errand.counts.values()),
    }
