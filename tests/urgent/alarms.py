"""Urgent notices for tests: what is typed, and each state a message can be in."""

from typing import Any

from server.core.database import Database
from server.core.secrets import Secrets
from server.urgent import queries, sending, service
from server.urgent.models import Confirmation, MessageType, UrgentNotice
from server.urgent.schemas import UrgentDraft
from tests.cast import Cast
from tests.issues.composing import INSTANCE

SECOND = sending.Confirmed(Confirmation.SECOND_PERSON)


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    """A burst main in the first sector, as a form sends it."""
    given: dict[str, Any] = {
        "kind": "water",
        "title": "Coupure d’eau rue du Lavoir",
        "what": "Une conduite est rompue. L’eau est coupée.",
        "instruction": "- Fermez vos robinets.\n- Ne buvez pas l’eau trouble.",
        "where_text": "Rue du Lavoir, du n° 2 au n° 48",
        "topic_ids": [cast.topic_ids[0]],
        "contact_phone": "02 54 00 00 00",
    }
    return given | changes


async def written(database: Database, cast: Cast, by: str = "Bob", **changes: Any) -> UrgentNotice:
    async with database.writing() as session:
        draft = UrgentDraft.model_validate(typed(cast, **changes))
        return await service.write_urgent(session, cast.town_id, cast.actor(by), draft, language="fr")


async def follow(
    database: Database, cast: Cast, follows: UrgentNotice, message_type: MessageType, **changes: Any
) -> UrgentNotice:
    async with database.writing() as session:
        draft = UrgentDraft.model_validate(typed(cast, **changes))
        return await service.write_urgent(
            session, cast.town_id, cast.actor("Bob"), draft, language="fr", follows=follows, message_type=message_type
        )


async def send(
    database: Database,
    secrets: Secrets,
    cast: Cast,
    urgent: UrgentNotice,
    by: str = "Paula",
    confirmed: sending.Confirmed = SECOND,
) -> UrgentNotice:
    async with database.reading() as session:
        prepared = await sending.prepare_urgent(session, cast.town_id, urgent.id, INSTANCE)
        read = sending.content_hash_of(await queries.get_urgent(session, cast.town_id, urgent.id))
    async with database.writing() as session:
        return await sending.send_urgent(session, cast.town_id, secrets, prepared, cast.actor(by), confirmed, read)
