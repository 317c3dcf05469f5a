"""The audit trail: who did what, when, to what. Ids and counts, never addresses, names or words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from server.accounts.models import Account, AuditEntry
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.i18n import Message, sentence
from server.web.pagination import Page, Slice

KEPT = timedelta(days=365)

_NAMES: dict[str, Message] = {}


def action(code: str, name: Message) -> str:
    """Register what the trail's page calls `code`; give the code to `record`."""
    if _NAMES.setdefault(code, name) != name:
        raise ValueError(f"two actions are called {code}")
    return code


_KINDS: Mapping[str, Message] = {
    "account": sentence("account"),
    "address_file": sentence("address file"),
    "board": sentence("board"),
    "council_group": sentence("group of the council"),
    "form_batch": sentence("pile of paper forms"),
    "issue": sentence("letter"),
    "join_request": sentence("request to join"),
    "list": sentence("list of people"),
    "list_import": sentence("imported list"),
    "mailing": sentence("mailing"),
    "message": sentence("message"),
    "municipality": sentence("municipality"),
    "notice": sentence("notice"),
    "print_run": sentence("paper sending"),
    "resident": sentence("resident"),
    "session": sentence("session"),
    "token": sentence("token"),
    "topic": sentence("topic"),
    "urgent": sentence("urgent notice"),
    "visit": sentence("visit of the host"),
    "witness": sentence("witness mailbox"),
}


def kind_of(code: str) -> str:
    """What an entry is about in the reader's language; an unknown kind keeps its code."""
    return str(_KINDS.get(code, code))


def name_of(code: str) -> str:
    """The action in the reader's language; an unregistered one keeps its code."""
    return str(_NAMES.get(code, code))


SIGNED_IN = action("session.opened", sentence("Signed in"))
SIGNED_OUT = action("session.closed", sentence("Signed out"))
SIGN_IN_REFUSED = action("session.refused", sentence("Sign-in refused"))
SESSIONS_ENDED = action("sessions.ended", sentence("Ended other sessions"))
PASSWORD_CHANGED = action("password.changed", sentence("Changed the password"))
PASSWORD_REFUSED = action("password.refused", sentence("Wrong password when asked again"))
STAFF_INVITED = action("staff.invited", sentence("Invited somebody"))
LINK_MADE = action("staff.link_made", sentence("Made a one-time link"))
LINK_USED = action("staff.link_used", sentence("Chose a password by a one-time link"))
ROLES_CHANGED = action("staff.roles_changed", sentence("Changed somebody’s roles"))
STAFF_DISABLED = action("staff.disabled", sentence("Disabled somebody"))
STAFF_ENABLED = action("staff.enabled", sentence("Enabled somebody"))
TOKEN_CREATED = action("token.created", sentence("Created an API token"))
TOKEN_REVOKED = action("token.revoked", sentence("Revoked an API token"))


async def record(
    session: WriteSession,
    municipality_id: int | None,
    account_id: int | None,
    action: str,
    object_kind: str = "",
    object_id: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one line of the trail, in the transaction of what it tells."""
    session.add(
        AuditEntry(
            municipality_id=municipality_id,
            account_id=account_id,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            detail=dict(detail or {}),
            at=clock.now(),
        )
    )


@dataclass(frozen=True)
class Line:
    """One line of the trail as it is read; `who` and `whom` are names of staff."""

    entry: AuditEntry
    who: str | None
    whom: str | None


async def list_entries(session: ReadSession, municipality_id: int, part: Slice) -> Page[Line]:
    """The trail, newest first, with the names of the staff it tells of."""
    mine = col(AuditEntry.municipality_id) == municipality_id
    total = await session.scalar(select(func.count()).select_from(AuditEntry).where(mine)) or 0
    whom = aliased(Account)
    is_about_somebody = (col(AuditEntry.object_kind) == "account") & (col(whom.id) == col(AuditEntry.object_id))
    query = (
        select(AuditEntry, Account.name, whom.name)
        .outerjoin(Account, col(Account.id) == col(AuditEntry.account_id))
        .outerjoin(whom, is_about_somebody)
        .where(mine)
        .order_by(col(AuditEntry.id).desc())
        .offset(part.offset)
        .limit(part.size)
    )
    lines = [Line(*row) for row in await session.execute(query)]
    return Page(lines, total, part.number, part.size)


async def forget_old_entries(session: WriteSession) -> None:
    """Retention, in every town: a year is long enough to answer for what was done, and no longer than needed."""
    await session.execute(delete(AuditEntry).where(col(AuditEntry.at) < clock.now() - KEPT))
