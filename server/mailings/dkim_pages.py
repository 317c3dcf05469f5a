"""Settings → Signature of mails: the town's keys, and the DNS records to publish, ready to be copied."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.core.secrets import BadToken, Secrets
from server.mailings import signing
from server.mailings.dkim import Algorithm
from server.mailings.dkim_records import record_name, record_of
from server.mailings.models import DkimKey, DkimState
from server.municipalities.queries import get_municipality
from server.web.dependencies import CurrentTown, Keys, Reading, Writing
from server.web.forms import SentForm
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

MADE = saying("key-made", sentence("The key is made. It signs as soon as its record is published."))
REMOVED = saying("key-removed", sentence("The key is removed: it signs nothing more."))
STATES = {
    DkimState.WAITING: ("wait", sentence("waits for its record")),
    DkimState.SIGNING: ("done", sentence("signs")),
    DkimState.RETIRED: ("off", sentence("replaced; leave its record where it is for a week")),
}


@dataclass(frozen=True)
class KeyLine:
    """A key on the page; `record` is empty if the key cannot be opened."""

    key: DkimKey
    name: str
    record: str


@router.get("/desk/settings/signing", name="signing")
async def show_signing(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, secrets: Keys
) -> Response:
    municipality = await get_municipality(session, town.id)
    lines = [_line(key, secrets) for key in await signing.list_keys(session, town.id)]
    domain = municipality.sender_address.rpartition("@")[2]
    context = {"lines": lines, "domain": domain, "states": STATES, "algorithms": list(Algorithm)}
    return page(request, "mailings/signing.html", context)


@router.post("/desk/settings/signing", name="signing_make")
async def make_key(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, secrets: Keys, form: SentForm
) -> Response:
    domain = (await get_municipality(session, town.id)).sender_address.rpartition("@")[2]
    if not domain:
        raise Conflict(sentence("First give the address mails come from: a key speaks for its domain."))
    algorithm = Algorithm.ED25519 if form.text("algorithm") == Algorithm.ED25519 else Algorithm.RSA
    await signing.make_key(session, town.id, secrets, actor, domain=domain, algorithm=algorithm)
    return redirect(request, "signing", said=MADE)


@router.post("/desk/settings/signing/{key_id:int}/removal", name="signing_remove")
async def remove_key(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, key_id: int
) -> Response:
    await signing.remove_key(session, town.id, actor, key_id)
    return redirect(request, "signing", said=REMOVED)


def _line(key: DkimKey, secrets: Secrets) -> KeyLine:
    try:
        record = record_of(signing.open_key(key, secrets))
    except BadToken:
        record = ""
    return KeyLine(key, record_name(key.domain, key.selector), record)
