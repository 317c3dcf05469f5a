"""Topics: added, renamed, described, put in order, archived. A topic people subscribe to is never deleted."""

import re
from collections.abc import Mapping

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.core.search import searchable
from server.residents import queries
from server.residents.models import Topic
from server.residents.schemas import TopicDraft

MOST = 40

ADDED = action("topic.added", sentence("Added a topic"))
CHANGED = action("topic.changed", sentence("Changed a topic"))
ARCHIVED = action("topic.archived", sentence("Archived a topic"))
RESTORED = action("topic.restored", sentence("Put a topic back on the list"))


async def add_topic(session: WriteSession, municipality_id: int, actor: Actor, draft: TopicDraft) -> Topic:
    """A new topic at the end of the list. Raises Invalid if the name is taken, or there are too many."""
    topics = await queries.list_all_topics(session, municipality_id)
    if len(topics) >= MOST:
        raise Invalid({"name": sentence("There are {count} topics: archive one, or rename one.", count=len(topics))})
    _check_name(topics, draft)
    topic = Topic(
        municipality_id=municipality_id,
        slug=_slug(draft.name, {topic.slug for topic in topics}),
        position=1 + max((topic.position for topic in topics), default=-1),
        **draft.model_dump(include=set(TopicDraft.model_fields)),
    )
    session.add(topic)
    await session.flush()
    await record(session, municipality_id, actor.account_id, ADDED, "topic", topic.id)
    return topic


async def change_topic(
    session: WriteSession, municipality_id: int, actor: Actor, topic_id: int, draft: TopicDraft
) -> Topic:
    """Another name or description: those who subscribed stay subscribed. Raises NotFound or Invalid."""
    topic = await queries.get_topic(session, municipality_id, topic_id)
    _check_name(await queries.list_all_topics(session, municipality_id), draft, but=topic_id)
    topic.name, topic.description = draft.name, draft.description
    session.add(topic)
    await record(session, municipality_id, actor.account_id, CHANGED, "topic", topic_id)
    return topic


async def archive_topic(session: WriteSession, municipality_id: int, actor: Actor, topic_id: int) -> Topic:
    """Nobody can choose it any more, and nothing can be sent to it. Who had it keeps it, in case it comes back."""
    topic = await queries.get_topic(session, municipality_id, topic_id)
    if len(await queries.list_topics(session, municipality_id)) == 1 and topic.archived_at is None:
        raise Invalid({"": sentence("This is the only topic: without one, nobody could join. Add another one first.")})
    topic.archived_at = topic.archived_at or clock.now()
    session.add(topic)
    await record(session, municipality_id, actor.account_id, ARCHIVED, "topic", topic_id)
    return topic


async def restore_topic(session: WriteSession, municipality_id: int, actor: Actor, topic_id: int) -> Topic:
    """It can be chosen again."""
    topic = await queries.get_topic(session, municipality_id, topic_id)
    topic.archived_at = None
    session.add(topic)
    await record(session, municipality_id, actor.account_id, RESTORED, "topic", topic_id)
    return topic


async def order_topics(session: WriteSession, municipality_id: int, places: Mapping[int, int]) -> None:
    """Put the topics in the order of the numbers typed; equal ones keep the order they had."""
    topics = await queries.list_topics(session, municipality_id)
    in_order = sorted(topics, key=lambda topic: places.get(topic.id, len(topics)))
    for position, topic in enumerate(in_order):
        topic.position = position
    session.add_all(in_order)


async def subscribers_of(session: ReadSession, municipality_id: int, topic_id: int) -> int:
    """How many people have this topic."""
    return (await queries.count_by_topic(session, municipality_id)).get(topic_id, 0)


def _check_name(topics: list[Topic], draft: TopicDraft, but: int | None = None) -> None:
    taken = {searchable(topic.name) for topic in topics if topic.id != but}
    if searchable(draft.name) in taken:
        raise Invalid({"name": sentence("Another topic has this name: choose a different one.")})


def _slug(name: str, taken: set[str]) -> str:
    """The name as it stands in files and addresses: made once, it stays whatever the topic is called later."""
    plain = re.sub(r"[^a-z0-9]+", "-", searchable(name)).strip("-")[:50] or "topic"
    number, slug = 1, plain
    while slug in taken:
        number += 1
        slug = f"{plain}-{number}"
    return slug
