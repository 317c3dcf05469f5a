"""The counter's book: people added and changed by the town hall, with the proof of how they asked.

An address of email is only ever written down if its owner confirmed it, or signed for it on a paper form that has a
number. Given by telephone or at the counter, it waits for its owner's yes; paper begins at once.
"""

from dataclasses import dataclass

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Faults, Invalid
from server.core.i18n import sentence
from server.mailings.leaving import cancel_for_recipient, lift_suppression
from server.mailings.service import hold_recipients
from server.residents import queries
from server.residents.addresses import email_key
from server.residents.alike import Typed, find_same
from server.residents.consent import words_shown
from server.residents.households import address_of, settle_household
from server.residents.joining import ask_to_confirm
from server.residents.leaving import said_as_detail
from server.residents.mails import Post
from server.residents.models import Channel, ConsentAct, ConsentWay, Resident
from server.residents.quota import refuse_more_people
from server.residents.rules import check_callable, check_reachable
from server.residents.schemas import BY_HAND, ResidentChange, ResidentDraft, Want
from server.residents.subscribing import (
    calls_as_detail,
    check_places,
    check_wants,
    describe,
    record_consent,
    refresh_keys,
    set_email,
    set_places,
    set_wants,
    settle_calls,
)

ADDED = action("resident.added", sentence("Added somebody to the list"))
CHANGED = action("resident.changed", sentence("Changed what somebody receives"))


@dataclass(frozen=True)
class Registered:
    """Who was written down, and whether a mail asks for a yes first. By email alone, nobody is written down yet."""

    resident: Resident | None
    waits_for_yes: bool = False


async def add_resident(session: WriteSession, post: Post, actor: Actor, draft: ResidentDraft) -> Registered:
    """Write somebody down. Raises Invalid, also for somebody who is on the list already."""
    town_id = post.municipality.id
    await hold_recipients(session, town_id)
    await _check(session, town_id, draft)
    known = await queries.find_by_email(session, town_id, draft.email) if draft.email else None
    if known is not None and known.left_at is None:
        raise Invalid({"email": _ON_LIST})
    await _check_namesake(session, town_id, draft)
    plan = _plan(draft, None)
    if not plan.at_once:
        await ask_to_confirm(session, post, draft.email, draft, wants=plan.later, actor=actor)
        return Registered(None, waits_for_yes=True)
    await refuse_more_people(session, town_id)
    now = clock.now()
    resident = known or Resident(municipality_id=town_id, created_at=now, last_contact_at=now)
    await _write(session, post, actor, resident, draft, plan)
    await record(session, town_id, actor.account_id, ADDED, "resident", resident.id)
    return Registered(resident, plan.asks)


async def change_resident(
    session: WriteSession, post: Post, actor: Actor, resident_id: int, change: ResidentChange
) -> Registered:
    """Another address, other topics. Raises NotFound and Invalid; `leaving.stop_writing` is how somebody leaves."""
    town_id = post.municipality.id
    await hold_recipients(session, town_id)
    resident = await queries.get_resident(session, town_id, resident_id)
    await _check(session, town_id, change, resident)
    other = await queries.find_by_email(session, town_id, change.email) if change.email else None
    if other is not None and other.id != resident_id:
        raise Invalid({"email": _ON_LIST})
    plan = _plan(change, resident)
    await _write(session, post, actor, resident, change, plan)
    by_email = {want.topic_id for want in plan.at_once if want.channel is Channel.EMAIL}
    await cancel_for_recipient(session, town_id, resident_id, keep_scope=by_email)
    await record(session, town_id, actor.account_id, CHANGED, "resident", resident_id)
    return Registered(resident, plan.asks)


_ON_LIST = sentence("This address is on the list already: find it there and change it.")


@dataclass(frozen=True)
class _Plan:
    """What begins at once, what waits for the owner of the address, and which address is written down meanwhile."""

    at_once: list[Want]
    later: list[Want]
    email: str
    asks: bool


