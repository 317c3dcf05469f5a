"""Use cases of who runs the instance: a town opened with its administrator, suspended, opened again."""

from sqlalchemy import CursorResult, update
from sqlmodel import col

from server.accounts import audit
from server.accounts.actors import Actor
from server.accounts.staff import create_first_administrator
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.hosting.schemas import Opened, TownOpening
from server.mailings.models import Mailing, MailingState
from server.municipalities.addresses import public_url
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.municipalities.service import create_municipality

OPENED = audit.action("town.opened", sentence("Opened the town"))
SUSPENDED = audit.action("town.suspended", sentence("Suspended the town"))
RESUMED = audit.action("town.resumed", sentence("Opened the town again"))
_MOVED = sentence("The town is not what it was a moment ago: look at it again.")


async def open_town(session: WriteSession, operator: Actor | None, opening: TownOpening, instance_url: str) -> Opened:
    """A town and its administrator, together or not at all. `operator` is None on the command line. Raises Invalid."""
    town = await create_municipality(session, opening.draft)
    invited = await create_first_administrator(
        session, town.id, name=opening.administrator, email=opening.administrator_email
    )
    await _record(session, operator, OPENED, town.id)
    return Opened(town, public_url(town, instance_url), opening.administrator_email, invited)


async def suspend_town(session: WriteSession, operator: Actor | None, municipality_id: int) -> None:
    """Its pages are closed and its mail is held; nothing is lost. Raises NotFound and Conflict."""
    await _turn(session, municipality_id, suspend=True)
    held = (col(Mailing.municipality_id) == municipality_id, col(Mailing.state) == MailingState.SENDING)
    await session.execute(update(Mailing).where(*held).values(state=MailingState.PAUSED))
    await _record(session, operator, SUSPENDED, municipality_id)


async def resume_town(session: WriteSession, operator: Actor | None, municipality_id: int) -> None:
    """Its pages are open again; its mailings stay paused until somebody looks at them. Raises NotFound and Conflict."""
    await _turn(session, municipality_id, suspend=False)
    await _record(session, operator, RESUMED, municipality_id)


async def _turn(session: WriteSession, municipality_id: int, *, suspend: bool) -> None:
    await get_municipality(session, municipality_id)
    is_open = col(Municipality.suspended_at).is_(None)
    changed = await session.execute(
        update(Municipality)
        .where(col(Municipality.id) == municipality_id, is_open if suspend else ~is_open)
        .values(suspended_at=clock.now() if suspend else None)
    )
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        raise Conflict(_MOVED, "town_moved")


async def _record(session: WriteSession, operator: Actor | None, action: str, municipality_id: int) -> None:
    who = operator.account_id if operator else None
    await audit.record(session, municipality_id, who, action, "municipality", municipality_id)
