"""A burst main, from the first word to the all-clear, and a flood that was only an exercise."""

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from server.core import clock
from server.core.clock import PARIS
from server.demo.people import town_data
from server.demo.postman import deliver_everything
from server.demo.stage import Stage
from server.urgent.models import Confirmation, MessageType, UrgentNotice
from server.urgent.queries import get_urgent
from server.urgent.schemas import UrgentDraft, WitnessDraft
from server.urgent.sending import Confirmed, content_hash_of, prepare_urgent, send_urgent
from server.urgent.service import write_urgent
from server.urgent.witnesses import add_witness

_BURST_BEFORE, _EXERCISE_BEFORE = timedelta(days=39), timedelta(days=12)
_TO_ACCEPT = timedelta(seconds=4)


def days_of_alarms(today: date) -> list[date]:
    """The burst main's, then the exercise's."""
    return [today - _BURST_BEFORE, today - _EXERCISE_BEFORE]


async def sound(stage: Stage, day: date, *, is_exercise: bool) -> None:
    if is_exercise:
        team = "\n".join(person["email"] for person in town_data()["staff"])
        await _say(stage, _at(day, 10, 5), "flood", is_exercise=True, exercise_to=team)
        return
    burst = await _say(stage, _at(day, 8, 32), "water", until_at=_at(day, 15, 0))
    later = await _say(stage, _at(day, 13, 50), "water", "later", follows=burst, until_at=_at(day, 18, 0))
    await _say(stage, _at(day, 17, 20), "water", "over", follows=later, message_type=MessageType.CANCEL)


async def place_witness(stage: Stage) -> None:
    """A mailbox in which the catcher shows that what leaves from now on arrives."""
    draft = WitnessDraft(address="temoin@bal.example")
    async with stage.database.writing() as session:
        await add_witness(session, stage.town_id, stage.secrets, stage.administrator, draft, has_catcher=True)


async def _say(
    stage: Stage,
    moment: datetime,
    *names: str,
    follows: UrgentNotice | None = None,
    message_type: MessageType = MessageType.UPDATE,
    **changes: object,
) -> UrgentNotice:
    """The editor writes it, and the mayor reads it and lets it leave three minutes later."""
    words = {key: value for name in names for key, value in _texts()[name].items()}
    topics, places = words.pop("topics"), words.pop("places")
    found = {
        "topic_ids": [stage.topics[slug] for slug in topics],
        "place_ids": [stage.places[name] for name in places],
    }
    with clock.frozen(moment):
        async with stage.database.writing() as session:
            urgent = await write_urgent(
                session,
                stage.town_id,
                stage.editor,
                UrgentDraft.model_validate(words | found | changes),
                language="fr",
                follows=follows,
                message_type=message_type if follows else MessageType.ALERT,
            )
    with clock.frozen(moment + timedelta(minutes=3)):
        async with stage.database.reading() as session:
            prepared = await prepare_urgent(session, stage.town_id, urgent.id, stage.url)
            read = content_hash_of(await get_urgent(session, stage.town_id, urgent.id))
        async with stage.database.writing() as session:
            second = Confirmed(Confirmation.SECOND_PERSON)
            urgent = await send_urgent(session, stage.town_id, stage.secrets, prepared, stage.publisher, second, read)
    with clock.frozen(moment + timedelta(minutes=3) + _TO_ACCEPT):
        await deliver_everything(stage.database)
    return urgent


@cache
def _texts() -> dict[str, dict[str, Any]]:
    texts: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return texts


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), PARIS).astimezone(UTC)
