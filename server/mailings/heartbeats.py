"""Signs of life of the workers, and what they say keeps mail from leaving."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from server.core import clock
from server.core.database import Database, ReadSession
from server.core.i18n import Message, sentence
from server.mailings.models import WorkerHeartbeat

FRESH = timedelta(seconds=30)
MACHINE = socket.gethostname()[:30]
"""Part of the name of each worker on it."""
_MOST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps mail from leaving, in a sentence."""

    message: Message
    at: datetime


async def beat(database: Database, signs: Sequence[tuple[str, str, str]]) -> None:
    """Each of these (name, kind, note) lives."""
    insert = sqlite.insert if database.is_sqlite else postgresql.insert
    statement = insert(WorkerHeartbeat)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"at": statement.excluded.at, "note": statement.excluded.note}
    )
    now = clock.now()
    rows = [{"name": name, "kind": kind, "at": now, "note": note[:_MOST_NOTE]} for name, kind, note in signs]
    async with database.writing() as session:
        await session.execute(statement, rows)


async def stop_beating(database: Database, names: Sequence[str]) -> None:
    """These ended as they should: nobody need look for them."""
    async with database.writing() as session:
        await session.execute(delete(WorkerHeartbeat).where(col(WorkerHeartbeat.name).in_(names)))


async def living_workers(session: ReadSession) -> dict[str, list[WorkerHeartbeat]]:
    """The workers that gave a sign of life lately, by kind."""
    query = select(WorkerHeartbeat).where(col(WorkerHeartbeat.at) > clock.now() - FRESH)
    found: dict[str, list[WorkerHeartbeat]] = {}
    for sign in await session.scalars(query.order_by(col(WorkerHeartbeat.name))):
        found.setdefault(sign.kind, []).append(sign)
    return found


async def find_mail_trouble(session: ReadSession, own_way: str = "") -> Trouble | None:
    """Why mail does not leave at this moment; None if it does. `own_way`: the kind of worker a town with a relay of its
    own has, whose troubles come before the instance's.
    """
    workers = await living_workers(session)
    signs = workers.get(own_way, []) or workers.get("mail", [])
    if not signs:
        return Trouble(
            sentence("No mail worker is running. Nothing is lost; mail leaves as soon as one is."), clock.now()
        )
    if all(sign.note for sign in signs):
        return Trouble(explain_note(signs[0].note), signs[0].at)
    return None


def explain_note(note: str) -> Message:
    """A worker's note ("unreachable: Connection refused") in a sentence for people."""
    trouble, _, detail = note.partition(": ")
    words = _SENTENCES.get(trouble, "The mail worker is starting again. Nothing is lost. ({detail})")
    return sentence(words, detail=detail or trouble)


_SENTENCES = {
    "unreachable": sentence(
        "The mail relay does not answer. Nothing is lost; sending resumes by itself. ({detail})"
    ).msgid,
    "refuses": sentence(
        "The mail relay refuses us for now. Nothing is lost; sending resumes by itself. ({detail})"
    ).msgid,
    "login": sentence(
        "The mail relay does not accept our account. Nothing is lost; correct it and sending resumes. ({detail})"
    ).msgid,
    "tls": sentence(
        "The mail relay cannot be reached safely (TLS), so nothing is sent to it. Nothing is lost. ({detail})"
    ).msgid,
    "cleartext": sentence(
        "The mail relay {detail} is on another machine and no TLS is asked for, so nothing is sent to it."
    ).msgid,
}
