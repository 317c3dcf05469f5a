"""Erasure (RGPD art. 17): everything that names somebody goes, at once. A keyed mark of the address stays, so that a
list imported later does not bring them back.
"""

from sqlalchemy import delete, false, or_, update
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import WriteSession
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.mailings.leaving import forget_address, forget_recipient, suppress_address
from server.mailings.models import SuppressionReason
from server.prints.service import forget_names
from server.residents import queries, rules
from server.residents.form_models import FormState, PaperForm
from server.residents.households import leave_household
from server.residents.import_erasing import discard_lists_naming
from server.residents.models import JoinRequest, RequestKind, Resident

ERASED = action("resident.erased", sentence("Erased somebody"))
_AT_ONCE = 20  # each is looked for in every list that waits, and nobody else writes meanwhile


async def erase_resident(
    session: WriteSession, secrets: Secrets, municipality_id: int, actor: Actor | None, resident_id: int
) -> None:
    """Nobody is left in any table; ledgers keep their sums. Raises NotFound. Without an actor it was the clock."""
    resident = await queries.get_resident(session, municipality_id, resident_id)
    await _forget(session, secrets, resident)
    await record(session, municipality_id, actor.account_id if actor else None, ERASED, "resident", resident_id)


async def _forget(session: WriteSession, secrets: Secrets, resident: Resident) -> None:
    town_id = resident.municipality_id
    if resident.email:
        await suppress_address(session, town_id, secrets, resident.email, SuppressionReason.ERASED)
        await forget_address(session, town_id, resident.email)
    await forget_recipient(session, town_id, resident.id)
    by_email = col(JoinRequest.email_key) == resident.email_key if resident.email_key else false()
    theirs = (col(JoinRequest.municipality_id) == town_id, or_(col(JoinRequest.resident_id) == resident.id, by_email))
    for address in set(await session.scalars(select(JoinRequest.email).where(*theirs))) - {""}:
        # A new address that they never confirmed is theirs too.
        await forget_address(session, town_id, address)
    await session.execute(delete(JoinRequest).where(*theirs))
    sheets = update(PaperForm).where(col(PaperForm.resident_id) == resident.id)
    await session.execute(sheets.values(resident_id=None, state=FormState.ERASED))
    await leave_household(session, resident)
    await discard_lists_naming(session, resident)
    await forget_names(session, town_id)
    # Subscriptions, places and proofs go with the row.
    await session.execute(delete(Resident).where(col(Resident.id) == resident.id))


async def forget_requests(session: WriteSession) -> None:
    """For the clock, all towns: requests nobody confirmed or checked in time, and confirmed ones, which did their work.

    Questions to those of whom nothing was heard are `retention`'s to end.
    """
    over = (col(JoinRequest.expires_at) < clock.now(), col(JoinRequest.kind) != RequestKind.AGAIN)
    await session.execute(delete(JoinRequest).where(*over))


async def forget_long_gone(session: WriteSession, secrets: Secrets) -> bool:
    """For the clock, all towns: some who left so long ago that no proof is needed any more; whether there may be others."""
    query = select(Resident).where(col(Resident.left_at) < clock.now() - rules.KEPT_AFTER_LEAVING).limit(_AT_ONCE)
    found = list(await session.scalars(query))
    for resident in found:
        await erase_resident(session, secrets, resident.municipality_id, None, resident.id)
    return len(found) == _AT_ONCE
