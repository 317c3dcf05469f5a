"""Who works in a municipality: invited, given roles, disabled and enabled. One town never decides for another."""

from collections.abc import Collection

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from server.accounts import audit, queries, service, tokens
from server.accounts.actors import Actor
from server.accounts.models import Account, LinkPurpose, Role, RoleGrant
from server.accounts.schemas import Invited, OperatorDraft, StaffDraft
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid, NotFound
from server.core.i18n import sentence
from server.web.forms import validated

_LAST = sentence("Nobody else administers this municipality. Name another administrator first.")
_WORKS_HERE = sentence("This person is on the list of staff already: change their roles there.")
_HOSTS = sentence("This address belongs to who hosts Tambour, and works in no town. Use another one.")
_HAS_ONE = sentence("This municipality already has an administrator, who can invite others.")


async def create_first_administrator(
    session: WriteSession, municipality_id: int, *, name: str, email: str, language: str = "fr"
) -> Invited:
    """The person who will set the town up, with a one-time link. Raises Conflict if somebody administers it, Invalid."""
    if await _administrators(session, municipality_id):
        raise Conflict(_HAS_ONE, "has_administrator")
    given = {"name": name, "email": email, "language": language, "roles": [Role.ADMINISTRATOR]}
    draft = validated(StaffDraft, given)
    return await invite_staff(session, municipality_id, None, draft)


async def invite_staff(session: WriteSession, municipality_id: int, actor: Actor | None, draft: StaffDraft) -> Invited:
    """Give somebody roles here, with an account if they have none. `actor` is None on the command line.

    The link in the answer is for the person alone: to who invites, it would open the account of somebody else.
    """
    account = await get_or_create_account(session, draft)
    if account.is_operator:
        raise Invalid({"email": _HOSTS}, _HOSTS)
    if await queries.has_roles(session, municipality_id, account.id):
        raise Invalid({"email": _WORKS_HERE}, _WORKS_HERE)
    await _give_roles(session, municipality_id, actor, account.id, draft.roles)
    who = actor.account_id if actor else None
    detail = {"roles": [role.value for role in draft.roles]}
    await audit.record(session, municipality_id, who, audit.STAFF_INVITED, "account", account.id, detail)
    if account.password_hash is not None:
        return Invited(account.id, None)
    return Invited(account.id, await service.make_link(session, account.id, LinkPurpose.WELCOME))


async def renew_link(session: WriteSession, municipality_id: int, actor: Actor | None, account_id: int) -> str:
    """A new link for who lost the first one, or the password. Raises NotFound for who does not work here."""
    if not await queries.roles_of(session, municipality_id, account_id):
        raise NotFound
    account = await queries.get_account(session, account_id)
    purpose = LinkPurpose.RESET if account.password_hash else LinkPurpose.WELCOME
    who = actor.account_id if actor else None
    await audit.record(session, municipality_id, who, audit.LINK_MADE, "account", account_id, {"purpose": purpose})
    return await service.make_link(session, account_id, purpose)


async def change_roles(
    session: WriteSession, municipality_id: int, actor: Actor, account_id: int, roles: Collection[Role]
) -> None:
    """Exactly these roles, from now on. What the person had open elsewhere ends; who changes their own stays here."""
    member = await queries.get_staff_member(session, municipality_id, account_id)
    held = member.roles
    if held == frozenset(roles):
        return
    if Role.ADMINISTRATOR not in roles:
        await _refuse_last(session, municipality_id, account_id)
        await tokens.revoke_tokens_of(session, municipality_id, actor, account_id)
    await _give_roles(session, municipality_id, actor, account_id, set(roles) - held, member.is_disabled)
    await session.execute(
        delete(RoleGrant).where(
            col(RoleGrant.municipality_id) == municipality_id,
            col(RoleGrant.account_id) == account_id,
            col(RoleGrant.role).not_in(list(roles)),
        )
    )
    await service.end_sessions(session, account_id, but=actor.session_id)
    detail = {"from": sorted(held), "to": sorted(roles)}
    await audit.record(session, municipality_id, actor.account_id, audit.ROLES_CHANGED, "account", account_id, detail)


async def disable_staff(session: WriteSession, municipality_id: int, actor: Actor, account_id: int) -> None:
    """The person can do nothing here until enabled: sessions, links and tokens end at once."""
    await queries.get_staff_member(session, municipality_id, account_id)
    await _refuse_last(session, municipality_id, account_id)
    await _suspend(session, municipality_id, account_id, suspended=True)
    await service.end_sessions(session, account_id)
    await service.void_links(session, account_id)
    await tokens.revoke_tokens_of(session, municipality_id, actor, account_id)
    await audit.record(session, municipality_id, actor.account_id, audit.STAFF_DISABLED, "account", account_id)


async def enable_staff(session: WriteSession, municipality_id: int, actor: Actor, account_id: int) -> None:
    """The roles held before hold again."""
    await queries.get_staff_member(session, municipality_id, account_id)
    await _suspend(session, municipality_id, account_id, suspended=False)
    await audit.record(session, municipality_id, actor.account_id, audit.STAFF_ENABLED, "account", account_id)


async def get_or_create_account(session: WriteSession, draft: OperatorDraft) -> Account:
    """The account of an address, made if there is none, and held until the end: two invitations come one after another."""
    account = await queries.find_account_by_email(session, draft.email, locked=True)
    if account is not None:
        return account
    account = Account(email=draft.email, name=draft.name, language=draft.language, created_at=clock.now())
    try:
        async with session.begin_nested():
            session.add(account)
    except IntegrityError:
        return await queries.get_account_by_email(session, draft.email, locked=True)
    return account


async def _give_roles(
    session: WriteSession,
    municipality_id: int,
    actor: Actor | None,
    account_id: int,
    roles: Collection[Role],
    suspended: bool = False,
) -> None:
    now = clock.now()
    session.add_all(
        RoleGrant(
            municipality_id=municipality_id,
            account_id=account_id,
            role=role,
            granted_at=now,
            granted_by_id=actor.account_id if actor else None,
            suspended_at=now if suspended else None,
        )
        for role in sorted(set(roles))
    )
    await session.flush()


async def _suspend(session: WriteSession, municipality_id: int, account_id: int, *, suspended: bool) -> None:
    await session.execute(
        update(RoleGrant)
        .where(col(RoleGrant.municipality_id) == municipality_id, col(RoleGrant.account_id) == account_id)
        .values(suspended_at=clock.now() if suspended else None)
    )


async def _refuse_last(session: WriteSession, municipality_id: int, account_id: int) -> None:
    """Raise Invalid if nobody but this person administers the town."""
    administrators = await _administrators(session, municipality_id)
    if administrators == {account_id}:
        raise Invalid({"roles": _LAST}, _LAST)


async def _administrators(session: WriteSession, municipality_id: int) -> set[int]:
    """Who administers the town today. The rows are locked: two administrators cannot remove each other at once."""
    query = (
        select(RoleGrant.account_id)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(
            col(RoleGrant.municipality_id) == municipality_id,
            col(RoleGrant.role) == Role.ADMINISTRATOR,
            col(RoleGrant.suspended_at).is_(None),
            col(Account.disabled_at).is_(None),
        )
        .with_for_update(of=RoleGrant)
    )
    return set(await session.scalars(query))
