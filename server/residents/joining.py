"""Joining by email, with the consent of whoever owns the address: ask, confirm, or never be written to again.

Whoever fills the form learns nothing: a known address, an unknown one, a barred one and one too many give the same page.
"""

from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import CursorResult, update
from sqlmodel import col

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict, NotFound
from server.core.i18n import sentence, translate
from server.mailings.leaving import lift_suppression, suppress_address
from server.mailings.models import SuppressionReason
from server.mailings.service import hold_recipients
from server.municipalities.queries import list_places
from server.residents import limits, mails, queries, rules
from server.residents.addresses import email_key
from server.residents.consent import VERSION, consent_words
from server.residents.leaving import end_email
from server.residents.mails import Post
from server.residents.models import Channel, ConsentAct, ConsentWay, JoinRequest, RequestKind, Resident
from server.residents.quota import refuse_more_people
from server.residents.schemas import Choices, EmailWish, Want
from server.residents.subscribing import (
    check_places,
    check_wants,
    record_consent,
    refresh_keys,
    set_email,
    set_places,
    set_wants,
)

_TOO_OLD = sentence("This link is too old, or was used up. Nothing is kept of that request: you may simply ask again.")


@dataclass(frozen=True)
class Confirmed:
    """Who is on the list now, and whether their address is new rather than they."""

    resident: Resident
    is_address: bool


async def request_to_join(session: WriteSession, post: Post, wish: EmailWish, address_of_asker: str) -> None:
    """Send whoever owns the address a mail to confirm, unless a limit is reached: then nothing, and nobody is told.

    Raises Invalid for a topic that does not exist, Unavailable for a town that cannot write yet.
    """
    mails.check_can_write(post.municipality)
    wants = [Want(topic_id=topic_id, channel=Channel.EMAIL) for topic_id in wish.topic_ids]
    await check_wants(session, post.municipality.id, wants)
    await check_places(session, post.municipality.id, wish.place_ids)
    if not await limits.may_ask(session, post.secrets, address_of_asker):
        return
    await ask_to_confirm(session, post, wish.email, wish, wants=wants)


async def ask_to_confirm(
    session: WriteSession,
    post: Post,
    email: str,
    choices: Choices | None = None,
    *,
    wants: list[Want],
    resident: Resident | None = None,
    actor: Actor | None = None,
    language: str = "",
) -> None:
    """Write the request down and the mail with it. `resident`: whose new address it is."""
    town = post.municipality
    language = language or (choices.language if choices else town.languages[0])
    if not await limits.may_be_written_to(session, post.secrets, town, email):
        return
    request = JoinRequest(
        municipality_id=town.id,
        kind=RequestKind.ADDRESS if resident else RequestKind.JOIN,
        resident_id=resident.id if resident else None,
        email=email,
        email_key=email_key(email),
        answers={
            "wants": [want.model_dump(mode="json") for want in wants],
            **(choices.model_dump(mode="json", include=set(Choices.model_fields)) if choices else {}),
        },
        text_version=VERSION,
        text=translate(consent_words(town.name), language),
        recorded_by_id=actor.account_id if actor else None,
        created_at=clock.now(),
        expires_at=clock.now() + rules.FORGOTTEN_AFTER,
    )
    session.add(request)
    await session.flush()
    await _send(session, post, request, language)


async def _send(session: WriteSession, post: Post, request: JoinRequest, language: str) -> None:
    """A question to the owner of the address; no question to who is on the list already."""
    known = await queries.find_by_email(session, request.municipality_id, request.email)
    if known is not None and known.left_at is None:
        await mails.send_reminder(session, post, request, known, language)
    elif request.kind is RequestKind.ADDRESS:
        await mails.send_address_confirmation(session, post, request, language)
    else:
        await mails.send_confirmation(session, post, request, language)


