"""A town's signing keys: made here and sealed at rest, used once their record is published, replaced one by the next."""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, update
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, NotFound
from server.core.i18n import sentence
from server.core.secrets import BadToken, Secrets
from server.mailings.dkim import Algorithm, SigningKey
from server.mailings.dkim_records import new_private_key
from server.mailings.models import DkimKey, DkimState

RECORD_STAYS = timedelta(days=7)
"""How long after its last signature a key's record is still needed: mail may wait five days, and be read later."""
_PURPOSE = "dkim"
KEY_MADE = action("dkim.made", sentence("Made a key to sign mails"))
KEY_REMOVED = action("dkim.removed", sentence("Removed a key that signed mails"))

log = logging.getLogger(__name__)


async def make_key(
    session: WriteSession, municipality_id: int, secrets: Secrets, actor: Actor, *, domain: str, algorithm: Algorithm
) -> DkimKey:
    """A new key, which waits for its record. One that already waits is replaced: nobody can have relied on it."""
    waiting = (*_same(municipality_id, domain, algorithm), col(DkimKey.state) == DkimState.WAITING)
    await session.execute(delete(DkimKey).where(*waiting))
    now = clock.now()
    key = DkimKey(
        municipality_id=municipality_id,
        domain=domain,
        selector=await _free_selector(session, municipality_id, algorithm, now),
        algorithm=algorithm,
        sealed=secrets.encrypt(_PURPOSE, new_private_key(algorithm)),
        state=DkimState.WAITING,
        created_at=now,
    )
    session.add(key)
    await session.flush()
    await record(session, municipality_id, actor.account_id, KEY_MADE, "municipality", municipality_id)
    return key


async def remove_key(session: WriteSession, municipality_id: int, actor: Actor, key_id: int) -> None:
    """It signs nothing more. Raises NotFound."""
    gone = await session.execute(
        delete(DkimKey).where(col(DkimKey.municipality_id) == municipality_id, col(DkimKey.id) == key_id)
    )
    assert isinstance(gone, CursorResult)
    if gone.rowcount != 1:
        raise NotFound
    await record(session, municipality_id, actor.account_id, KEY_REMOVED, "municipality", municipality_id)


async def begin_signing(session: WriteSession, key: DkimKey) -> None:
    """Its record is published: from now on it signs, and the one before it rests. Raises Conflict if it is gone."""
    now = clock.now()
    older = (*_same(key.municipality_id, key.domain, key.algorithm), col(DkimKey.state) == DkimState.SIGNING)
    await session.execute(update(DkimKey).where(*older).values(state=DkimState.RETIRED, retired_at=now))
    begun = await session.execute(
        update(DkimKey)
        .where(col(DkimKey.id) == key.id, col(DkimKey.state) == DkimState.WAITING)
        .values(state=DkimState.SIGNING, signing_since=now, looked_at=now, said="")
        .execution_options(synchronize_session=False)
    )
    assert isinstance(begun, CursorResult)
    if begun.rowcount != 1:
        raise Conflict(sentence("This key has been replaced meanwhile."))


async def note_look(session: WriteSession, key: DkimKey, said: str) -> None:
    """Its record was looked for in vain; what was found instead."""
    await session.execute(
        update(DkimKey).where(col(DkimKey.id) == key.id).values(looked_at=clock.now(), said=said[:300])
    )


async def list_keys(session: ReadSession, municipality_id: int) -> list[DkimKey]:
    """A town's keys, the newest first."""
    query = select(DkimKey).where(col(DkimKey.municipality_id) == municipality_id).order_by(col(DkimKey.id).desc())
    return list(await session.scalars(query))


async def waiting_keys(session: ReadSession) -> list[DkimKey]:
    """Every town's keys whose record has not been seen yet."""
    query = select(DkimKey).where(col(DkimKey.state) == DkimState.WAITING).order_by(col(DkimKey.looked_at))
    return list(await session.scalars(query))


async def signing_keys(session: ReadSession, municipality_id: int, secrets: Secrets) -> list[SigningKey]:
    """What signs the town's mail now. A key that cannot be opened signs nothing; it keeps no mail from leaving."""
    query = select(DkimKey).where(
        col(DkimKey.municipality_id) == municipality_id, col(DkimKey.state) == DkimState.SIGNING
    )
    found = []
    for row in await session.scalars(query.order_by(col(DkimKey.id))):
        try:
            found.append(open_key(row, secrets))
        except BadToken:
            log.exception("a signing key cannot be opened", extra={"key": row.id})
    return found


def open_key(row: DkimKey, secrets: Secrets) -> SigningKey:
    """The key itself. Raises BadToken if it was sealed by another instance."""
    return SigningKey.load(row.domain, row.selector, secrets.decrypt(_PURPOSE, row.sealed))


async def forget_retired_keys(session: WriteSession) -> None:
    """Keys whose last signatures have all been read."""
    old = (col(DkimKey.state) == DkimState.RETIRED, col(DkimKey.retired_at) < clock.now() - RECORD_STAYS)
    await session.execute(delete(DkimKey).where(*old))


async def _free_selector(session: ReadSession, municipality_id: int, algorithm: Algorithm, now: datetime) -> str:
    """A name nobody used: the day, and a number where one day saw several."""
    known = {key.selector for key in await list_keys(session, municipality_id)}
    stem = f"tambour{now:%y%m%d}" + ("e" if algorithm is Algorithm.ED25519 else "")
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(known) + 3)))
    return next(name for name in names if name not in known)


def _same(municipality_id: int, domain: str, algorithm: Algorithm) -> tuple[Any, ...]:
    return (
        col(DkimKey.municipality_id) == municipality_id,
        col(DkimKey.domain) == domain,
        col(DkimKey.algorithm) == algorithm,
    )
