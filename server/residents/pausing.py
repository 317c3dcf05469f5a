"""A pause for a holiday: nothing is sent or brought from a day to a day; it resumes by itself."""

from datetime import date

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.mailings.leaving import cancel_for_recipient
from server.mailings.service import hold_recipients
from server.residents import queries
from server.residents.leaving import said_as_detail
from server.residents.models import ConsentAct, Resident
from server.residents.schemas import Pause, Said
from server.residents.subscribing import record_consent

PAUSED = action("resident.paused", sentence("Paused what somebody receives"))
RESUMED = action("resident.resumed", sentence("Ended somebody’s pause"))


async def pause_resident(
    session: WriteSession, municipality_id: int, actor: Actor, resident_id: int, pause: Pause
) -> Resident:
    """Raises NotFound, and Conflict for somebody who left."""
    await hold_recipients(session, municipality_id)
    resident = await queries.get_resident(session, municipality_id, resident_id)
    if resident.left_at is not None:
        raise Conflict(sentence("They left the list: there is nothing to pause."))
    _note(session, actor, resident, pause, pause.paused_from, pause.paused_until)
    if pause.paused_from <= clock.today():
        await cancel_for_recipient(session, municipality_id, resident_id)
    await record(session, municipality_id, actor.account_id, PAUSED, "resident", resident_id)
    return resident


async def resume_resident(
    session: WriteSession, municipality_id: int, actor: Actor, resident_id: int, said: Said
) -> Resident:
    """Back before the day that was said. Raises NotFound."""
    resident = await queries.get_resident(session, municipality_id, resident_id)
    if resident.paused_until is not None:
        _note(session, actor, resident, said, None, None)
        await record(session, municipality_id, actor.account_id, RESUMED, "resident", resident_id)
    return resident


def _note(
    session: WriteSession, actor: Actor, resident: Resident, said: Said, first: date | None, last: date | None
) -> None:
    resident.paused_from, resident.paused_until = first, last
    resident.last_contact_at = clock.now()
    session.add(resident)
    days = {"from": first.isoformat(), "until": last.isoformat()} if first and last else {}
    act = ConsentAct.PAUSED if days else ConsentAct.RESUMED
    record_consent(session, resident, act, said.way, detail={**days, **said_as_detail(said)}, actor=actor)
