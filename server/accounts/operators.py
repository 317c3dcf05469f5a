"""Who runs the instance: accounts of their own, made and let in again on the machine itself. None of them works in a town.

An account that worked in a town could be opened by who reads that town's mail; the instance's door would be open to them.
"""

from sqlmodel import col, select

from server.accounts import audit, queries, service, staff
from server.accounts.models import LinkPurpose, RoleGrant
from server.accounts.schemas import Invited, OperatorDraft
from server.core.database import WriteSession
from server.core.errors import Invalid, NotFound
from server.core.i18n import sentence

OPERATOR_NAMED = audit.action("operator.named", sentence("Named somebody who runs the instance"))
_WORKS = sentence("This address works in a town. Who runs the instance has an address of their own: choose another.")


async def create_operator(session: WriteSession, draft: OperatorDraft) -> Invited:
    """Somebody may run the instance. Raises Invalid for who holds a role in a town."""
    account = await staff.get_or_create_account(session, draft)
    works = select(RoleGrant.id).where(col(RoleGrant.account_id) == account.id).limit(1)
    if await session.scalar(works) is not None:
        raise Invalid({"email": _WORKS}, _WORKS)
    account.is_operator = True
    session.add(account)
    await audit.record(session, None, None, OPERATOR_NAMED, "account", account.id)
    if account.password_hash is not None:
        return Invited(account.id, None)
    return Invited(account.id, await service.make_link(session, account.id, LinkPurpose.WELCOME))


async def renew_operator_link(session: WriteSession, email: str) -> str:
    """A new link for who lost the first one, or the password. Raises NotFound."""
    account = await queries.find_account_by_email(session, email.strip().lower())
    if account is None or not account.is_operator:
        raise NotFound(sentence("Nobody with this address runs the instance."))
    purpose = LinkPurpose.RESET if account.password_hash else LinkPurpose.WELCOME
    await audit.record(session, None, None, audit.LINK_MADE, "account", account.id, {"purpose": purpose})
    return await service.make_link(session, account.id, purpose)
