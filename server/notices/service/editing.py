"""Writing: create, save over a revision, keep what came too late, choose between two texts, duplicate."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.core.search import searchable
from server.municipalities.models import Place
from server.notices import queries
from server.notices.models import Notice, NoticeKind, NoticeState, NoticeStepKind
from server.notices.schemas import NoticeContent, NoticeDraft
from server.notices.service.records import move, next_number, note_step
from server.notices.service.versions import keep_aside, keep_version, settle
from server.residents.models import Topic

_FORMS = UUID("5f1d3c86-0a6e-4c0f-9a3e-2f5a8c1b7d40")
"""The namespace of the forms that notices were begun in."""
ACT_IS_POSTED = sentence("An act that is posted cannot be changed. Withdraw it first, or write another one.")


@dataclass(frozen=True)
class Saved:
    """The text is kept as `revision`. `is_reopened`: it had been submitted, approved or public, and is a draft again."""

    revision: int
    saved_at: datetime
    is_reopened: bool = False


@dataclass(frozen=True)
class SetAside:
    """Somebody else had saved since `base_revision`: nothing was overwritten, the text is kept beside as a version."""

    version_id: int
    by: str


SaveOutcome = Saved | SetAside


async def create_notice(session: WriteSession, municipality_id: int, actor: Actor, draft: NoticeDraft) -> Notice:
    """A new draft with the next number of the year. Raises Invalid."""
    await _check_choices(session, municipality_id, draft)
    return await _create(session, municipality_id, actor, draft.content, await next_number(session, municipality_id))


async def save_new_notice(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    draft: NoticeDraft,
    *,
    form_key: str,
    base_revision: int,
    is_autosave: bool = False,
) -> tuple[Notice, SaveOutcome]:
    """What the form of a new notice sends, by itself or by its button, once or twice: the first makes the notice, the
    others save over it. `base_revision` is 0 where the form was not told that there is a notice. Raises Invalid.
    """
    name = f"{municipality_id}/{actor.account_id}/{form_key}"
    uid = str(uuid5(_FORMS, name) if form_key else uuid4())
    number = await next_number(session, municipality_id)  # two that are sent at once wait for each other
    notice = await queries.find_notice_known_as(session, municipality_id, uid)
    if notice is not None:
        base = base_revision or 1
        saved = await save_notice(session, municipality_id, actor, notice.id, draft, base, is_autosave=is_autosave)
        return notice, saved
    await _check_choices(session, municipality_id, draft)
    notice = await _create(session, municipality_id, actor, draft.content, number, uid, is_autosave=is_autosave)
    return notice, Saved(notice.revision, notice.updated_at)


async def duplicate_notice(session: WriteSession, municipality_id: int, actor: Actor, notice_id: int) -> Notice:
    """A new draft that says the same as the text in work; its days are to be written anew."""
    content = NoticeContent.of(await queries.get_notice(session, municipality_id, notice_id))
    undated = dict.fromkeys(("happens_from", "happens_to", "valid_from", "valid_to"))
    fresh = content.model_copy(update={**undated, "whole_day": False, "is_urgent": False})
    return await _create(session, municipality_id, actor, fresh, await next_number(session, municipality_id))


async def save_notice(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    notice_id: int,
    draft: NoticeDraft,
    base_revision: int,
    *,
    is_autosave: bool = False,
) -> SaveOutcome:
    """Save over `base_revision`. A text that comes too late is kept aside, and so is what a form saves by itself once
    the notice is not a draft any more. Raises Invalid, or Conflict for an act that is posted.
    """
    await _check_choices(session, municipality_id, draft)
    notice = await queries.get_notice(session, municipality_id, notice_id)
    content = draft.content
    if content.content_hash == notice.content_hash:
        return Saved(notice.revision, notice.updated_at)
    await _refuse_posted_act(session, notice)
    was = notice.state
    is_in_time = notice.revision == base_revision and (was is NoticeState.DRAFT or not is_autosave)
    if not is_in_time or not await _move_to(session, notice, content):
        return await _set_aside(session, notice, content, actor, base_revision)
    await keep_version(session, notice, content, actor, is_autosave=is_autosave)
    if was is not NoticeState.DRAFT:
        is_approved = was is NoticeState.APPROVED
        kind = NoticeStepKind.APPROVAL_UNDONE if is_approved else NoticeStepKind.REOPENED
        await note_step(session, notice, kind, actor)
    return Saved(notice.revision, notice.updated_at, is_reopened=was is not NoticeState.DRAFT)


async def settle_aside(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    notice_id: int,
    version_id: int,
    draft: NoticeDraft,
    base_revision: int,
) -> SaveOutcome:
    """Save what somebody made of two texts; the one that was set aside is settled, unless this came too late again."""
    aside = (await queries.get_version(session, municipality_id, notice_id, version_id)).version
    outcome = await save_notice(session, municipality_id, actor, notice_id, draft, base_revision)
    if isinstance(outcome, Saved):
        await settle(session, aside)
    return outcome


async def drop_aside(session: WriteSession, municipality_id: int, notice_id: int, version_id: int) -> None:
    """Keep the notice as it is; the text that was set aside stays in the history."""
    await settle(session, (await queries.get_version(session, municipality_id, notice_id, version_id)).version)


async def is_posted_act(session: ReadSession, notice: Notice) -> bool:
    """Whether residents read it as an act: published electronically, it must not be modified (CGCT R2131-1)."""
    public = await queries.find_in_force(session, notice.municipality_id, notice.id)
    return public is not None and public.kind is NoticeKind.OFFICIAL_ACT


async def _create(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    content: NoticeContent,
    number: str,
    uid: str = "",
    *,
    is_autosave: bool = False,
) -> Notice:
    now = clock.now()
    notice = Notice(
        municipality_id=municipality_id,
        uid=uid or str(uuid4()),
        number=number,
        created_by_id=actor.account_id,
        created_at=now,
        updated_at=now,
        **_columns(content),
    )
    session.add(notice)
    await session.flush()
    notice.search_key = _search_key(notice.number, content)
    await keep_version(session, notice, content, actor, is_autosave=is_autosave)
    return notice


async def _move_to(session: WriteSession, notice: Notice, content: NoticeContent) -> bool:
    return await move(
        session,
        notice,
        **_columns(content),
        search_key=_search_key(notice.number, content),
        revision=notice.revision + 1,
        state=NoticeState.DRAFT,
    )


async def _set_aside(
    session: WriteSession, notice: Notice, content: NoticeContent, actor: Actor, base_revision: int
) -> SetAside:
    await session.refresh(notice)
    faster = await queries.last_version(session, notice.municipality_id, notice.id)
    version = await keep_aside(session, notice, content, actor, base_revision)
    return SetAside(version.id, faster.author)


async def _refuse_posted_act(session: WriteSession, notice: Notice) -> None:
    if await is_posted_act(session, notice):
        raise Conflict(ACT_IS_POSTED, "act_is_posted")


async def _check_choices(session: WriteSession, municipality_id: int, draft: NoticeDraft) -> None:
    """Topics and places must be the town's own."""
    wrong = {}
    for name, table, ids in (("topic_ids", Topic, draft.topic_ids), ("place_ids", Place, draft.place_ids)):
        query = select(table.id).where(col(table.municipality_id) == municipality_id, col(table.id).in_(ids))
        if ids and not set(ids) <= set(await session.scalars(query)):
            wrong[name] = sentence("Choose one of the answers of the list.")
    if wrong:
        raise Invalid(wrong)


def _columns(content: NoticeContent) -> dict[str, Any]:
    words = {name: getattr(content, name) for name in NoticeContent.model_fields}
    return words | {"content_hash": content.content_hash}


def _search_key(number: str, content: NoticeContent) -> str:
    said = (number, content.title, content.summary, content.concerns, content.where_text, content.body)
    return searchable(" ".join(said))