def _plan(change: ResidentChange, resident: Resident | None) -> _Plan:
    is_sure = change.way is ConsentWay.PAPER or _is_known(change, resident)
    if not change.email or is_sure:
        return _Plan(change.wants, [], change.email, asks=False)
    if resident is not None and resident.email:
        # The old address stays until the new one is confirmed.
        return _Plan(change.wants, [], resident.email, asks=True)
    on_paper = [want for want in change.wants if want.channel is not Channel.EMAIL]
    later = [want for want in change.wants if want.channel is Channel.EMAIL]
    return _Plan(on_paper, later, "", asks=True)


def _is_known(change: ResidentChange, resident: Resident | None) -> bool:
    return resident is not None and resident.email_key == email_key(change.email)


async def _check(
    session: WriteSession, municipality_id: int, change: ResidentChange, resident: Resident | None = None
) -> None:
    """Raise Invalid for all that cannot be written down."""
    faults = Faults()
    with faults:
        if not change.wants:
            raise Invalid({"wants": sentence("Choose at least one topic and how it is brought.")})
        await check_wants(session, municipality_id, change.wants)
    with faults:
        if change.way not in BY_HAND:
            raise Invalid({"way": sentence("Choose one of the answers of the list.")})
    with faults:
        check_callable(change.may_be_called, change.phone)
    with faults:
        await check_places(session, municipality_id, change.place_ids)
    with faults:
        check_reachable({want.channel for want in change.wants}, change, change.email)
    with faults:
        _check_address(change, resident)
    faults.refuse()


def _check_address(change: ResidentChange, resident: Resident | None) -> None:
    """An address that is new here has a use, and a proof if its owner is not asked."""
    if not change.email or _is_known(change, resident):
        return
    if change.wants and Channel.EMAIL not in {want.channel for want in change.wants}:
        raise Invalid(
            {"email": sentence("Choose a topic by email, or leave this address empty: it would serve nothing.")}
        )
    if change.way is ConsentWay.PAPER and not change.form_number:
        number = sentence("Write the number of the signed form: it proves that this address may be written to.")
        raise Invalid({"form_number": number})


async def _check_namesake(session: WriteSession, municipality_id: int, draft: ResidentDraft) -> None:
    typed = Typed(draft.name, draft.address_street, draft.address_locality, phone=draft.phone)
    if draft.name and not draft.is_another and await find_same(session, municipality_id, typed):
        raise Invalid({"is_another": sentence("Somebody of this name at this address is on the list already.")})


async def _write(
    session: WriteSession, post: Post, actor: Actor, resident: Resident, change: ResidentChange, plan: _Plan
) -> None:
    """The person, what they receive, the proof of it, and the mail that asks for what waits."""
    is_new, old_address = resident.id is None or resident.left_at is not None, address_of(resident)
    describe(resident, change)
    resident.phone, resident.edition, resident.language = change.phone, change.edition, change.language
    resident.is_household, resident.own_copy = change.is_household, change.own_copy
    set_email(resident, plan.email)
    resident.last_contact_at = clock.now()
    refresh_keys(resident)
    session.add(resident)
    await session.flush()
    await set_places(session, resident, change.place_ids)
    if is_new or address_of(resident) != old_address or (resident.own_copy and resident.household_id):
        await settle_household(session, resident)
    could_be_called = resident.may_be_called
    settle_calls(resident, change.may_be_called)
    calls = calls_as_detail(resident, could_be_called)
    if await set_wants(session, resident, plan.at_once) or calls:
        act = ConsentAct.GIVEN if is_new else ConsentAct.CHANGED
        _prove(session, post, actor, resident, change, act, calls)
    if plan.asks:
        language = change.language
        await ask_to_confirm(
            session, post, change.email, wants=plan.later, resident=resident, actor=actor, language=language
        )
    elif change.email and change.way is ConsentWay.PAPER:
        await lift_suppression(session, resident.municipality_id, post.secrets, change.email)


def _prove(
    session: WriteSession,
    post: Post,
    actor: Actor,
    resident: Resident,
    change: ResidentChange,
    act: ConsentAct,
    calls: dict[str, object],
) -> None:
    words = words_shown(post.municipality.name, change.language, with_calls=change.may_be_called)
    wants = [want.model_dump(mode="json") for want in change.wants]
    detail = {"wants": wants, **calls, **said_as_detail(change)}
    record_consent(session, resident, act, change.way, words=words, detail=detail, actor=actor)
