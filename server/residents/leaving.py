"""Leaving: by a link and by one click, at the counter and by telephone. At once, and as often as one likes."""

from collections.abc import Collection
from dataclasses import dataclass

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import WriteSession
from server.core.i18n import sentence
from server.mailings.leaving import cancel_for_recipient
from server.residents import queries
from server.residents.models import Channel, ConsentAct, ConsentWay, Resident, Subscription
from server.residents.schemas import Said
from server.residents.subscribing import calls_as_detail, end_all, record_consent, running

DEPARTED = action("resident.departed", sentence("Took somebody off the list at their request"))


@dataclass(frozen=True)
class Left:
    """What somebody still receives after leaving the mails."""

    paper: frozenset[Channel] = frozenset()


async def leave_by_link(session: WriteSession, municipality_id: int, resident_id: int, way: ConsentWay) -> Left:
    """No more mail, from this moment. Somebody who left before, or whom we have forgotten, has left."""
    resident = await queries.find_resident(session, municipality_id, resident_id)
    if resident is None:
        return Left()
    return await end_email(session, resident, way)


async def end_email(session: WriteSession, resident: Resident, way: ConsentWay) -> Left:
    """End every subscription by email of `resident`; what waits for them is not sent."""
    runs = await running(session, resident)
    ended = [one for one in runs if one.channel is Channel.EMAIL]
    await _withdraw(session, resident, ended, way)
    return Left(frozenset(one.channel for one in runs if one.channel is not Channel.EMAIL))


async def stop_writing(
    session: WriteSession, municipality_id: int, actor: Actor, resident_id: int, said: Said
) -> Resident:
    """Somebody asked the town hall to stop: by every channel, whatever they had. Raises NotFound."""
    resident = await queries.get_resident(session, municipality_id, resident_id)
    await _withdraw(session, resident, await running(session, resident), said.way, actor, said)
    await record(session, municipality_id, actor.account_id, DEPARTED, "resident", resident_id)
    return resident


async def _withdraw(
    session: WriteSession,
    resident: Resident,
    ended: Collection[Subscription],
    way: ConsentWay,
    actor: Actor | None = None,
    said: Said | None = None,
) -> None:
    if ended:
        could_be_called = resident.may_be_called
        await end_all(session, resident, ended)
        resident.last_contact_at = clock.now()
        wants = [{"topic_id": one.topic_id, "channel": one.channel.value} for one in ended]
        detail = {"ended": wants, **calls_as_detail(resident, could_be_called), **said_as_detail(said)}
        record_consent(session, resident, ConsentAct.WITHDRAWN, way, detail=detail, actor=actor)
        await session.flush()
    await cancel_for_recipient(session, resident.municipality_id, resident.id)


def said_as_detail(said: Said | None) -> dict[str, object]:
    """How it was said, for the proof."""
    if said is None:
        return {}
    return {"said_on": said.said_on.isoformat() if said.said_on else "", "form_number": said.form_number}
