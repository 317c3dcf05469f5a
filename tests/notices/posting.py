"""A text posted as it is, past the linter: residents' pages must stand whatever was approved one day."""

from typing import Any
from uuid import uuid4

from server.core import clock
from server.core.database import WriteSession
from server.notices.models import Publication
from server.notices.schemas import NoticeContent
from tests.cast import Cast
from tests.notices.writing import draft, written


async def posted(session: WriteSession, cast: Cast, **changes: Any) -> Publication:
    """A publication of exactly these words. They are cleaned as the form cleans them, and judged by nobody."""
    notice = await written(session, cast)
    content = draft(**changes).content
    now = clock.now()
    copied = Publication.model_fields.keys() & NoticeContent.model_fields.keys()
    publication = Publication(
        municipality_id=cast.town_id,
        notice_id=notice.id,
        uid=str(uuid4()),
        number=notice.number,
        revision=1,
        content=content.frozen(),
        content_hash=content.content_hash,
        first_published_at=now,
        published_at=now,
        published_by_id=cast.account_ids["Paula"],
        **{name: getattr(content, name) for name in copied},
    )
    session.add(publication)
    await session.flush()
    return publication
