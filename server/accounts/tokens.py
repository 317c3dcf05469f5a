"""Tokens with which programs use the API of one municipality: shown once, kept as a hash, revoked at any time."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, or_, update
from sqlmodel import col

from server.accounts import audit
from server.accounts.actors import Actor
from server.accounts.models import ApiToken
from server.accounts.schemas import TokenDraft
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.errors import NotFound
from server.core.secrets import new_token, token_hash

MARKED_EVERY = timedelta(hours=1)


async def create_token(session: WriteSession, municipality_id: int, actor: Actor, draft: TokenDraft) -> str:
    """A new token, to be shown once: it is not kept."""
    token = new_token()
    row = ApiToken(
        municipality_id=municipality_id,
        name=draft.name,
        token_hash=token_hash(token),
        scopes=draft.scopes,
        created_by_id=actor.account_id,
        created_at=clock.now(),
    )
    session.add(row)
    await session.flush()
    detail = {"scopes": draft.scopes}
    await audit.record(session, municipality_id, actor.account_id, audit.TOKEN_CREATED, "token", row.id, detail)
    return token


async def revoke_token(session: WriteSession, municipality_id: int, actor: Actor, token_id: int) -> None:
    """The token opens nothing any more. Raises NotFound if it already did not."""
    if not await _revoke(session, municipality_id, col(ApiToken.id) == token_id):
        raise NotFound
    await audit.record(session, municipality_id, actor.account_id, audit.TOKEN_REVOKED, "token", token_id)


async def revoke_tokens_of(session: WriteSession, municipality_id: int, actor: Actor, account_id: int) -> None:
    """Revoke what somebody made here, when they no longer may."""
    count = await _revoke(session, municipality_id, col(ApiToken.created_by_id) == account_id)
    if count:
        await audit.record(
            session, municipality_id, actor.account_id, audit.TOKEN_REVOKED, "account", account_id, {"count": count}
        )


async def mark_used(database: Database, token: ApiToken) -> None:
    """Remember that a token is in use, at most once an hour: a busy program must not write at each request."""
    now = clock.now()
    if token.used_at is not None and token.used_at > now - MARKED_EVERY:
        return
    async with database.writing() as session:
        is_old = or_(col(ApiToken.used_at).is_(None), col(ApiToken.used_at) <= now - MARKED_EVERY)
        await session.execute(update(ApiToken).where(col(ApiToken.id) == token.id, is_old).values(used_at=now))


async def _revoke(session: WriteSession, municipality_id: int, which: Any) -> int:
    result = await session.execute(
        update(ApiToken)
        .where(col(ApiToken.municipality_id) == municipality_id, col(ApiToken.revoked_at).is_(None), which)
        .values(revoked_at=clock.now())
    )
    return cast("CursorResult[Any]", result).rowcount
