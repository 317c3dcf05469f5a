"""Questions about staff."""

from dataclasses import dataclass

from sqlmodel import col, select

from server.accounts.models import Account, ApiToken, Role, RoleGrant, StaffSession
from server.core import clock
from server.core.database import ReadSession


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
        .where(
            col(StaffSession.token_hash) == token_hash,
            col(StaffSession.ended_at).is_(None),
            col(StaffSession.expires_at) > clock.now(),
            col(Account.disabled_at).is_(None),
        )
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else SignedIn(row[0], row[1])


async def roles_of(session: ReadSession, municipality_id: int, account_id: int) -> frozenset[Role]:
    """What somebody may do in one municipality."""
    query = select(RoleGrant.role).where(
        col(RoleGrant.municipality_id) == municipality_id, col(RoleGrant.account_id) == account_id
    )
    return frozenset(await session.scalars(query))


async def find_api_token(session: ReadSession, municipality_id: int, token_hash: str) -> ApiToken | None:
    """A token of this municipality that was not revoked."""
    query = select(ApiToken).where(
        col(ApiToken.municipality_id) == municipality_id,
        col(ApiToken.token_hash) == token_hash,
        col(ApiToken.revoked_at).is_(None),
    )
    return (await session.scalars(query)).one_or_none()
