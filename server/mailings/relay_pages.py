"""Settings → Relay: the town's own way out for its mail, if it has one."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.core.i18n import sentence
from server.core.settings import Settings
from server.mailings import town_relays
from server.mailings.models import RelayTls, TownRelay
from server.mailings.schemas import RelayDraft
from server.web.dependencies import Configuration, CurrentTown, Keys, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

SAVED = saying("relay-saved", sentence("The town’s mails leave by this relay from now on."))
REMOVED = saying("relay-removed", sentence("The town’s mails leave as those of the whole instance do."))

_NEW: dict[str, Any] = {
    "host": "",
    "port": 587,
    "tls": RelayTls.STARTTLS,
    "username": "",
    "per_day": 0,
    "per_hour": 0,
}


@router.get("/desk/settings/relay", name="relay")
async def show_relay(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, settings: Configuration
) -> Response:
    relay = await town_relays.find_relay(session, town.id)
    return _relay_page(request, settings, relay.model_dump() if relay else _NEW, relay=relay)


@router.post("/desk/settings/relay", name="relay_save")
async def save_relay(
    request: Request,
    session: Writing,
    town: CurrentTown,
    actor: Administrator,
    secrets: Keys,
    settings: Configuration,
    form: SentForm,
) -> Response:
    relay = await town_relays.find_relay(session, town.id)
    with asking_again(lambda errors, _refusal: _relay_page(request, settings, form.values, errors, relay=relay)):
        await town_relays.set_relay(session, town.id, secrets, actor, form.parse(RelayDraft))
    return redirect(request, "settings", said=SAVED)


@router.post("/desk/settings/relay/removal", name="relay_remove")
async def remove_relay(request: Request, session: Writing, town: CurrentTown, actor: Administrator) -> Response:
    await town_relays.remove_relay(session, town.id, actor)
    return redirect(request, "settings", said=REMOVED)


def _relay_page(
    request: Request,
    settings: Settings,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    *,
    relay: TownRelay | None,
) -> Response:
    context = {
        "values": _NEW | dict(values),
        "errors": errors or {},
        "is_set": relay is not None,
        "has_password": bool(relay and relay.sealed_password),
        "way": settings.way_out,
    }
    return page(request, "mailings/relay.html", context, status=422 if errors else 200)
