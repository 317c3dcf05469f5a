"""Questions about pictures: which there are, and which of them residents may see."""

from collections.abc import Collection

from sqlmodel import col, select

from server.core.database import ReadSession
from server.notices.models import Picture, PictureUse


async def find_picture(session: ReadSession, municipality_id: int, picture_id: int) -> Picture | None:
    """Any picture of the town: for its staff."""
    query = select(Picture).where(col(Picture.municipality_id) == municipality_id, col(Picture.id) == picture_id)
    return (await session.scalars(query)).one_or_none()


async def find_public_picture(session: ReadSession, municipality_id: int, picture_id: int) -> Picture | None:
    """A picture that a published notice or a sent issue shows."""
    query = (
        select(Picture)
        .join(PictureUse, col(PictureUse.picture_id) == col(Picture.id))
        .where(
            col(Picture.municipality_id) == municipality_id,
            col(PictureUse.municipality_id) == municipality_id,
            col(Picture.id) == picture_id,
        )
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def known_pictures(
    session: ReadSession, municipality_id: int, picture_ids: Collection[int]
) -> dict[int, Picture]:
    """Those among `picture_ids` that are pictures of this town."""
    query = select(Picture).where(col(Picture.municipality_id) == municipality_id, col(Picture.id).in_(picture_ids))
    return {picture.id: picture for picture in await session.scalars(query)}


async def list_pictures(session: ReadSession, municipality_id: int, notice_id: int) -> list[Picture]:
    """The pictures brought for a notice, in the order they came."""
    query = (
        select(Picture)
        .where(col(Picture.municipality_id) == municipality_id, col(Picture.notice_id) == notice_id)
        .order_by(col(Picture.id))
    )
    return list(await session.scalars(query))
