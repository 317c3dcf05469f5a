"""Letting an urgent notice leave: everywhere at once, by somebody who read exactly this, and whoever confirmed how.

Composing takes time and is done from a reading session; the writing session then sends only what was composed.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, update

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, Invalid, TooMany
from server.core.i18n import sentence
from server.core.limits import count_once
from server.core.secrets import Secrets
from server.mailings import queries as mailing_queries
from server.mailings import service as mailings
from server.mailings.compose import new_marks
from server.mailings.letterhead import RenderedMail
from server.mailings.models import Lane, MailingKind
from server.mailings.schemas import MessageVariant, Recipient
from server.mailings.town_mail import Links, compose_town_mail, links_of
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.notices import service as notices
from server.notices.models import NoticeState
from server.notices.queries import get_notice
from server.notices.renderings import render_notice_mail
from server.residents import queries as residents
from server.residents.models import Edition
from server.residents.schemas import AudienceRow
from server.urgent import queries
from server.urgent.content import notice_of, subject_of
from server.urgent.models import Confirmation, MessageType, UrgentNotice, UrgentState
from server.urgent.posters import settle_posters
from server.urgent.service import NOT_NOW, move_draft
from server.urgent.witnesses import write_to_witnesses

SENT = action("urgent.sent", sentence("Sent an urgent notice"))
OVERRIDDEN = action("urgent.overridden", sentence("Sent an urgent notice without a second person or a password"))
_CHANGED = sentence("This message was changed while you read it. Read it again.")
_PER_HOUR, _HOUR = 12, timedelta(hours=1)


@dataclass(frozen=True)
class PreparedUrgent:
    """A message composed for every language of the town, bound to the hash of what it says."""

    urgent_id: int
    content_hash: str
    variants: tuple[MessageVariant, ...]


@dataclass(frozen=True)
class Confirmed:
    """How somebody made sure; the reason of who kept neither rule."""

    way: Confirmation
    reason: str = ""


def origin_of(urgent: UrgentNotice) -> str:
    """What the ledger calls the mailings of a message."""
    return f"urgent:{urgent.id}"


def content_hash_of(urgent: UrgentNotice) -> str:
    return notice_of(urgent).content.content_hash


async def prepare_urgent(
    session: ReadSession, municipality_id: int, urgent_id: int, instance_url: str
) -> PreparedUrgent:
    """Render and compose the message, once per language. Raises NotFound."""
    urgent = await queries.get_urgent(session, municipality_id, urgent_id)
    municipality = await get_municipality(session, municipality_id)
    number = str(urgent.id)
    if urgent.notice_id is not None:
        number = (await get_notice(session, municipality_id, urgent.notice_id)).number
    root = urgent.uid if urgent.first_id is None else (await _root(session, urgent)).uid
    languages = dict.fromkeys([urgent.language, *municipality.languages])
    variants = tuple(_compose(municipality, urgent, number, root, language, instance_url) for language in languages)
    return PreparedUrgent(urgent.id, content_hash_of(urgent), variants)


async def send_urgent(
    session: WriteSession,
    municipality_id: int,
    secrets: Secrets,
    prepared: PreparedUrgent,
    actor: Actor,
    confirmed: Confirmed,
    content_hash: str,
) -> UrgentNotice:
    """From here on it leaves: mail in the urgent lane, the town's pages, feeds, boards. The same message leaves once.

    `content_hash` is what the person read. Raises Conflict if it says something else by now or has left, Invalid if
    the confirmation is not one, TooMany when this town sends more of them than an emergency explains.
    """
    urgent = await queries.get_urgent(session, municipality_id, prepared.urgent_id)
    if urgent.state is not UrgentState.DRAFT:
        raise Conflict(NOT_NOW, "urgent_moved")
    if not prepared.content_hash == content_hash == content_hash_of(urgent):
        raise Conflict(_CHANGED, "content_changed")
    _check(urgent, actor, confirmed)
    if not await count_once(session, f"urgent/{municipality_id}", limit=_PER_HOUR, per=_HOUR):
        raise TooMany(sentence("More urgent notices than an hour can bear. Wait, or telephone."), 3600)
    if urgent.is_exercise:
        await _write_to_chosen(session, municipality_id, secrets, urgent, prepared, actor)
    else:
        await _publish(session, municipality_id, actor, urgent)
        await _write_to_residents(session, municipality_id, secrets, urgent, prepared, actor)
    await write_to_witnesses(session, secrets, urgent, prepared.variants[0], actor)
    await _replace_earlier(session, urgent)
    await settle_posters(session, urgent, actor)
    await _note_sent(session, urgent, actor, confirmed)
    return urgent


async def urgent_audience(session: ReadSession, municipality_id: int, urgent: UrgentNotice) -> list[AudienceRow]:
    """Who is written to. A follow-up goes to those who got the first message and still want such mail."""
    around = await queries.places_around(session, municipality_id, urgent.place_ids)
    audience = await residents.email_audience(session, municipality_id, urgent.topic_ids, around)
    if urgent.first_id is None:
        return audience
    root = await _root(session, urgent)
    around = await queries.places_around(session, municipality_id, root.place_ids)
    audience = await residents.email_audience(session, municipality_id, root.topic_ids, around)
    known = await mailing_queries.recipients_of(session, municipality_id, root.mailing_id or 0)
    return [one for one in audience if one.resident_id in known]


def _check(urgent: UrgentNotice, actor: Actor, confirmed: Confirmed) -> None:
    is_own = urgent.created_by_id == actor.account_id
    if confirmed.way is Confirmation.SECOND_PERSON and is_own:
        raise Invalid(
            {"password": sentence("You wrote this message: type your password, or let somebody else send it.")}
        )
    if confirmed.way is Confirmation.OVERRIDE and not confirmed.reason:
        raise Invalid({"reason": sentence("Say in a few words why.")})


async def _publish(session: WriteSession, municipality_id: int, actor: Actor, urgent: UrgentNotice) -> None:
    """The notice says exactly this, whatever somebody wrote into it meanwhile, and residents see it.

    A reminder in the very same words leaves it as it is; somebody may have approved it in its own room already.
    """
    assert urgent.notice_id is not None
    draft = notice_of(urgent)
    notice = await get_notice(session, municipality_id, urgent.notice_id)
    await notices.save_notice(session, municipality_id, actor, notice.id, draft, notice.revision)
    await session.refresh(notice)
    if notice.state is NoticeState.PUBLISHED:
        return
    content_hash = draft.content.content_hash
    if notice.state is not NoticeState.APPROVED:
        await notices.approve_notice(session, municipality_id, actor, notice.id, notice.revision, content_hash)
    await notices.publish_notice(session, municipality_id, actor, notice.id, content_hash)


async def _write_to_residents(
    session: WriteSession,
    municipality_id: int,
    secrets: Secrets,
    urgent: UrgentNotice,
    prepared: PreparedUrgent,
    actor: Actor,
) -> None:
    await mailings.hold_recipients(session, municipality_id)
    audience = await urgent_audience(session, municipality_id, urgent)
    by_language = {variant.language: place for place, variant in enumerate(prepared.variants)}
    mailing = await mailings.start_mailing(
        session,
        municipality_id,
        secrets,
        kind=MailingKind.NOTICE,
        lane=Lane.URGENT,
        subject=subject_of(urgent),
        origin=origin_of(urgent),
        scope=urgent.topic_ids,
        messages=prepared.variants,
        recipients=[Recipient(one.resident_id, one.address, by_language.get(one.language, 0)) for one in audience],
        idempotency_key=f"urgent-{urgent.uid}",
        created_by_id=actor.account_id,
        worthless_at=urgent.until_at,
    )
    urgent.mailing_id = mailing.id


async def _write_to_chosen(
    session: WriteSession,
    municipality_id: int,
    secrets: Secrets,
    urgent: UrgentNotice,
    prepared: PreparedUrgent,
    actor: Actor,
) -> None:
    """An exercise: one message each, for they stand on no list."""
    for number, address in enumerate(urgent.exercise_to):
        await mailings.send_message(
            session,
            municipality_id,
            secrets,
            subject=subject_of(urgent),
            message=prepared.variants[0],
            address=address,
            kind=MailingKind.TRIAL,
            lane=Lane.URGENT,
            origin=origin_of(urgent),
            created_by_id=actor.account_id,
            idempotency_key=f"urgent-{urgent.uid}-{number}",
            to_staff=True,
            worthless_at=urgent.until_at,
        )


async def _note_sent(session: WriteSession, urgent: UrgentNotice, actor: Actor, confirmed: Confirmed) -> None:
    """Who let it leave and how, for good. Raises Conflict for who comes second."""
    now = clock.now()
    await move_draft(
        session,
        urgent,
        state=UrgentState.SENT,
        confirmation=confirmed.way,
        override_reason=confirmed.reason,
        sent_by_id=actor.account_id,
        sent_at=now,
        mailing_id=urgent.mailing_id,
        replaced_at=now if urgent.message_type is MessageType.CANCEL else None,
    )
    code = OVERRIDDEN if confirmed.way is Confirmation.OVERRIDE else SENT
    await record(session, urgent.municipality_id, actor.account_id, code, "urgent", urgent.id)


async def _replace_earlier(session: WriteSession, urgent: UrgentNotice) -> None:
    """What was said before on this matter no longer holds."""
    earlier = (col(UrgentNotice.id) == urgent.first_id) | (col(UrgentNotice.first_id) == urgent.first_id)
    if urgent.first_id is not None:
        await session.execute(
            update(UrgentNotice)
            .where(earlier, col(UrgentNotice.state) == UrgentState.SENT, col(UrgentNotice.replaced_at).is_(None))
            .values(replaced_at=clock.now())
            .execution_options(synchronize_session=False)
        )


async def _root(session: ReadSession, urgent: UrgentNotice) -> UrgentNotice:
    return await queries.get_urgent(session, urgent.municipality_id, urgent.root_id)


def _compose(
    municipality: Municipality, urgent: UrgentNotice, number: str, root: str, language: str, instance_url: str
) -> MessageVariant:
    """All messages of one matter name the same forefather, so that mail programs show them together."""
    marks = new_marks()
    links = Links() if urgent.is_exercise else links_of(municipality, instance_url, marks)
    rendered = render_notice_mail(
        municipality,
        notice_of(urgent).content,
        number,
        language=language,
        leave_url=links.leave,
        preferences_url=links.preferences,
    )
    return compose_town_mail(
        municipality,
        RenderedMail(subject_of(urgent), rendered.html, rendered.text),
        marks=marks,
        links=links,
        language=language,
        edition=Edition.STANDARD,
        list_name="urgent",
        references=[f"<{root}@{municipality.sender_address.rpartition('@')[2]}>"],
    )
