"""Questions about topics."""

from sqlalchemy import func
from sqlmodel import col, select

from server.core.database import ReadSession
from server.core.errors import NotFound
from server.residents.models import Subscription, Topic


async def list_topics(session: ReadSession, municipality_id: int) -> list[Topic]:
    """The topics one may subscribe to, in their order."""
    return [topic for topic in await list_all_topics(session, municipality_id) if topic.archived_at is None]


async def list_all_topics(session: ReadSession, municipality_id: int) -> list[Topic]:
    """The archived ones too, in their order."""
    query = (
        select(Topic).where(col(Topic.municipality_id) == municipality_id).order_by(col(Topic.position), col(Topic.id))
    )
    return list(await session.scalars(query))


async def get_topic(session: ReadSession, municipality_id: int, topic_id: int) -> Topic:
    """Raises NotFound."""
    query = select(Topic).where(col(Topic.municipality_id) == municipality_id, col(Topic.id) == topic_id)
    topic = (await session.scalars(query)).one_or_none()
    if topic is None:
        raise NotFound
    return topic


async def count_by_topic(session: ReadSession, municipality_id: int) -> dict[int, int]:
    """How many people receive each topic, by whatever channel."""
    runs = (col(Subscription.municipality_id) == municipality_id, col(Subscription.ended_at).is_(None))
    people = select(col(Subscription.topic_id), col(Subscription.resident_id)).where(*runs).distinct().subquery()
    query = select(people.c.topic_id, func.count()).group_by(people.c.topic_id)
    return {row[0]: row[1] for row in await session.execute(query)}
