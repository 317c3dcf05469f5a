"""Notices for tests: one that could be published, and each state a notice can be in."""

from datetime import UTC, date, datetime, time
from typing import Any

from server.core.database import WriteSession
from server.notices import service
from server.notices.models import Notice, NoticeKind, NoticeState
from server.notices.schemas import NoticeDraft
from tests.cast import Cast

BODY = """Sortez vos sacs et fagots **la veille au soir**, mercredi 25, à partir de 19 h.

## Qui est concerné

Tous les quartiers, y compris Les Ormes et La Ville-Basse.

## Ce qui est accepté

- tontes et feuilles en sacs de papier
- branches liées, 1,20 m au plus
"""


def draft(**changes: Any) -> NoticeDraft:
    """A notice that nothing keeps from being published."""
    given = {
        "kind": NoticeKind.ENVIRONMENT,
        "title": "Collecte des déchets verts décalée au jeudi 26",
        "summary": "En raison du jour férié, la tournée du mercredi passe au lendemain.",
        "body": BODY,
        "concerns": "tous les quartiers",
        "starts_on": date(2026, 11, 26),
        "starts_at": time(6),
        "where_text": "devant chaque maison",
        "contact_name": "service voirie",
        "contact_phone": "02 54 00 00 01",
        "valid_to": date(2026, 11, 26),
    }
    return NoticeDraft.model_validate(given | changes)


async def written(session: WriteSession, cast: Cast, **changes: Any) -> Notice:
    """A draft by Bob, of the topic that stands first."""
    given = {"topic_ids": cast.topic_ids[:1]} | changes
    return await service.create_notice(session, cast.town_id, cast.actor("Bob"), draft(**given))


async def in_state(session: WriteSession, cast: Cast, state: NoticeState, **changes: Any) -> Notice:
    """A notice brought to `state` by the people who would."""
    notice = await written(session, cast, **changes)
    town, bob, paula = cast.town_id, cast.actor("Bob"), cast.actor("Paula")
    if state is NoticeState.DRAFT:
        return notice
    await service.submit_notice(session, town, bob, notice.id)
    if state is NoticeState.SUBMITTED:
        return notice
    await service.approve_notice(session, town, paula, notice.id, notice.revision, notice.content_hash)
    if state is NoticeState.APPROVED:
        return notice
    await service.publish_notice(session, town, paula, notice.id, notice.content_hash)
    if state is NoticeState.WITHDRAWN:
        await service.withdraw_notice(session, town, paula, notice.id, "reportée")
    if state is NoticeState.EXPIRED:
        await service.expire_due(session, datetime(2026, 11, 27, 3, tzinfo=UTC))
        await session.refresh(notice)
    return notice


async def published(session: WriteSession, cast: Cast, **changes: Any) -> Notice:
    return await in_state(session, cast, NoticeState.PUBLISHED, **changes)
