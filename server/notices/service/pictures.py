"""Pictures: kept in two sizes, put into a notice's text, public only while something public shows them."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, delete

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import WriteSession
from server.core.files import FileStore
from server.notices import queries
from server.notices.content import picture_line
from server.notices.imaging import PreparedPicture
from server.notices.models import Picture, PictureUse
from server.notices.schemas import NoticeContent, NoticeDraft
from server.notices.service.editing import SaveOutcome, save_notice
from server.web.forms import validated


@dataclass(frozen=True)
class StoredPicture:
    """A prepared picture whose bytes lie in the file store."""

    prepared: PreparedPicture
    file_key: str
    mail_file_key: str


async def store_picture(files: FileStore, municipality_id: int, prepared: PreparedPicture) -> StoredPicture:
    """Keep the bytes durably: done before the transaction, because the disk is slow."""
    web = await asyncio.to_thread(files.put, municipality_id, prepared.web.content)
    mail = await asyncio.to_thread(files.put, municipality_id, prepared.mail.content)
    return StoredPicture(prepared, web, mail)


async def add_picture(
    session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, stored: StoredPicture
) -> Picture:
    """A picture brought for a notice. Raises NotFound."""
    notice = await queries.get_notice(session, municipality_id, notice_id)
    web, mail = stored.prepared.web, stored.prepared.mail
    picture = Picture(
        municipality_id=municipality_id,
        notice_id=notice.id,
        file_key=stored.file_key,
        mail_file_key=stored.mail_file_key,
        media_type=web.media_type,
        width=web.width,
        height=web.height,
        bytes=len(web.content),
        mail_media_type=mail.media_type,
        mail_width=mail.width,
        mail_height=mail.height,
        mail_bytes=len(mail.content),
        uploaded_by_id=actor.account_id,
        uploaded_at=clock.now(),
    )
    session.add(picture)
    await session.flush()
    return picture


async def illustrate_notice(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    notice_id: int,
    stored: StoredPicture,
    alternative: str,
    caption: str,
) -> SaveOutcome:
    """Add a picture and show it at the end of the text. Raises NotFound, Invalid, Conflict."""
    picture = await add_picture(session, municipality_id, actor, notice_id, stored)
    notice = await queries.get_notice(session, municipality_id, notice_id)
    draft = NoticeDraft.of(NoticeContent.of(notice))
    body = f"{draft.body}\n\n{picture_line(picture.id, alternative, caption)}".lstrip("\n")
    changed = validated(NoticeDraft, draft.model_dump() | {"body": body})
    return await save_notice(session, municipality_id, actor, notice_id, changed, notice.revision)


async def use_pictures(session: WriteSession, municipality_id: int, user: str, picture_ids: Collection[int]) -> None:
    """From now on `user` ("notice:12", "issue:3") shows exactly these pictures to the public."""
    await stop_using_pictures(session, municipality_id, user)
    known = await queries.known_pictures(session, municipality_id, picture_ids)
    session.add_all(PictureUse(picture_id=one, user=user, municipality_id=municipality_id) for one in known)
    await session.flush()


async def stop_using_pictures(session: WriteSession, municipality_id: int, user: str) -> None:
    """`user` shows no picture any more; those that nobody else shows are not public any more."""
    use = delete(PictureUse).where(col(PictureUse.municipality_id) == municipality_id, col(PictureUse.user) == user)
    await session.execute(use.execution_options(synchronize_session=False))
