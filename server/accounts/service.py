"""Accounts at work: sessions opened and ended, one-time links, profiles. Nothing here hashes a password: see signing_in."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, update
from sqlmodel import col

from server.accounts import audit, queries
from server.accounts.actors import Actor
from server.accounts.models import Account, LinkPurpose, OneTimeLink, StaffSession
from server.accounts.schemas import Profile
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import NotFound
from server.core.secrets import new_token, token_hash

SESSION_LASTS = timedelta(hours=12)
LINK_LASTS = {LinkPurpose.WELCOME: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=1)}
NETWORK_REMEMBERED = timedelta(days=90)
_KEPT = timedelta(days=30)


async def open_session(session: WriteSession, account_id: int, *, device: str = "", network_hash: str = "") -> str:
    """A new session of twelve hours; returns the token for the cookie, which is not kept."""
    token = new_token()
    now = clock.now()
    session.add(
        StaffSession(
            token_hash=token_hash(token),
            account_id=account_id,
            device=device,
            network_hash=network_hash,
            created_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    await session.flush()
    return token


async def end_session_of_token(session: WriteSession, token: str) -> None:
    """End the session behind a cookie, if there is one."""
    await session.execute(
        update(StaffSession)
        .where(col(StaffSession.token_hash) == token_hash(token), col(StaffSession.ended_at).is_(None))
        .values(ended_at=clock.now())
    )


async def end_own_session(session: WriteSession, municipality_id: int | None, actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions. Somebody else's is not found."""
    ended = await _end(session, actor.account_id, col(StaffSession.id) == session_id)
    if not ended:
        raise NotFound
    action = audit.SIGNED_OUT if session_id == actor.session_id else audit.SESSIONS_ENDED
    await audit.record(session, municipality_id, actor.account_id, action, "session", session_id)


async def end_all_own_sessions(session: WriteSession, municipality_id: int | None, actor: Actor) -> None:
    """Sign out everywhere, here included."""
    ended = await end_sessions(session, actor.account_id)
    await audit.record(
        session, municipality_id, actor.account_id, audit.SESSIONS_ENDED, "account", actor.account_id, {"count": ended}
    )


async def end_sessions(session: WriteSession, account_id: int, *, but: int | None = None) -> int:
    """End every session of an account, except `but`. Returns how many."""
    return await _end(session, account_id, *([col(StaffSession.id) != but] if but is not None else []))


async def change_profile(session: WriteSession, account_id: int, profile: Profile) -> None:
    """What somebody says of themselves: their name, the language of their pages."""
    account = await queries.get_account(session, account_id)
    account.name, account.language = profile.name, profile.language
    session.add(account)


async def make_link(session: WriteSession, account_id: int, purpose: LinkPurpose) -> str:
    """A link's token, good once and for a short time. Links made before for the account open nothing any more."""
    now = clock.now()
    await void_links(session, account_id)
    token = new_token()
    session.add(
        OneTimeLink(
            token_hash=token_hash(token),
            account_id=account_id,
            purpose=purpose,
            created_at=now,
            expires_at=now + LINK_LASTS[purpose],
        )
    )
    await session.flush()
    return token


async def take_link(session: WriteSession, link_id: int) -> bool:
    """Use a link up; False if somebody was faster."""
    result = await session.execute(
        update(OneTimeLink)
        .where(col(OneTimeLink.id) == link_id, col(OneTimeLink.used_at).is_(None))
        .values(used_at=clock.now())
    )
    return cast("CursorResult[Any]", result).rowcount == 1


async def void_links(session: WriteSession, account_id: int) -> None:
    """No link of the account opens anything any more."""
    await session.execute(
        update(OneTimeLink)
        .where(col(OneTimeLink.account_id) == account_id, col(OneTimeLink.used_at).is_(None))
        .values(used_at=clock.now())
    )


async def set_password(
    session: WriteSession, account: Account, password_hash: str, *, keep_session_id: int | None = None
) -> None:
    """A new password ends what the old one opened: sessions and links."""
    account.password_hash = password_hash
    session.add(account)
    await end_sessions(session, account.id, but=keep_session_id)
    await void_links(session, account.id)


async def forget_expired(session: WriteSession) -> None:
    """Retention: sessions and links that opened nothing for a long time. Called by the clock, once a day."""
    now = clock.now()
    await session.execute(
        delete(StaffSession).where(
            col(StaffSession.created_at) < now - NETWORK_REMEMBERED,
            or_(col(StaffSession.ended_at).is_not(None), col(StaffSession.expires_at) < now),
        )
    )
    await session.execute(delete(OneTimeLink).where(col(OneTimeLink.expires_at) < now - _KEPT))


async def _end(session: WriteSession, account_id: int, *which: Any) -> int:
    result = await session.execute(
        update(StaffSession)
        .where(col(StaffSession.account_id) == account_id, col(StaffSession.ended_at).is_(None), *which)
        .values(ended_at=clock.now())
    )
    return cast("CursorResult[Any]", result).rowcount
