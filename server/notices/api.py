"""Notices for programs: the same use cases as the pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from server.accounts.actors import Actor
from server.accounts.dependencies import scoped
from server.core.database import ReadSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.notices import queries, service
from server.notices.models import Notice
from server.notices.schemas import NoticeChange, NoticeContent, NoticeDraft, NoticeView
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import validated
from server.web.pagination import AskedSlice, Listing

router = APIRouter(prefix="/notices", tags=["notices"])

Reader = Annotated[Actor, Depends(scoped("notices:read"))]
Writer = Annotated[Actor, Depends(scoped("notices:write"))]
Publisher = Annotated[Actor, Depends(scoped("notices:publish"))]


class NoticeApproval(BaseModel):
    """What was read: the revision, and the hash of exactly its content."""

    revision: int
    content_hash: str = Field(max_length=64)


class Publishing(BaseModel):
    content_hash: str = Field(max_length=64)


class Note(BaseModel):
    note: str = Field("", max_length=1000)


@router.get("")
async def list_notices(
    session: Reading,
    town: CurrentTown,
    _actor: Reader,
    asked: AskedSlice,
    q: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
) -> Listing[NoticeView]:
    """The town's notices, the last touched first. `state` may also be "public"."""
    found = await queries.list_notices(session, town.id, queries.NoticeFilter(q, state, kind), asked, has_text=True)
    views = [NoticeView.of(line.notice, is_public=line.is_public) for line in found.items]
    return Listing[NoticeView].of(found, views)


@router.get("/{notice_id}")
async def get_notice(session: Reading, town: CurrentTown, _actor: Reader, notice_id: int) -> NoticeView:
    return await _view(session, await queries.get_notice(session, town.id, notice_id))


@router.post("", status_code=201)
async def create_notice(session: Writing, town: CurrentTown, actor: Writer, draft: NoticeDraft) -> NoticeView:
    return await _view(session, await service.create_notice(session, town.id, actor, draft))


@router.patch("/{notice_id}")
async def change_notice(
    session: Writing, town: CurrentTown, actor: Writer, notice_id: int, change: NoticeChange
) -> NoticeView:
    """Change some fields of the text of `revision`. Fields that are left out stay; 409 if somebody saved since."""
    notice = await queries.get_notice(session, town.id, notice_id)
    if notice.revision != change.revision:
        raise Conflict(sentence("This notice has changed since you read it. Read it again."), "content_changed")
    changes = change.model_dump(exclude_unset=True, exclude={"revision"})
    draft = validated(NoticeDraft, NoticeDraft.of(NoticeContent.of(notice)).model_dump() | changes)
    outcome = await service.save_notice(session, town.id, actor, notice_id, draft, change.revision)
    if isinstance(outcome, service.SetAside):
        raise Conflict(sentence("This notice has changed since you read it. Read it again."), "content_changed")
    return await _view(session, notice)


@router.post("/{notice_id}/submission")
async def submit_notice(session: Writing, town: CurrentTown, actor: Writer, notice_id: int) -> NoticeView:
    """Ask for approval; 422 names each field that keeps the notice from being published."""
    return await _view(session, await service.submit_notice(session, town.id, actor, notice_id))


@router.post("/{notice_id}/return")
async def return_notice(
    session: Writing, town: CurrentTown, actor: Publisher, notice_id: int, reason: Note
) -> NoticeView:
    return await _view(session, await service.return_notice(session, town.id, actor, notice_id, reason.note))


@router.post("/{notice_id}/approval")
async def approve_notice(
    session: Writing, town: CurrentTown, actor: Publisher, notice_id: int, approved: NoticeApproval
) -> NoticeView:
    """Approve exactly this text; 409 if it says something else now."""
    notice = await service.approve_notice(session, town.id, actor, notice_id, approved.revision, approved.content_hash)
    return await _view(session, notice)


@router.post("/{notice_id}/publication")
async def publish_notice(
    session: Writing, town: CurrentTown, actor: Publisher, notice_id: int, published: Publishing
) -> NoticeView:
    """Make the approved text public; 409 if it says something else now."""
    await service.publish_notice(session, town.id, actor, notice_id, published.content_hash)
    return await _view(session, await queries.get_notice(session, town.id, notice_id))


@router.post("/{notice_id}/withdrawal")
async def withdraw_notice(
    session: Writing, town: CurrentTown, actor: Publisher, notice_id: int, reason: Note | None = None
) -> NoticeView:
    note = reason.note if reason else ""
    return await _view(session, await service.withdraw_notice(session, town.id, actor, notice_id, note))


async def _view(session: ReadSession, notice: Notice) -> NoticeView:
    public = await queries.find_in_force(session, notice.municipality_id, notice.id)
    return NoticeView.of(notice, is_public=public is not None)