async def confirm_request(session: WriteSession, post: Post, request_id: int) -> Confirmed:
    """The owner of the address said yes. Saying it twice is saying it once. Raises NotFound, or Conflict."""
    town_id = post.municipality.id
    await hold_recipients(session, town_id)
    request = await queries.find_request(session, town_id, request_id)
    if request is None or not request.email:
        raise NotFound(_TOO_OLD, "too_old")
    is_first = await _take(session, request)
    if request.kind is RequestKind.ADDRESS and request.resident_id is not None:
        resident = await queries.get_resident(session, town_id, request.resident_id)
    else:
        resident = await queries.find_by_email(session, town_id, request.email) or _newcomer(request)
    if is_first and (resident.id is None or resident.left_at is not None):
        await refuse_more_people(session, town_id)
    if is_first:
        await _welcome(session, post, request, resident)
    elif resident.id is None:
        raise NotFound(_TOO_OLD, "too_old")
    return Confirmed(resident, request.kind is RequestKind.ADDRESS)


async def never_write_again(session: WriteSession, post: Post, request_id: int) -> None:
    """The owner of the address wants nothing from this town, ever. Of the request, only that it was refused is kept."""
    town_id = post.municipality.id
    request = await queries.find_request(session, town_id, request_id)
    if request is None:
        raise NotFound(_TOO_OLD, "too_old")
    if not request.email:
        return
    await suppress_address(session, town_id, post.secrets, request.email, SuppressionReason.NEVER_AGAIN)
    known = await queries.find_by_email(session, town_id, request.email)
    if known is not None:
        await end_email(session, known, ConsentWay.WEB)
    request.sqlmodel_update({"email": "", "email_key": "", "answers": {}, "confirmed_at": clock.now()})
    session.add(request)


async def _take(session: WriteSession, request: JoinRequest) -> bool:
    """Whether this is the first yes."""
    taken = await session.execute(
        update(JoinRequest)
        .where(col(JoinRequest.id) == request.id, col(JoinRequest.confirmed_at).is_(None))
        .values(confirmed_at=clock.now())
    )
    assert isinstance(taken, CursorResult)
    return taken.rowcount == 1


def _newcomer(request: JoinRequest) -> Resident:
    now = clock.now()
    return Resident(municipality_id=request.municipality_id, created_at=now, last_contact_at=now)


async def _welcome(session: WriteSession, post: Post, request: JoinRequest, resident: Resident) -> None:
    """Put on the list what was asked for; what they had before is kept."""
    await _free_address(session, request, resident)
    set_email(resident, request.email)
    resident.last_contact_at = clock.now()
    if request.kind is RequestKind.JOIN:
        choices = Choices.model_validate(request.answers)
        resident.edition, resident.language = choices.edition, choices.language
    refresh_keys(resident)
    session.add(resident)
    await session.flush()
    if request.kind is RequestKind.JOIN:
        known = {place.id for place in await list_places(session, resident.municipality_id)}
        await set_places(session, resident, known.intersection(choices.place_ids))
    is_new = await _add_wants(session, resident, request)
    await lift_suppression(session, resident.municipality_id, post.secrets, request.email)
    record_consent(
        session,
        resident,
        ConsentAct.GIVEN if is_new else ConsentAct.CHANGED,
        ConsentWay.WEB,
        words=(request.text_version, request.text),
        detail={"request": request.id, "asked_at": request.created_at.isoformat(), "wants": request.answers["wants"]},
    )


async def _add_wants(session: WriteSession, resident: Resident, request: JoinRequest) -> bool:
    """What was asked for, beside what they have; whether they had nothing."""
    town_id = resident.municipality_id
    asked = TypeAdapter(list[Want]).validate_python(request.answers["wants"])
    topics = {topic.id for topic in await queries.list_topics(session, town_id)}
    had = (await queries.current_wants(session, town_id, [resident.id])).get(resident.id, [])
    await set_wants(session, resident, [*had, *(want for want in asked if want.topic_id in topics)])
    return not had


async def _free_address(session: WriteSession, request: JoinRequest, resident: Resident) -> None:
    """The mailbox is `resident`'s now: somebody who left does not need it any more. Raises Conflict if somebody does."""
    other = await queries.find_by_email(session, request.municipality_id, request.email)
    if other is None or other.id == resident.id:
        return
    if other.left_at is None:
        raise Conflict(sentence("This address receives the letter already. Telephone: we will put it right with you."))
    set_email(other, "")
    refresh_keys(other)
    session.add(other)
    await session.flush()
