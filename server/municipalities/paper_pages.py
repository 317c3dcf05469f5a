"""The style sheet of paper: two faces among those shipped, margins, and a sheet that shows what they make."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Administrator
from server.core.files import FileStore
from server.core.i18n import Message, sentence
from server.municipalities import queries, service
from server.municipalities.models import Municipality
from server.municipalities.pages import SAVED
from server.municipalities.paper import logo_of, style_of
from server.municipalities.schemas import PaperLook
from server.press.errors import PressError
from server.press.specimen import Specimen, preview_specimen
from server.press.style import FACES, MARGINS, Style
from server.web.dependencies import CurrentTown, Files, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.pictures import held
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

_CHARACTERS: Mapping[str, Message] = {
    "source_sans": sentence("Source Sans: plain, without serifs"),
    "source_serif": sentence("Source Serif: its sister, with serifs"),
    "libertinus": sentence("Libertinus Serif: a book’s"),
}


@router.get("/desk/settings/paper", name="settings_paper")
async def show_paper(
    request: Request, session: Reading, town: CurrentTown, files: Files, _actor: Administrator
) -> Response:
    municipality = await queries.get_municipality(session, town.id)
    values = PaperLook.model_validate(municipality, from_attributes=True).model_dump()
    sheet = await _specimen(files, municipality, style_of(municipality))
    return _form(request, values, {}, sheet)


@router.post("/desk/settings/paper", name="settings_paper_save")
async def save_paper(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, form: SentForm
) -> Response:
    with asking_again(lambda errors, _refusal: _form(request, form.values, errors, "")):
        await service.change_settings(session, town.id, actor, form.parse(PaperLook))
    return redirect(request, "settings_paper", said=SAVED)


@router.post("/desk/settings/paper/specimen", name="settings_paper_specimen")
async def preview_paper(
    request: Request, session: Reading, town: CurrentTown, files: Files, _actor: Administrator, form: SentForm
) -> Response:
    """What static/js/preview.js asks for while somebody chooses. Changes nothing."""
    look = form.parse(PaperLook)
    municipality = await queries.get_municipality(session, town.id)
    style = Style(look.paper_titles, look.paper_reading, look.paper_margin_mm)
    return page(request, "municipalities/specimen.html", {"sheet_src": await _specimen(files, municipality, style)})


async def _specimen(files: FileStore, municipality: Municipality, style: Style) -> str:
    """The sheet as an address that holds it; nothing when the press does not answer."""
    logo = await logo_of(files, municipality)
    specimen = Specimen(municipality.name, municipality.phone, municipality.civic_colour, logo, style)
    try:
        return held(await preview_specimen(specimen))
    except PressError:
        return ""


def _form(request: Request, values: Mapping[str, Any], errors: Mapping[str, str], sheet: str) -> HTMLResponse:
    context = {
        "values": {**dict.fromkeys(PaperLook.model_fields, ""), **values},
        "errors": errors,
        "sheet_src": sheet,
        "faces": [(name, _CHARACTERS[name]) for name in FACES],
        "margins": (MARGINS[0], MARGINS[-1]),
    }
    return page(request, "municipalities/paper.html", context, status=422 if errors else 200)
