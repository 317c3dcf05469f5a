"""Settings → Witness mailboxes: real mailboxes of the town hall's, by which it sees that mails arrive."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.core.i18n import sentence
from server.core.settings import Settings
from server.urgent import witnesses
from server.urgent.schemas import WitnessDraft
from server.web.dependencies import Configuration, CurrentTown, Keys, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

ADDED = saying("witness-added", sentence("Each urgent message is looked for there from now on."))
REMOVED = saying("witness-removed", sentence("This mailbox is no longer looked into."))
_NEW: Mapping[str, Any] = {"address": "", "host": "", "port": 993, "username": ""}


@router.get("/desk/settings/witnesses", name="witnesses")
async def show_witnesses(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, settings: Configuration
) -> Response:
    return _witnesses_page(request, settings, await witnesses.list_witnesses(session, town.id), _NEW)


@router.post("/desk/settings/witnesses", name="witness_add")
async def add(
    request: Request,
    session: Writing,
    town: CurrentTown,
    actor: Administrator,
    secrets: Keys,
    settings: Configuration,
    form: SentForm,
) -> Response:
    known = await witnesses.list_witnesses(session, town.id)
    with asking_again(lambda errors, _refusal: _witnesses_page(request, settings, known, form.values, errors)):
        await witnesses.add_witness(
            session, town.id, secrets, actor, form.parse(WitnessDraft), has_catcher=settings.way_out == "catcher"
        )
    return redirect(request, "witnesses", said=ADDED)


@router.post("/desk/settings/witnesses/{witness_id}/removal", name="witness_remove")
async def remove(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, witness_id: int
) -> Response:
    await witnesses.remove_witness(session, town.id, actor, witness_id)
    return redirect(request, "witnesses", said=REMOVED)


def _witnesses_page(
    request: Request,
    settings: Settings,
    known: object,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
) -> Response:
    context = {
        "witnesses": known,
        "values": {**_NEW, **values},
        "errors": errors or {},
        "has_catcher": settings.way_out == "catcher",
    }
    return page(request, "urgent/witnesses.html", context, status=422 if errors else 200)
