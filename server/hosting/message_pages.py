"""A message to the staff of every town, and how the machine is."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.accounts import messages
from server.accounts.dependencies import Operator
from server.accounts.models import StaffMessage
from server.accounts.schemas import StaffMessageDraft
from server.core.i18n import Message, sentence
from server.instance.doctor import look_over
from server.mailings.domain_pages import VERDICT_MARKS
from server.web.dependencies import Configuration, Reading, Writing, database_of
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect

router = APIRouter()

PARTS: Mapping[str, Message] = {
    "address": sentence("address"),
    "backups": sentence("backups"),
    "clock": sentence("clock"),
    "database": sentence("database"),
    "disk": sentence("disk"),
    "keys": sentence("keys"),
    "queue": sentence("queue"),
    "workers": sentence("workers"),
}
"""What the doctor looks at, in the reader's language."""

POSTED = saying("message-posted", sentence("The staff of every town see it when they arrive."))
WITHDRAWN = saying("message-withdrawn", sentence("The message is taken back."))


@router.get("/operator/message", name="operator_message")
async def show_message(request: Request, session: Reading, operator: Operator) -> Response:
    return _message_page(request, await messages.find_message(session), {}, {})


@router.post("/operator/message", name="operator_message_post")
async def post_message(request: Request, session: Writing, operator: Operator, form: SentForm) -> Response:
    held = await messages.find_message(session)
    with asking_again(lambda errors, _refusal: _message_page(request, held, form.values, errors)):
        await messages.post_message(session, operator, form.parse(StaffMessageDraft))
    return redirect(request, "operator_message", said=POSTED)


@router.post("/operator/message/withdrawal", name="operator_message_withdraw")
async def withdraw_message(request: Request, session: Writing, operator: Operator) -> Response:
    await messages.withdraw_message(session, operator)
    return redirect(request, "operator_message", said=WITHDRAWN)


@router.get("/operator/machine", name="operator_machine")
async def show_machine(request: Request, operator: Operator, settings: Configuration) -> Response:
    """What `tambour doctor` says of the instance."""
    found = await look_over(settings, database_of(request))
    context = {"findings": [(PARTS.get(one.check, one.check), one, *VERDICT_MARKS[one.verdict]) for one in found]}
    return page(request, "hosting/machine.html", context)


def _message_page(
    request: Request, held: StaffMessage | None, values: Mapping[str, Any], errors: Mapping[str, str]
) -> Response:
    context = {"held": held, "values": {"text": "", "last_on": ""} | dict(values), "errors": errors}
    return page(request, "hosting/message.html", context, status=422 if errors else 200)
