"""Use cases of the mailings: start one with its whole ledger, send a single message, pause, resume, cancel."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Update, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.mailings.believing import refuse_unbelievable
from server.mailings.headers import one_line, own_address
from server.mailings.models import (
    Delivery,
    DeliveryState,
    Lane,
    Mailing,
    MailingKind,
    MailingMessage,
    MailingState,
    SuppressionReason,
)
from server.mailings.queries import address_hash, find_mailing, find_suppression, get_mailing, suppressed_hashes
from server.mailings.quota import refuse_more_mails
from server.mailings.rows import add_rows
from server.mailings.schemas import MessageVariant, Recipient

_DEADLOCK = "40P01"
_LOCK = 0x4D41494C  # "MAIL": who chooses recipients and who leaves wait for each other
PAUSED = action("mailing.paused", sentence("Paused a mailing"))
RESUMED = action("mailing.resumed", sentence("Resumed a mailing"))
CANCELLED = action("mailing.cancelled", sentence("Cancelled a mailing"))
UNSENT = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)


async def hold_recipients(session: WriteSession, municipality_id: int) -> None:
    """Call this before choosing the recipients of a mailing: who leaves now waits until their row is there to cancel.

    On SQLite there is one writer at a time, which says the same once the transaction has begun.
    """
    await session.connection()
    if session.get_bind().dialect.name != "sqlite":
        given = {"lock": _LOCK, "town": municipality_id % 2**31}
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock, :town)"), given)


async def start_mailing(
    session: WriteSession,
    municipality_id: int,
    secrets: Secrets,
    *,
    kind: MailingKind,
    lane: Lane,
    subject: str,
    messages: Sequence[MessageVariant],
    recipients: Iterable[Recipient],
    idempotency_key: str,
    origin: str = "",
    scope: Iterable[int] = (),
    created_by_id: int | None = None,
    scheduled_at: datetime | None = None,
    worthless_at: datetime | None = None,
) -> Mailing:
    """A mailing and its whole ledger, in one transaction. The same key gives the same mailing, however often.

    Suppressed addresses get no row; a recipient named twice gets one. `scope` are the topics it is addressed to. Raises
    Conflict if receivers could not believe it, Invalid if it is too much for a day; what is urgent is tried all the same.
    """
    await refuse_unbelievable(session, municipality_id, messages[0].envelope_sender, lane)
    await hold_recipients(session, municipality_id)
    about: dict[str, Any] = {
        "kind": kind,
        "lane": lane,
        "subject": one_line(subject)[:200],
        "origin": origin,
        "scope": sorted(scope),
    }
    about |= {"created_by_id": created_by_id, "worthless_at": worthless_at}
    mailing, is_new = await _open_mailing(session, municipality_id, idempotency_key, scheduled_at=scheduled_at, **about)
    if is_new:
        allowed = _allowed(recipients, secrets, await suppressed_hashes(session, municipality_id))
        await add_rows(session, mailing, await _add_messages(session, mailing, messages), allowed)
        await refuse_more_mails(session, mailing)
    return mailing


async def send_message(
    session: WriteSession,
    municipality_id: int,
    secrets: Secrets,
    *,
    subject: str,
    message: MessageVariant,
    address: str,
    idempotency_key: str,
    kind: MailingKind = MailingKind.TRANSACTIONAL,
    lane: Lane = Lane.TRANSACTIONAL,
    origin: str = "",
    created_by_id: int | None = None,
    to_staff: bool = False,
    worthless_at: datetime | None = None,
) -> Mailing:
    """One message to one address: a confirmation, a sign-in link, a trial. It leaves before everything else.

    Nobody on the lists is meant, so its recipient is 0 and a link to leave in it leads nowhere. Who said "never write
    to me again" is not written to, unless they are staff and ask for it themselves.
    """
    reason = await find_suppression(session, municipality_id, secrets, address)
    is_silenced = reason is SuppressionReason.NEVER_AGAIN and not to_staff
    mailing, is_new = await _open_mailing(
        session,
        municipality_id,
        idempotency_key,
        scheduled_at=None,
        kind=kind,
        lane=lane,
        subject=one_line(subject)[:200],
        origin=origin,
        scope=[],
        created_by_id=created_by_id,
        worthless_at=worthless_at,
    )
    if is_new and not is_silenced:
        message_ids = await _add_messages(session, mailing, [message])
        await add_rows(session, mailing, message_ids, [Recipient(0, address)])
    return mailing


async def pause_mailing(session: WriteSession, municipality_id: int, mailing_id: int, actor: Actor) -> Mailing:
    """Nothing more leaves, but for what is on the line at this moment."""
    mailing = await _move(session, municipality_id, mailing_id, (MailingState.SENDING,), MailingState.PAUSED)
    await give_back_claims(session, mailing_id)
    await record(session, municipality_id, actor.account_id, PAUSED, "mailing", mailing_id)
    return mailing


async def give_back_claims(session: WriteSession, mailing_id: int) -> None:
    """What a worker holds of it and has not begun returns to the queue, and is not sent from the worker's hand."""
    held = (col(Delivery.mailing_id) == mailing_id, col(Delivery.state) == DeliveryState.CLAIMED)
    back = {"state": DeliveryState.QUEUED, "worker": None, "lease_until": None}
    await _change_many(session, update(Delivery).where(*held).values(back))


