"""Use cases that work out a password: short transactions with the slow work between them, never inside.

Attempts are counted before the password is looked at, and the count is committed: failing does not undo it. The limits
never lock the owner out: they hold per network, and while an account is under attack only networks from which nobody
ever signed in to it are slowed down further.
"""

import logging
from datetime import timedelta

from server.accounts import audit, queries, service
from server.accounts.actors import Actor
from server.accounts.models import Account
from server.accounts.password_rules import refuse_weak
from server.accounts.passwords import hash_password, is_outdated, is_right
from server.accounts.schemas import Attempt
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.errors import Invalid, NotFound, TooMany
from server.core.i18n import sentence
from server.core.limits import count_once, start_afresh
from server.core.secrets import Secrets, token_hash

log = logging.getLogger(__name__)

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
PER_ACCOUNT_AND_NETWORK = 10
PER_NETWORK = 100
CALM = 50  # attempts on one account in a day; above it, it is under attack
PER_STRANGE_NETWORK = 3  # attempts in a day on an account under attack

_TOO_MANY = sentence("Too many attempts from here. Wait a quarter of an hour, or ask for a new password.")
LINK_GONE = sentence("This link was used already, or it is too old. Ask for a new one.")


async def sign_in(database: Database, secrets: Secrets, municipality_id: int | None, attempt: Attempt) -> str | None:
    """A new session's token, or None: the address or the password is wrong. Raises TooMany.

    Whether the address is known changes neither the answer nor the work done. No municipality: the instance's own door.
    """
    async with database.writing() as session:
        may_try = await _count_attempt(session, secrets, attempt)
    if not may_try:
        raise TooMany(_TOO_MANY, int(QUARTER.total_seconds()))
    async with database.reading() as reading:
        account = await queries.find_working_account(reading, municipality_id, attempt.email)
    stored = account.password_hash if account else None
    right = await is_right(stored, attempt.password)
    renewed = await hash_password(attempt.password) if right and stored and is_outdated(stored) else None
    async with database.writing() as session:
        if not right or account is None:
            await _record_refusal(session, municipality_id, account)
            return None
        return await _open(session, secrets, municipality_id, account, attempt, renewed)


async def change_password(
    database: Database, municipality_id: int | None, actor: Actor, *, current: str, new: str, context: tuple[str, ...]
) -> None:
    """A new password for who knows the current one; all their other sessions end. Raises Invalid, TooMany."""
    refuse_weak(new, context, field="new")
    await ask_password(database, municipality_id, actor, current, field="current")
    hashed = await hash_password(new)
    async with database.writing() as session:
        account = await queries.get_account(session, actor.account_id)
        await service.set_password(session, account, hashed, keep_session_id=actor.session_id)
        await audit.record(session, municipality_id, account.id, audit.PASSWORD_CHANGED, "account", account.id)


async def ask_password(
    database: Database, municipality_id: int | None, actor: Actor, password: str, *, field: str = "password"
) -> None:
    """Somebody signed in proves to be themselves once more before something grave. Raises Invalid at `field`, TooMany."""
    async with database.writing() as session:
        key = f"password-asked/{actor.account_id}"
        may_try = await count_once(session, key, limit=PER_ACCOUNT_AND_NETWORK, per=QUARTER)
        account = await queries.get_account(session, actor.account_id)
    if not may_try:
        raise TooMany(_TOO_MANY, int(QUARTER.total_seconds()))
    if not await is_right(account.password_hash, password):
        async with database.writing() as session:
            await audit.record(session, municipality_id, actor.account_id, audit.PASSWORD_REFUSED)
        raise Invalid({field: sentence("This is not your current password.")})


async def use_link(
    database: Database, municipality_id: int | None, token: str, password: str, context: tuple[str, ...]
) -> None:
    """Choose a password by a one-time link. Raises NotFound if it opens nothing, Invalid if the password is weak."""
    async with database.reading() as reading:
        found = await queries.find_link(reading, municipality_id, token_hash(token))
    if found is None:
        raise NotFound(LINK_GONE, "link_gone")
    refuse_weak(password, (*context, found[1].name, found[1].email))
    hashed = await hash_password(password)
    async with database.writing() as session:
        # Found again: whoever else used the link meanwhile was first, and the second finds nothing.
        found = await queries.find_link(session, municipality_id, token_hash(token))
        if found is None or not await service.take_link(session, found[0].id):
            raise NotFound(LINK_GONE, "link_gone")
        link, account = found
        await service.set_password(session, account, hashed)
        await audit.record(
            session, municipality_id, account.id, audit.LINK_USED, "account", account.id, {"purpose": link.purpose}
        )


async def _count_attempt(session: WriteSession, secrets: Secrets, attempt: Attempt) -> bool:
    """Count one attempt on an account from a network; False when it is one too many."""
    pair, stranger, network, account = _keys(secrets, attempt)
    pair_may = await count_once(session, pair, limit=PER_ACCOUNT_AND_NETWORK, per=QUARTER)
    network_may = await count_once(session, network, limit=PER_NETWORK, per=QUARTER)
    is_calm = await count_once(session, account, limit=CALM, per=DAY)
    stranger_may = await count_once(session, stranger, limit=PER_STRANGE_NETWORK, per=DAY)
    if not (is_calm or stranger_may):
        since = clock.now() - service.NETWORK_REMEMBERED
        stranger_may = await queries.is_known_network(session, attempt.email, _place(secrets, attempt), since)
    return pair_may and network_may and (is_calm or stranger_may)


def _keys(secrets: Secrets, attempt: Attempt) -> tuple[str, str, str, str]:
    who = secrets.fingerprint("sign-in", attempt.email)
    pair = secrets.fingerprint("sign-in", f"{attempt.email} {attempt.network}")
    where = secrets.fingerprint("sign-in", attempt.network)
    return f"sign-in/pair/{pair}", f"sign-in/stranger/{pair}", f"sign-in/network/{where}", f"sign-in/account/{who}"


def _place(secrets: Secrets, attempt: Attempt) -> str:
    return secrets.fingerprint("staff-network", f"{attempt.email} {attempt.network}")


async def _record_refusal(session: WriteSession, municipality_id: int | None, account: Account | None) -> None:
    account_id = account.id if account else None
    kind = "account" if account else ""
    await audit.record(session, municipality_id, None, audit.SIGN_IN_REFUSED, kind, account_id)
    log.info("sign-in refused", extra={"municipality": municipality_id, "account": account_id})


async def _open(
    session: WriteSession,
    secrets: Secrets,
    municipality_id: int | None,
    seen: Account,
    attempt: Attempt,
    renewed: str | None,
) -> str | None:
    """Open the session, unless the account changed while its password was worked out."""
    account = await queries.find_working_account(session, municipality_id, attempt.email)
    if account is None or account.password_hash != seen.password_hash:
        return None
    if renewed:
        account.password_hash = renewed
        session.add(account)
    if attempt.old_token:
        await service.end_session_of_token(session, attempt.old_token)
    pair, stranger, _network, _account = _keys(secrets, attempt)
    await start_afresh(session, pair)
    await start_afresh(session, stranger)
    token = await service.open_session(
        session, account.id, device=attempt.device, network_hash=_place(secrets, attempt)
    )
    await audit.record(session, municipality_id, account.id, audit.SIGNED_IN)
    return token
