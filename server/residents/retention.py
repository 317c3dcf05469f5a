"""Those of whom nothing was heard for nearly three years are asked whether they still want it: by mail, or on paper."""

from sqlalchemy import ColumnElement, delete, exists, select
from sqlmodel import col

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.i18n import sentence, translate
from server.core.secrets import Secrets
from server.mailings.service import hold_recipients
from server.municipalities.models import Municipality
from server.residents import mails, queries, rules
from server.residents.consent import VERSION, consent_words
from server.residents.leaving import end_email
from server.residents.mails import Post
from server.residents.models import (
    Channel,
    ConsentAct,
    ConsentWay,
    JoinRequest,
    RequestKind,
    Resident,
    Subscription,
)
from server.residents.subscribing import record_consent

STILL_WANTED = action("resident.still_wants", sentence("Wrote down that somebody still wants it"))
_AT_ONCE = 100


async def ask_the_silent(database: Database, secrets: Secrets, instance_url: str) -> None:
    """For the clock, all towns: those who receive by email are written to once; who did not answer in time receives no more."""
    await _end_unanswered(database)
    async with database.reading() as session:
        query = select(col(Resident.id), Municipality).join(
            Municipality, col(Municipality.id) == col(Resident.municipality_id)
        )
        silent = (*_is_silent(), _by_email(), ~_asked(), col(Municipality.sender_address) != "")
        found = [(row[0], row[1]) for row in await session.execute(query.where(*silent).limit(_AT_ONCE))]
    for resident_id, town in found:
        async with database.writing() as session:
            await _ask(session, Post(town, secrets, instance_url), resident_id)


async def list_silent(session: ReadSession, municipality_id: int, limit: int = 200) -> list[Resident]:
    """Who receives on paper alone and is to be asked on paper, the longest silent first."""
    query = select(Resident).where(col(Resident.municipality_id) == municipality_id, *_is_silent(), ~_by_email())
    return list(await session.scalars(query.order_by(col(Resident.last_contact_at), col(Resident.id)).limit(limit)))


async def note_still_wanted(session: WriteSession, municipality_id: int, actor: Actor, resident_id: int) -> Resident:
    """Their coupon came back, or they said so. Raises NotFound."""
    resident = await queries.get_resident(session, municipality_id, resident_id)
    resident.last_contact_at = clock.now()
    session.add(resident)
    record_consent(session, resident, ConsentAct.CHANGED, ConsentWay.PAPER, actor=actor)
    await record(session, municipality_id, actor.account_id, STILL_WANTED, "resident", resident_id)
    return resident


async def _ask(session: WriteSession, post: Post, resident_id: int) -> None:
    town_id = post.municipality.id
    resident = await queries.get_resident(session, town_id, resident_id)
    wants = (await queries.current_wants(session, town_id, [resident_id])).get(resident_id, [])
    now = clock.now()
    request = JoinRequest(
        municipality_id=town_id,
        kind=RequestKind.AGAIN,
        resident_id=resident_id,
        email=resident.email or "",
        email_key=resident.email_key or "",
        answers={"wants": [want.model_dump(mode="json") for want in wants if want.channel is Channel.EMAIL]},
        text_version=VERSION,
        text=translate(consent_words(post.municipality.name), resident.language),
        created_at=now,
        expires_at=now + rules.ANSWER_WITHIN,
    )
    session.add(request)
    await session.flush()
    await mails.send_question(session, post, request, resident)


async def _end_unanswered(database: Database) -> None:
    """Whoever pressed the button, wrote, called or changed something since has answered."""
    over = (col(JoinRequest.kind) == RequestKind.AGAIN, col(JoinRequest.expires_at) < clock.now())
    async with database.reading() as session:
        requests = list(await session.scalars(select(JoinRequest).where(*over).limit(_AT_ONCE)))
    for request in requests:
        async with database.writing() as session:
            await hold_recipients(session, request.municipality_id)
            resident = await queries.find_resident(session, request.municipality_id, request.resident_id or 0)
            if resident is not None and resident.last_contact_at < request.created_at:
                await end_email(session, resident, ConsentWay.SILENCE)
            await session.execute(delete(JoinRequest).where(col(JoinRequest.id) == request.id))


def _is_silent() -> tuple[ColumnElement[bool], ...]:
    before = clock.now() - rules.ASKED_AGAIN_AFTER
    return col(Resident.left_at).is_(None), col(Resident.last_contact_at) < before


def _by_email() -> ColumnElement[bool]:
    return exists().where(
        col(Subscription.resident_id) == col(Resident.id),
        col(Subscription.channel) == Channel.EMAIL,
        col(Subscription.ended_at).is_(None),
    )


def _asked() -> ColumnElement[bool]:
    return exists().where(
        col(JoinRequest.resident_id) == col(Resident.id),
        col(JoinRequest.kind) == RequestKind.AGAIN,
    )