async def resume_mailing(session: WriteSession, municipality_id: int, mailing_id: int, actor: Actor) -> Mailing:
    """What was left is sent."""
    mailing = await _move(session, municipality_id, mailing_id, (MailingState.PAUSED,), MailingState.SENDING)
    await record(session, municipality_id, actor.account_id, RESUMED, "mailing", mailing_id)
    return mailing


async def cancel_mailing(session: WriteSession, municipality_id: int, mailing_id: int, actor: Actor) -> Mailing:
    """What has not left never will. What is on the line at this moment is not tried again."""
    is_open = (MailingState.SCHEDULED, MailingState.SENDING, MailingState.PAUSED)
    mailing = await _move(
        session, municipality_id, mailing_id, is_open, MailingState.CANCELLED, finished_at=clock.now()
    )
    await cancel_rows(session, col(Delivery.mailing_id) == mailing_id)
    await record(session, municipality_id, actor.account_id, CANCELLED, "mailing", mailing_id)
    return mailing


async def cancel_rows(session: WriteSession, *where: Any) -> int:
    """The rows that are not on their way are cancelled; those that are get no second try. How many were cancelled."""
    on_its_way = (*where, col(Delivery.state) == DeliveryState.SENDING)
    await _change_many(session, update(Delivery).where(*on_its_way).values(next_at=None))
    never = {"state": DeliveryState.CANCELLED, "next_at": None, "worker": None, "lease_until": None}
    waiting = (*where, col(Delivery.state).in_(UNSENT))
    return await _change_many(session, update(Delivery).where(*waiting).values(never | {"settled_at": clock.now()}))


async def _change_many(session: WriteSession, statement: Update) -> int:
    """Rows that workers are changing too: whom PostgreSQL stops to end an embrace tries once more. Rows changed."""
    for is_last in (False, False, True):
        try:
            async with session.begin_nested():
                changed = await session.execute(statement)
        except DBAPIError as error:
            if is_last or getattr(error.orig, "sqlstate", "") != _DEADLOCK:
                raise
        else:
            assert isinstance(changed, CursorResult)
            return changed.rowcount
    raise AssertionError


async def _open_mailing(
    session: WriteSession, municipality_id: int, key: str, *, scheduled_at: datetime | None, **values: Any
) -> tuple[Mailing, bool]:
    """The mailing with this key, and whether it is new. Two that come at once: the second waits, then finds it."""
    now = clock.now()
    due_at = max(now, scheduled_at or now)
    values |= {
        "municipality_id": municipality_id,
        "idempotency_key": key,
        "state": MailingState.SCHEDULED if due_at > now else MailingState.SENDING,
        "created_at": now,
        "scheduled_at": due_at,
        "started_at": None if due_at > now else now,
    }
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Mailing).values(values).on_conflict_do_nothing().returning(col(Mailing.id))
    is_new = (await session.execute(statement)).scalar_one_or_none() is not None
    mailing = await find_mailing(session, municipality_id, key)
    assert mailing is not None
    return mailing, is_new


async def _add_messages(session: WriteSession, mailing: Mailing, messages: Sequence[MessageVariant]) -> list[int]:
    rows = [
        MailingMessage(
            municipality_id=mailing.municipality_id,
            mailing_id=mailing.id,
            language=message.language,
            edition=message.edition,
            envelope_sender=own_address(message.envelope_sender),
            body=message.composed.pack(),
        )
        for message in messages
    ]
    session.add_all(rows)
    await session.flush()
    return [row.id for row in rows]


def _allowed(recipients: Iterable[Recipient], secrets: Secrets, suppressed: set[str]) -> Iterator[Recipient]:
    """Those who may be written to. A fingerprint costs a little, so it is only taken where there is something to find."""
    if not suppressed:
        yield from recipients
        return
    yield from (one for one in recipients if address_hash(secrets, one.address) not in suppressed)


async def _move(
    session: WriteSession,
    municipality_id: int,
    mailing_id: int,
    since: Sequence[MailingState],
    to: MailingState,
    **values: Any,
) -> Mailing:
    """Change the state if it is still one of `since`."""
    mailing = await get_mailing(session, municipality_id, mailing_id)
    changed = await session.execute(
        update(Mailing)
        .where(col(Mailing.id) == mailing_id, col(Mailing.state).in_(since))
        .values(state=to, **values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        raise Conflict(
            sentence("The mailing has moved on meanwhile: look at its state before you act."), "mailing_moved"
        )
    await session.refresh(mailing)
    return mailing
