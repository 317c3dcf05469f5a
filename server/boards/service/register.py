"""The register: statements are added and never changed; what they say of a posting is then read anew."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, insert, update

from server.accounts.actors import Actor
from server.boards.evidence import Display, read_register
from server.boards.kinds import PostingState, RegisterKind
from server.boards.models import Posting, RegisterEntry
from server.boards.queries.postings import get_sheet, statements_of
from server.boards.schemas import Said
from server.core import clock
from server.core.clock import PARIS
from server.core.database import WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence

NOON = time(12)
"""The hour of what was done on a day, if nobody noted another."""


def at_hour(day: date, hour: time | None) -> datetime:
    """An hour of the town's clock."""
    return datetime.combine(day, hour or NOON, PARIS)


def statement(posting: Posting, kind: RegisterKind, actor: Actor, at: datetime, **more: Any) -> dict[str, Any]:
    """One line of the register, for `add_statements`."""
    return {
        "municipality_id": posting.municipality_id,
        "posting_id": posting.id,
        "board_id": posting.board_id,
        "kind": kind,
        "at": at,
        "said_by": actor.name[:60],
        "remark": "",
        "revision": None,
        "keyed_by_id": actor.account_id,
        "keyed_at": clock.now(),
        **more,
    }


async def add_statements(session: WriteSession, lines: Iterable[dict[str, Any]]) -> None:
    """Write lines of one shape, in their order."""
    if rows := list(lines):
        await session.execute(insert(RegisterEntry), rows)


async def note_what_was_seen(
    session: WriteSession, municipality_id: int, actor: Actor, posting_id: int, said: Said
) -> Posting:
    """A statement outside the rounds: put up at once, seen, gone. Raises NotFound, Invalid."""
    sheet = await get_sheet(session, municipality_id, posting_id)
    at = at_hour(said.on, said.time)
    if said.on > clock.today() or (said.time and at > clock.now()):
        raise Invalid({"on": sentence("This moment is still to come: key in what was done.")})
    revision = sheet.revision if said.kind is RegisterKind.POSTED else None
    more = {"said_by": said.said_by, "remark": said.remark, "revision": revision}
    await add_statements(session, [statement(sheet.posting, said.kind, actor, min(at, clock.now()), **more)])
    await read_anew(session, municipality_id, [posting_id])
    return sheet.posting


async def read_anew(session: WriteSession, municipality_id: int, posting_ids: Collection[int]) -> None:
    """Repeat in the postings what the register says of them."""
    await session.flush()
    said = await statements_of(session, municipality_id, posting_ids)
    found = [(posting_id, read_register(statements)) for posting_id, statements in said.items()]
    if found:
        connection = await session.connection()
        table = Posting.__table__  # type: ignore[attr-defined]  # SQLModel hides it
        changes: dict[str, Any] = {
            name: bindparam(f"new_{name}") for name in ("state", "hung_on", "seen_on", "days_hung", "revision")
        }
        await connection.execute(
            update(table).where(table.c.id == bindparam("posting_id")).values(changes),
            [_values(posting_id, display) for posting_id, display in found],
        )


def _values(posting_id: int, display: Display) -> dict[str, Any]:
    return {
        "posting_id": posting_id,
        "new_state": _state(display),
        "new_hung_on": display.first_day,
        "new_seen_on": display.seen_on,
        "new_days_hung": display.days,
        "new_revision": display.revision,
    }


def _state(display: Display) -> PostingState:
    if display.is_hanging:
        return PostingState.HANGING
    if display.is_lost:
        return PostingState.LOST
    return PostingState.DOWN if display.spans else PostingState.PLANNED
