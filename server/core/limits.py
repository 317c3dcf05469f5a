"""Limits against hammering, counted in the database so that they hold for all processes and survive a restart."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from server.core import clock
from server.core.columns import BigId, moment
from server.core.database import WriteSession


class LimitWindow(SQLModel, table=True):
    """How often `key` happened since `started_at`. The key is a keyed hash, never an address."""

    __tablename__ = "limit_window"

    key: str = Field(primary_key=True, max_length=80)
    started_at: datetime = moment()
    count: int = Field(default=0, sa_type=BigId)


async def count_once(session: WriteSession, key: str, *, limit: int, per: timedelta) -> bool:
    """Count one more `key`; False when this is more than `limit` in a window of `per`.

    The count itself is kept only if the use case returns: a refusal that must be counted is returned, not raised.
    """
    now = clock.now()
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    window = LimitWindow.__table__.c  # type: ignore[attr-defined]  # SQLModel hides the table from the type checker
    is_over = window.started_at <= now - per
    statement = insert(LimitWindow).values(key=key, started_at=now, count=1)
    statement = statement.on_conflict_do_update(
        index_elements=[window.key],
        set_={
            "started_at": case((is_over, now), else_=window.started_at),
            "count": case((is_over, 1), else_=window.count + 1),
        },
    )
    return int((await session.execute(statement.returning(window.count))).scalar_one()) <= limit


async def count_some(
    session: WriteSession, key: str, *, wanted: int, limit: int, per: timedelta, now: datetime
) -> tuple[int, datetime]:
    """Count up to `wanted` more of `key`, at most `limit` in a window of `per`: how many, and when the window ends."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    # Two that begin to count at once do so on one row.
    await session.execute(insert(LimitWindow).values(key=key, started_at=now, count=0).on_conflict_do_nothing())
    found = await session.get_one(LimitWindow, key, with_for_update=True, populate_existing=True)
    if found.started_at <= now - per:
        found.started_at, found.count = now, 0
    counted = max(0, min(wanted, limit - found.count))
    found.count += counted
    session.add(found)
    await session.flush()
    return counted, found.started_at + per


async def start_afresh(session: WriteSession, key: str) -> None:
    """Forget what was counted of `key`: the person behind it proved to be the right one."""
    window = LimitWindow.__table__.c  # type: ignore[attr-defined]  # as above
    await session.execute(delete(LimitWindow).where(window.key == key))


async def forget_windows_before(session: WriteSession, moment: datetime) -> None:
    """Drop windows that nobody counts in any more."""
    window = LimitWindow.__table__.c  # type: ignore[attr-defined]  # as above
    await session.execute(delete(LimitWindow).where(window.started_at < moment))
