"""Use cases that end in a mail to somebody of the staff: invited, sent a new link, or asking for a password."""

import logging
from datetime import timedelta

from server.accounts import queries as accounts
from server.accounts import service as links
from server.accounts import staff
from server.accounts.actors import Actor
from server.accounts.models import LinkPurpose
from server.accounts.schemas import Invited, StaffDraft
from server.core.database import WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.core.limits import count_once
from server.core.secrets import Secrets, token_hash
from server.invitations.mails import Occasion, write_mail
from server.mailings.service import send_message
from server.municipalities.addresses import public_url
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PER_NETWORK = 20  # requests for a new password in an hour
PER_ACCOUNT = 3  # mails in an hour
PER_ACCOUNT_AND_DAY = 10

_NO_SENDER = sentence("Set the address mails come from first: without it no invitation can be sent.")


async def invite(
    session: WriteSession,
    secrets: Secrets,
    municipality_id: int,
    actor: Actor | None,
    draft: StaffDraft,
    *,
    instance_url: str,
) -> Invited:
    """Give somebody roles here and write to them how to begin. Raises Invalid."""
    municipality = await _municipality_that_writes(session, municipality_id, "email")
    invited = await staff.invite_staff(session, municipality_id, actor, draft)
    occasion = Occasion.ADDED if invited.token is None else Occasion.WELCOME
    await _send(session, secrets, municipality, invited.account_id, occasion, invited.token, instance_url)
    return invited


async def send_new_link(
    session: WriteSession,
    secrets: Secrets,
    municipality_id: int,
    actor: Actor,
    account_id: int,
    *,
    instance_url: str,
) -> None:
    """A new link to who lost the first one. It goes to the person, never to who asks for it."""
    municipality = await _municipality_that_writes(session, municipality_id, "roles")
    account = await accounts.get_account(session, account_id)
    token = await staff.renew_link(session, municipality_id, actor, account_id)
    occasion = Occasion.RESET if account.password_hash else Occasion.WELCOME
    await _send(session, secrets, municipality, account_id, occasion, token, instance_url)


async def ask_for_password(
    session: WriteSession, secrets: Secrets, municipality_id: int, email: str, network: str, *, instance_url: str
) -> bool:
    """Send a link to the address if it works here. False when too many were asked for from this network.

    Nothing else in the answer depends on whether the address is known; the count is kept because nothing is raised.
    """
    where = secrets.fingerprint("password-request", network)
    if not await count_once(session, f"password/network/{where}", limit=PER_NETWORK, per=HOUR):
        return False
    who = secrets.fingerprint("password-request", email)
    may_write = await count_once(session, f"password/account/{who}", limit=PER_ACCOUNT, per=HOUR)
    may_write = may_write and await count_once(session, f"password/day/{who}", limit=PER_ACCOUNT_AND_DAY, per=DAY)
    account = await accounts.find_working_account(session, municipality_id, email)
    municipality = await get_municipality(session, municipality_id)
    if account is None or not may_write:
        return True
    if not municipality.sender_address:
        log.warning("no sender address: a password request cannot be answered", extra={"municipality": municipality_id})
        return True
    token = await links.make_link(session, account.id, LinkPurpose.RESET)
    await _send(session, secrets, municipality, account.id, Occasion.RESET, token, instance_url)
    return True


async def _municipality_that_writes(session: WriteSession, municipality_id: int, field: str) -> Municipality:
    municipality = await get_municipality(session, municipality_id)
    if not municipality.sender_address:
        raise Invalid({field: _NO_SENDER}, _NO_SENDER)
    return municipality


async def _send(
    session: WriteSession,
    secrets: Secrets,
    municipality: Municipality,
    account_id: int,
    occasion: Occasion,
    token: str | None,
    instance_url: str,
) -> None:
    account = await accounts.get_account(session, account_id)
    door = f"{public_url(municipality, instance_url)}/desk"
    mail = write_mail(municipality, account, occasion, f"{door}/welcome/{token}" if token else f"{door}/sign-in")
    await send_message(
        session,
        municipality.id,
        secrets,
        subject=mail.subject,
        message=mail.message,
        address=account.email,
        idempotency_key=f"staff-{token_hash(token or f'{municipality.id} {account_id}')[:60]}",
        origin=f"account:{account_id}",
        to_staff=True,
    )
