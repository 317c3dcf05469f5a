"""Mailboxes that are gone, of people with a postal address: the letter that missed them can still come on paper."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, literal_column
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict
from server.core.i18n import sentence
from server.issues.models import Issue
from server.issues.queries import list_sent
from server.mailings.models import Delivery, DeliveryState
from server.mailings.policies import Cause, cause_of
from server.printruns import queries
from server.printruns.adding import Subject, add_letter
from server.printruns.audience import block_of
from server.printruns.models import PrintCopy, PrintRun
from server.residents.models import Channel, Resident, Subscription
from server.residents.queries import get_resident


@dataclass(frozen=True)
class Missed:
    """Somebody whose mailbox is gone, and the last letter, which has not come to them by any way."""

    resident: Resident
    refused_at: datetime | None
    letter: Issue


async def list_missed(session: ReadSession, municipality_id: int) -> list[Missed]:
    """By name. Whoever gets a copy, another address, or everything on paper is not among them any more."""
    gone = await _gone(session, municipality_id)
    if not gone:
        return []
    letters = await list_sent(session, municipality_id)
    last = await _last_letters(session, municipality_id, gone, letters)
    reached = await _reached(session, municipality_id, gone, set(last.values()))
    by_id = {one.id: one for one in letters}
    return [
        Missed(resident, refused_at, by_id[last[resident_id]])
        for resident_id, (resident, refused_at) in gone.items()
        if resident_id in last and (resident_id, last[resident_id]) not in reached
    ]


async def write_on_paper(session: WriteSession, municipality_id: int, actor: Actor, resident_id: int) -> PrintRun:
    """The letter they missed goes among the copies to print. Raises NotFound, Conflict once nothing is missed."""
    await get_resident(session, municipality_id, resident_id)
    missed = [one for one in await list_missed(session, municipality_id) if one.resident.id == resident_id]
    if not missed:
        raise Conflict(sentence("Somebody has settled this already."), "mailbox_settled")
    letter = missed[0].letter
    subject = Subject(letter.title, letter.topic_ids, issue_id=letter.id)
    return await add_letter(session, municipality_id, actor, subject, resident_id)


async def _gone(session: ReadSession, municipality_id: int) -> dict[int, tuple[Resident, datetime | None]]:
    """Who still has the address whose provider last said that nobody is there, and an address for an envelope."""
    later = aliased(Delivery)
    taken_since = exists().where(
        col(later.municipality_id) == municipality_id,
        col(later.recipient) == col(Resident.id),
        col(later.state) == DeliveryState.ACCEPTED,
        col(later.id) > col(Delivery.id),
    )
    query = (
        select(Resident, col(Delivery.reply), col(Delivery.settled_at))
        .join(Delivery, col(Delivery.recipient) == col(Resident.id))
        .where(
            col(Delivery.municipality_id) == municipality_id,
            col(Delivery.state) == DeliveryState.REFUSED,
            col(Delivery.reply) >= literal_column("'5'"),  # as its index says
            col(Resident.municipality_id) == municipality_id,
            col(Resident.left_at).is_(None),
            col(Resident.email) == col(Delivery.address),
            ~taken_since,
        )
        .order_by(col(Resident.list_key), col(Resident.id), col(Delivery.id))
    )
    held = {one.id for _, one in await queries.list_holds(session, municipality_id)}
    return {
        one.id: (one, refused_at)
        for one, reply, refused_at in await session.execute(query)
        if cause_of(reply) is Cause.DEAD_ADDRESS and one.id not in held and block_of(one).is_printable
    }


async def _last_letters(
    session: ReadSession, municipality_id: int, people: Collection[int], letters: Sequence[Issue]
) -> Mapping[int, int]:
    """The last letter that each of them should have had by email."""
    query = select(col(Subscription.resident_id), col(Subscription.topic_id), col(Subscription.started_at)).where(
        col(Subscription.municipality_id) == municipality_id,
        col(Subscription.resident_id).in_(people),
        col(Subscription.channel) == Channel.EMAIL,
        col(Subscription.ended_at).is_(None),
    )
    wanted: dict[int, list[tuple[int, datetime]]] = {}
    for resident_id, topic_id, since in await session.execute(query):
        wanted.setdefault(resident_id, []).append((topic_id, since))
    return {
        resident_id: letter.id
        for resident_id, wants in wanted.items()
        for letter in reversed(letters)  # the newest is written last
        if letter.sent_at and any(topic in letter.topic_ids and since <= letter.sent_at for topic, since in wants)
    }


async def _reached(
    session: ReadSession, municipality_id: int, people: Collection[int], letter_ids: Collection[int]
) -> set[tuple[int | None, int | None]]:
    """(person, letter) where a copy on paper is theirs, or the mail came through after all."""
    copies = (
        select(col(PrintCopy.resident_id), col(PrintRun.issue_id))
        .join(PrintRun, col(PrintRun.id) == col(PrintCopy.run_id))
        .where(
            col(PrintCopy.municipality_id) == municipality_id,
            col(PrintCopy.resident_id).in_(people),
            col(PrintRun.issue_id).in_(letter_ids),
        )
    )
    mails = (
        select(col(Delivery.recipient), col(Issue.id))
        .join(Issue, col(Issue.mailing_id) == col(Delivery.mailing_id))
        .where(
            col(Delivery.municipality_id) == municipality_id,
            col(Delivery.recipient).in_(people),
            col(Delivery.state) == DeliveryState.ACCEPTED,
            col(Issue.id).in_(letter_ids),
        )
    )
    return {(one, letter) for query in (copies, mails) for one, letter in await session.execute(query)}
