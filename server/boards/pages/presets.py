"""Presets of display: how long each kind of notice hangs, and on which ground."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Administrator, BoardKeeper
from server.boards import service
from server.boards.kinds import BoardKind
from server.boards.queries.presets import get_preset, list_presets
from server.boards.schemas import PresetDraft
from server.boards.words import FORMATS, KINDS
from server.core.i18n import sentence
from server.notices.words import KINDS as NOTICES
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("boards"))])

SAVED = saying("preset-saved", sentence("The preset is saved. What is planned already stays as it is."))
RESTORED = saying("preset-restored", sentence("What the product proposes counts again."))


@router.get("/desk/boards/presets", name="presets")
async def show_presets(request: Request, session: Reading, town: CurrentTown, _staff: BoardKeeper) -> Response:
    return page(request, "boards/presets.html", {"presets": await list_presets(session, town.id), "kinds": KINDS})


@router.get("/desk/boards/presets/new", name="preset_new")
async def show_new_preset(request: Request, town: CurrentTown, _staff: Administrator) -> Response:
    return _page(request, {})


@router.post("/desk/boards/presets", name="preset_add")
async def add_preset(
    request: Request, session: Writing, town: CurrentTown, staff: Administrator, form: SentForm
) -> Response:
    with asking_again(lambda errors, _refusal: _page(request, form.values, errors)):
        await service.add_preset(session, town.id, staff, form.parse(PresetDraft))
    return redirect(request, "presets", said=SAVED)


@router.get("/desk/boards/presets/{code}", name="preset")
async def show_preset(
    request: Request, session: Reading, town: CurrentTown, _staff: Administrator, code: str
) -> Response:
    preset = await get_preset(session, town.id, code)
    return _page(request, preset.model_dump(mode="json"), code=code, is_changed=preset.is_changed)


@router.post("/desk/boards/presets/{code}", name="preset_change")
async def change_preset(
    request: Request, session: Writing, town: CurrentTown, staff: Administrator, code: str, form: SentForm
) -> Response:
    with asking_again(lambda errors, _refusal: _page(request, form.values, errors, code)):
        await service.change_preset(session, town.id, staff, code, form.parse(PresetDraft))
    return redirect(request, "presets", said=SAVED)


@router.post("/desk/boards/presets/{code}/restoration", name="preset_restore")
async def restore_preset(
    request: Request, session: Writing, town: CurrentTown, _staff: Administrator, code: str
) -> Response:
    await service.restore_preset(session, town.id, code)
    return redirect(request, "presets", said=RESTORED)


def _page(
    request: Request,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    code: str = "",
    *,
    is_changed: bool = False,
) -> HTMLResponse:
    context = {
        "values": values,
        "errors": errors or {},
        "code": code,
        "is_changed": is_changed,
        "notice_kinds": [(kind.value, str(name)) for kind, name in NOTICES.items()],
        "board_kinds": [(kind.value, str(name)) for kind, name in KINDS.items() if kind is not BoardKind.FREE],
        "formats": [(size.value, name) for size, name in FORMATS.items()],
    }
    return page(request, "boards/preset.html", context, status=422 if errors else 200)
