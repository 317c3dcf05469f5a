"""Questions about staff: who is signed in, who works here, which tokens and links still open a door."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from server.accounts.models import Account, ApiToken, OneTimeLink, Role, RoleGrant, StaffSession
from server.accounts.schemas import StaffMember
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound


@dataclass(frozen=True)
class SignedIn:
    """A living session and whose it is."""

    session_id: int
    account: Account


async def find_signed_in(session: ReadSession, token_hash: str) -> SignedIn | None:
    """The session behind a cookie, unless it ended, expired, or its account was disabled."""
    query = (
        select(StaffSession.id, Account)
        .join(Account, col(Account.id) == col(StaffSession.account_id))
        .where(col(StaffSession.token_hash) == token_hash, _is_living(), col(Account.disabled_at).is_(None))
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else SignedIn(row[0], row[1])


async def roles_of(session: ReadSession, municipality_id: int, account_id: int) -> frozenset[Role]:
    """What somebody may do in one municipality; nothing while they are disabled there."""
    query = select(RoleGrant.role).where(
        col(RoleGrant.municipality_id) == municipality_id,
        col(RoleGrant.account_id) == account_id,
        col(RoleGrant.suspended_at).is_(None),
    )
    return frozenset(await session.scalars(query))


async def find_working_account(session: ReadSession, municipality_id: int | None, email: str) -> Account | None:
    """The account of an address, if it may sign in here today. `None` is the instance's own door, for who runs it."""
    query = select(Account).where(
        col(Account.email) == email, col(Account.disabled_at).is_(None), _works_in(municipality_id)
    )
    return (await session.scalars(query)).one_or_none()


async def find_account_by_email(session: ReadSession, email: str, *, locked: bool = False) -> Account | None:
    """The account of an address, wherever it works; `locked`: nobody else changes it until this use case ends."""
    query = select(Account).where(col(Account.email) == email)
    return (await session.scalars(query.with_for_update() if locked else query)).one_or_none()


async def get_account_by_email(session: ReadSession, email: str, *, locked: bool = False) -> Account:
    account = await find_account_by_email(session, email, locked=locked)
    if account is None:
        raise NotFound
    return account


async def has_roles(session: ReadSession, municipality_id: int, account_id: int) -> bool:
    """Whether somebody is on the list of staff, disabled or not."""
    query = select(RoleGrant.id).where(
        col(RoleGrant.municipality_id) == municipality_id, col(RoleGrant.account_id) == account_id
    )
    return (await session.scalar(query.limit(1))) is not None


async def get_account(session: ReadSession, account_id: int) -> Account:
    account = await session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


async def find_link(
    session: ReadSession, municipality_id: int | None, token_hash: str
) -> tuple[OneTimeLink, Account] | None:
    """A one-time link that still opens, and whose it is. Here means: for somebody who works here."""
    query = (
        select(OneTimeLink, Account)
        .join(Account, col(Account.id) == col(OneTimeLink.account_id))
        .where(
            col(OneTimeLink.token_hash) == token_hash,
            col(OneTimeLink.used_at).is_(None),
            col(OneTimeLink.expires_at) > clock.now(),
            col(Account.disabled_at).is_(None),
            _works_in(municipality_id),
        )
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def is_known_network(session: ReadSession, email: str, network_hash: str, since: datetime) -> bool:
    """Whether the account of `email` was signed in to from this network lately."""
    query = (
        select(StaffSession.id)
        .join(Account, col(Account.id) == col(StaffSession.account_id))
        .where(
            col(Account.email) == email,
            col(StaffSession.network_hash) == network_hash,
            col(StaffSession.created_at) > since,
        )
        .limit(1)
    )
    return (await session.scalar(query)) is not None


async def list_living_sessions(session: ReadSession, account_id: int) -> list[StaffSession]:
    """Where somebody is signed in, the latest first."""
    query = (
        select(StaffSession)
        .where(col(StaffSession.account_id) == account_id, _is_living())
        .order_by(col(StaffSession.created_at).desc(), col(StaffSession.id).desc())
    )
    return list(await session.scalars(query))


async def list_staff(session: ReadSession, municipality_id: int) -> list[StaffMember]:
    """Everybody with a role here, disabled or not, by name."""
    seen = (
        select(func.max(col(StaffSession.created_at)))
        .where(col(StaffSession.account_id) == col(Account.id))
        .correlate(Account)
        .scalar_subquery()
    )
    query = (
        select(Account, RoleGrant, seen)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(col(RoleGrant.municipality_id) == municipality_id)
        .order_by(col(Account.name), col(Account.id), col(RoleGrant.role))
    )
    people: dict[int, list[tuple[Account, RoleGrant, datetime | None]]] = {}
    for account, grant, last_seen in await session.execute(query):
        people.setdefault(account.id, []).append((account, grant, last_seen))
    return [_member(rows) for rows in people.values()]


async def get_staff_member(session: ReadSession, municipality_id: int, account_id: int) -> StaffMember:
    """Raises NotFound for who has no role here, wherever else they work."""
    for member in await list_staff(session, municipality_id):
        if member.account_id == account_id:
            return member
    raise NotFound


async def find_api_token(session: ReadSession, municipality_id: int, token_hash: str) -> ApiToken | None:
    """A token of this municipality that was not revoked, as long as the person who made it works here."""
    query = (
        select(ApiToken)
        .join(Account, col(Account.id) == col(ApiToken.created_by_id))
        .where(
            col(ApiToken.municipality_id) == municipality_id,
            col(ApiToken.token_hash) == token_hash,
            col(ApiToken.revoked_at).is_(None),
            col(Account.disabled_at).is_(None),
            _works_in(municipality_id),
        )
    )
    return (await session.scalars(query)).one_or_none()


async def list_api_tokens(session: ReadSession, municipality_id: int) -> list[tuple[ApiToken, str]]:
    """The municipality's living tokens with the name of who made them, the newest first."""
    query = (
        select(ApiToken, Account.name)
        .join(Account, col(Account.id) == col(ApiToken.created_by_id))
        .where(col(ApiToken.municipality_id) == municipality_id, col(ApiToken.revoked_at).is_(None))
        .order_by(col(ApiToken.id).desc())
    )
    return [(token, name) for token, name in await session.execute(query)]


def _is_living() -> ColumnElement[bool]:
    return col(StaffSession.ended_at).is_(None) & (col(StaffSession.expires_at) > clock.now())


def _works_in(municipality_id: int | None) -> ColumnElement[bool]:
    """Of an Account: it holds a role in the municipality that is not suspended. In none: it runs the instance."""
    if municipality_id is None:
        return col(Account.is_operator).is_(True)
    return (
        select(RoleGrant.id)
        .where(
            col(RoleGrant.account_id) == col(Account.id),
            col(RoleGrant.municipality_id) == municipality_id,
            col(RoleGrant.suspended_at).is_(None),
        )
        .correlate(Account)
        .exists()
    )


def _member(rows: list[tuple[Account, RoleGrant, datetime | None]]) -> StaffMember:
    account, grant, last_seen = rows[0]
    return StaffMember(
        account_id=account.id,
        name=account.name,
        email=account.email,
        roles=frozenset(row[1].role for row in rows),
        has_password=account.password_hash is not None,
        is_disabled=account.disabled_at is not None or grant.suspended_at is not None,
        last_seen_at=last_seen,
    )
