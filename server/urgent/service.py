"""Use cases of the urgent notices: write, write again, give up, prepare a text for the day it is needed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult
from sqlmodel import col, select, update

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.accounts.models import Account
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.notices import service as notices
from server.urgent import queries
from server.urgent.content import notice_of
from server.urgent.models import MessageType, UrgentKind, UrgentNotice, UrgentState, UrgentWording
from server.urgent.posters import take_down
from server.urgent.schemas import UrgentDraft, WordingDraft

WRITTEN = action("urgent.written", sentence("Wrote an urgent notice"))
DISCARDED = action("urgent.discarded", sentence("Gave up an urgent notice"))
WORDED = action("urgent.worded", sentence("Changed a prepared text"))
_SETTLED = {"kind", "is_exercise"}  # whoever chose wrongly gives the draft up and begins anew
_ALL_CLEAR_STANDS = timedelta(days=1)
NOT_NOW = sentence("This urgent notice has moved on meanwhile: look at its state before you act.")


async def write_urgent(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    draft: UrgentDraft,
    *,
    language: str,
    follows: UrgentNotice | None = None,
    message_type: MessageType = MessageType.ALERT,
) -> UrgentNotice:
    """A message that nobody has confirmed yet. `follows`: the message it updates or ends. Raises Conflict."""
    if follows is not None:
        await _refuse_second_draft(session, municipality_id, follows.root_id)
    urgent = UrgentNotice(
        municipality_id=municipality_id,
        uid=str(uuid4()),
        message_type=message_type,
        first_id=follows.root_id if follows else None,
        notice_id=follows.notice_id if follows else None,
        language=follows.language if follows else language,
        created_by_id=actor.account_id,
        created_at=clock.now(),
        **_typed(draft),
    )
    if follows is not None:
        urgent.is_exercise, urgent.kind = follows.is_exercise, follows.kind
    if message_type is MessageType.CANCEL:
        urgent.until_at = urgent.created_at + _ALL_CLEAR_STANDS
    session.add(urgent)
    await session.flush()
    if urgent.notice_id is None and not urgent.is_exercise:
        notice = await notices.create_notice(session, municipality_id, actor, notice_of(urgent))
        urgent.notice_id = notice.id
        session.add(urgent)
    await record(session, municipality_id, actor.account_id, WRITTEN, "urgent", urgent.id)
    return urgent


async def rewrite_urgent(
    session: WriteSession, municipality_id: int, actor: Actor, urgent_id: int, draft: UrgentDraft
) -> UrgentNotice:
    """Other words for a message that has not left. Whoever read the earlier ones is told to read again. Raises Conflict."""
    urgent = await queries.get_urgent(session, municipality_id, urgent_id)
    if urgent.state is not UrgentState.DRAFT:
        raise Conflict(NOT_NOW, "urgent_moved")
    for name, value in _typed(draft).items():
        if name not in _SETTLED and not (name == "until_at" and urgent.message_type is MessageType.CANCEL):
            setattr(urgent, name, value)
    urgent.created_by_id = actor.account_id
    session.add(urgent)
    return urgent


async def discard_urgent(session: WriteSession, municipality_id: int, actor: Actor, urgent_id: int) -> None:
    """Give up a message that has not left. Raises Conflict if it has."""
    urgent = await queries.get_urgent(session, municipality_id, urgent_id)
    await move_draft(session, urgent, state=UrgentState.DISCARDED)
    if urgent.notice_id is not None and urgent.first_id is None:
        await notices.discard_notice(session, municipality_id, actor, urgent.notice_id)
    await record(session, municipality_id, actor.account_id, DISCARDED, "urgent", urgent.id)


async def change_wording(
    session: WriteSession, municipality_id: int, actor: Actor, kind: UrgentKind, language: str, draft: WordingDraft
) -> None:
    """The town's own prepared text for a kind; an empty one gives back the text that comes with the program."""
    where = (
        col(UrgentWording.municipality_id) == municipality_id,
        col(UrgentWording.kind) == kind,
        col(UrgentWording.language) == language,
    )
    own = (await session.scalars(select(UrgentWording).where(*where))).one_or_none()
    words = draft.model_dump()
    if not any(words.values()):
        if own is not None:
            await session.delete(own)
    elif own is None:
        session.add(UrgentWording(municipality_id=municipality_id, kind=kind, language=language, **words))
    else:
        own.sqlmodel_update(words)
        session.add(own)
    await record(session, municipality_id, actor.account_id, WORDED, detail={"kind": kind})


async def end_due(session: WriteSession) -> None:
    """In every town: what is over by its own hour leaves the town's pages. (The banner has not waited for this.)"""
    now = clock.now()
    over = select(UrgentNotice).where(
        col(UrgentNotice.state) == UrgentState.SENT,
        col(UrgentNotice.replaced_at).is_(None),
        col(UrgentNotice.until_at) <= now,
    )
    for urgent in await session.scalars(over):
        urgent.replaced_at = now
        session.add(urgent)
        if urgent.notice_id is not None:
            await notices.expire_notice(session, urgent.municipality_id, urgent.notice_id, now)
            await take_down(session, urgent, await _who_sent(session, urgent))


async def _who_sent(session: WriteSession, urgent: UrgentNotice) -> Actor:
    """Who set the hour at which it ends by itself."""
    account = await session.get_one(Account, urgent.sent_by_id)
    return Actor(account.id, account.name, frozenset())


async def move_draft(session: WriteSession, urgent: UrgentNotice, **values: object) -> None:
    """From draft to something else, once. Raises Conflict for who comes second."""
    moved = await session.execute(
        update(UrgentNotice)
        .where(col(UrgentNotice.id) == urgent.id, col(UrgentNotice.state) == UrgentState.DRAFT)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        raise Conflict(NOT_NOW, "urgent_moved")
    await session.refresh(urgent)


def _typed(draft: UrgentDraft) -> dict[str, Any]:
    values = draft.model_dump(exclude={"exercise_to"})
    return values | {"exercise_to": draft.exercise_addresses if draft.is_exercise else []}


async def _refuse_second_draft(session: WriteSession, municipality_id: int, root_id: int) -> None:
    messages = await queries.messages_of_matter(session, municipality_id, root_id)
    if any(one.state is UrgentState.DRAFT for one in messages):
        raise Conflict(sentence("A message on this matter is being written already: send it or give it up first."))
