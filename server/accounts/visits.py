"""Support visits: who runs the instance reads nothing of a town unless the town says yes, for some hours, in some roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from server.accounts import audit
from server.accounts.actors import Actor
from server.accounts.models import Account, Role, SupportVisit
from server.accounts.schemas import VisitConsent, VisitWish
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, NotFound
from server.core.i18n import sentence

ASKED = audit.action("visit.asked", sentence("Asked to look in, to help"))
ALLOWED = audit.action("visit.allowed", sentence("Let the host look in"))
DECLINED = audit.action("visit.declined", sentence("Did not let the host look in"))
ENDED = audit.action("visit.ended", sentence("Ended a visit of the host"))
_OPEN = sentence("A visit is asked for or under way already.")
_MOVED = sentence("This visit was answered or ended meanwhile.")


@dataclass(frozen=True)
class Visit:
    """A visit with the names of who asked and who answered."""

    visit: SupportVisit
    operator: str
    answered_by: str | None

    @property
    def is_asked(self) -> bool:
        return self.visit.answered_at is None and self.visit.ended_at is None

    @property
    def is_running(self) -> bool:
        until = self.visit.until_at
        return until is not None and until > clock.now() and self.visit.ended_at is None


async def ask_visit(session: WriteSession, municipality_id: int, operator: Actor, wish: VisitWish) -> SupportVisit:
    """Raises Conflict if a visit is asked for or under way already."""
    if any(one.is_asked or one.is_running for one in await list_visits(session, municipality_id)):
        raise Conflict(_OPEN, "visit_open")
    visit = SupportVisit(
        municipality_id=municipality_id, operator_id=operator.account_id, reason=wish.reason, asked_at=clock.now()
    )
    session.add(visit)
    await session.flush()
    await audit.record(session, municipality_id, operator.account_id, ASKED, "visit", visit.id)
    return visit


async def allow_visit(
    session: WriteSession, municipality_id: int, actor: Actor, visit_id: int, consent: VisitConsent
) -> None:
    """The town says yes: in these roles, until then. Raises NotFound and Conflict."""
    now = clock.now()
    until = now + timedelta(hours=int(consent.hours))
    values = {"answered_by_id": actor.account_id, "answered_at": now, "roles": consent.roles, "until_at": until}
    await _change(session, municipality_id, visit_id, col(SupportVisit.answered_at).is_(None), **values)
    detail = {"roles": [role.value for role in consent.roles], "hours": consent.hours}
    await audit.record(session, municipality_id, actor.account_id, ALLOWED, "visit", visit_id, detail)


async def decline_visit(session: WriteSession, municipality_id: int, actor: Actor, visit_id: int) -> None:
    """The town says no. Raises NotFound and Conflict."""
    now = clock.now()
    values = {"answered_by_id": actor.account_id, "answered_at": now, "ended_at": now}
    await _change(session, municipality_id, visit_id, col(SupportVisit.answered_at).is_(None), **values)
    await audit.record(session, municipality_id, actor.account_id, DECLINED, "visit", visit_id)


async def end_visit(session: WriteSession, municipality_id: int, actor: Actor, visit_id: int) -> None:
    """Over at once, whoever of the two ends it; a visit nobody answered is withdrawn. Raises NotFound and Conflict."""
    await _change(session, municipality_id, visit_id, col(SupportVisit.ended_at).is_(None), ended_at=clock.now())
    await audit.record(session, municipality_id, actor.account_id, ENDED, "visit", visit_id)


async def visiting_roles(session: ReadSession, municipality_id: int, account_id: int) -> frozenset[Role]:
    """What an operator may do in the town at this moment, because the town said so."""
    query = (
        select(SupportVisit.roles)
        .join(Account, col(Account.id) == col(SupportVisit.operator_id))
        .where(
            col(SupportVisit.municipality_id) == municipality_id,
            col(SupportVisit.operator_id) == account_id,
            col(SupportVisit.ended_at).is_(None),
            col(SupportVisit.until_at) > clock.now(),
            col(Account.is_operator).is_(True),
        )
    )
    return frozenset(Role(role) for roles in await session.scalars(query) for role in roles)


async def list_visits(session: ReadSession, municipality_id: int) -> Sequence[Visit]:
    """Every visit of a town, the latest first."""
    operator, answering = aliased(Account), aliased(Account)
    query = (
        select(SupportVisit, operator.name, answering.name)
        .join(operator, col(operator.id) == col(SupportVisit.operator_id))
        .outerjoin(answering, col(answering.id) == col(SupportVisit.answered_by_id))
        .where(col(SupportVisit.municipality_id) == municipality_id)
        .order_by(col(SupportVisit.id).desc())
    )
    return [Visit(*row) for row in await session.execute(query)]


async def find_open_visit(session: ReadSession, municipality_id: int) -> Visit | None:
    """The one that waits for an answer or is under way."""
    visits = await list_visits(session, municipality_id)
    return next((one for one in visits if one.is_asked or one.is_running), None)


async def get_visit(session: ReadSession, municipality_id: int, visit_id: int) -> SupportVisit:
    """Raises NotFound, also for another town's visit."""
    here = (col(SupportVisit.municipality_id) == municipality_id, col(SupportVisit.id) == visit_id)
    visit = (await session.scalars(select(SupportVisit).where(*here))).one_or_none()
    if visit is None:
        raise NotFound
    return visit


async def _change(session: WriteSession, municipality_id: int, visit_id: int, still: Any, **values: Any) -> None:
    visit = await get_visit(session, municipality_id, visit_id)
    changed = await session.execute(
        update(SupportVisit)
        .where(col(SupportVisit.id) == visit.id, still)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        raise Conflict(_MOVED, "visit_moved")
