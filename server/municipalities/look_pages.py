"""Two sections of the settings that need more than a form: the colour with the logo, and the town's own host name."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.core.colour import contrast, readable_on
from server.core.settings import Settings
from server.municipalities import queries, service
from server.municipalities.dependencies import DARK_PAPER, PAPER
from server.municipalities.logo import prepare_logo
from server.municipalities.pages import SAVED
from server.municipalities.quotas import refuse_heavier
from server.municipalities.schemas import Look, OwnHost
from server.web.dependencies import Configuration, CurrentTown, Files, Reading, Writing, database_of
from server.web.forms import Form, SentForm, asking_again
from server.web.templates import page, redirect, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("settings"))])


@router.get("/desk/settings/look", name="settings_look")
async def show_look(request: Request, session: Reading, town: CurrentTown, actor: Administrator) -> Response:
    municipality = await queries.get_municipality(session, town.id)
    return _look_page(request, municipality.civic_colour, municipality.civic_colour)


@router.post("/desk/settings/look", name="settings_look_save")
async def save_look(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, files: Files, form: SentForm
) -> Response:
    typed = form.text("civic_colour")
    with asking_again(lambda errors, _refusal: _look_page(request, typed, town.civic, errors)):
        change = form.parse(Look)
        logo = await _sent_logo(form)  # before the session is used: nothing is locked while a picture is decoded
        await refuse_heavier(database_of(request), files, town.id, len(logo or b""), field="logo")
        await service.change_look(
            session, town.id, actor, change, files=files, logo=logo, without_logo=bool(form.text("without_logo"))
        )
    return redirect(request, "settings", said=SAVED)


@router.get("/desk/settings/host", name="settings_host")
async def show_host(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, settings: Configuration
) -> Response:
    return _host_page(request, town, settings, {"host": town.host or ""})


@router.post("/desk/settings/host", name="settings_host_save")
async def save_host(
    request: Request,
    session: Writing,
    town: CurrentTown,
    actor: Administrator,
    settings: Configuration,
    form: SentForm,
) -> Response:
    with asking_again(lambda errors, _refusal: _host_page(request, town, settings, form.values, errors)):
        hosts = _hosts_of_the_instance(request, town, settings)
        await service.change_host(session, town.id, actor, form.parse(OwnHost), instance_hosts=hosts)
    return redirect(request, "settings", said=SAVED)


async def _sent_logo(form: Form) -> bytes | None:
    upload = form.file("logo")
    return None if upload is None else await prepare_logo(await upload.read())


def _hosts_of_the_instance(request: Request, town: Town, settings: Settings) -> frozenset[str]:
    """Names that lead to every town, so none may take them: the one in the settings, and the one just used."""
    used = request.headers.get("host", "").rsplit(":", 1)[0].lower()
    found = {urlsplit(settings.url).hostname or "", used if town.prefix else ""}
    return frozenset(found - {""})


def _look_page(request: Request, typed: str, colour: str, errors: Mapping[str, str] | None = None) -> Response:
    """The colour as chosen, and as it is shown where it would be too pale or too dark to be read."""
    shown = [(paper, readable_on(colour, paper)) for paper in (PAPER, DARK_PAPER)]
    context = {
        "typed": typed,
        "colour": colour,
        "errors": errors or {},
        "shown": [(paper, shade, round(contrast(shade, paper), 1)) for paper, shade in shown],
    }
    return page(request, "municipalities/look.html", context, status=422 if errors else 200)


def _host_page(
    request: Request,
    town: Town,
    settings: Settings,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
) -> Response:
    folder = f"{settings.url}/{town.slug}"
    instance = urlsplit(settings.url).hostname
    context = {"values": values, "errors": errors or {}, "folder": folder, "instance": instance}
    return page(request, "municipalities/host.html", context, status=422 if errors else 200)
