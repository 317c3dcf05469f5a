"""What somebody changes by their own link: topics, channels, edition, places, language, a new address."""

from enum import StrEnum

from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.mailings.leaving import cancel_for_recipient
from server.residents import limits, queries
from server.residents.addresses import email_key
from server.residents.consent import words_shown
from server.residents.households import address_of, settle_household
from server.residents.joining import ask_to_confirm
from server.residents.mails import Post
from server.residents.models import Channel, ConsentAct, ConsentWay, Resident
from server.residents.rules import check_reachable
from server.residents.schemas import PostalAddress, Preferences
from server.residents.subscribing import (
    calls_as_detail,
    check_wants,
    describe,
    record_consent,
    refresh_keys,
    set_places,
    set_wants,
    settle_calls,
)


class Outcome(StrEnum):
    """What the page says afterwards."""

    SAVED = "saved"
    CONFIRM = "confirm"
    """Saved, and a mail went to the new address."""
    LEFT = "left"
    """Nothing was ticked: that is leaving."""


async def change_preferences(
    session: WriteSession, post: Post, resident_id: int, wanted: Preferences, address_of_asker: str
) -> Outcome:
    """Raises NotFound, Invalid, and Conflict for somebody who left: who once had a link cannot bring them back."""
    town_id = post.municipality.id
    resident = await queries.get_resident(session, town_id, resident_id)
    if resident.left_at is not None:
        raise Conflict(sentence("You have left the list. To come back, ask for the letter again."), "has_left")
    await check_wants(session, town_id, wanted.wants)
    old_address = address_of(resident)
    _describe(resident, wanted)
    check_reachable({want.channel for want in wanted.wants}, resident, resident.email)
    resident.edition, resident.language = wanted.edition, wanted.language
    resident.last_contact_at = clock.now()
    refresh_keys(resident)
    if address_of(resident) != old_address:
        await settle_household(session, resident)
    await set_places(session, resident, wanted.place_ids)
    could_be_called = resident.may_be_called
    settle_calls(resident, wanted.may_be_called)
    has_changed = await set_wants(session, resident, wanted.wants)
    calls = calls_as_detail(resident, could_be_called)
    if has_changed or calls:
        _record(session, post, resident, wanted, calls)
    by_email = {want.topic_id for want in wanted.wants if want.channel is Channel.EMAIL}
    await cancel_for_recipient(session, town_id, resident.id, keep_scope=by_email)
    if resident.left_at is not None:
        return Outcome.LEFT
    return await _ask_for_new_address(session, post, resident, wanted, address_of_asker)


def _describe(resident: Resident, wanted: Preferences) -> None:
    """A postal address is written as a whole or not at all: half a new one on half an old one reaches nobody."""
    if wanted.address_street or wanted.address_locality:
        name = wanted.name or resident.name
        describe(resident, wanted.model_copy(update={"name": name}))
    elif any(getattr(wanted, line) for line in PostalAddress.model_fields if line != "name"):
        raise Invalid({"address_street": sentence("Write the number and the street.")})
    elif wanted.name:
        resident.name = wanted.name


def _record(
    session: WriteSession, post: Post, resident: Resident, wanted: Preferences, calls: dict[str, object]
) -> None:
    act = ConsentAct.CHANGED if wanted.wants else ConsentAct.WITHDRAWN
    words = words_shown(post.municipality.name, wanted.language, with_calls=resident.may_be_called)
    detail = {"wants": [want.model_dump(mode="json") for want in wanted.wants], **calls}
    record_consent(session, resident, act, ConsentWay.WEB, words=words, detail=detail)


async def _ask_for_new_address(
    session: WriteSession, post: Post, resident: Resident, wanted: Preferences, address_of_asker: str
) -> Outcome:
    """The new address is written to once its owner says yes there; until then the old one stays."""
    if not wanted.new_email or email_key(wanted.new_email) == resident.email_key:
        return Outcome.SAVED
    if await limits.may_ask(session, post.secrets, address_of_asker):
        await ask_to_confirm(session, post, wanted.new_email, wants=[], resident=resident, language=resident.language)
    return Outcome.CONFIRM
