"""Paper asked for on the web: no mailbox can confirm it and no mail goes out, so a person at the counter checks it."""

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Faults, Invalid
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.municipalities.models import Municipality
from server.municipalities.queries import list_places
from server.residents import limits, queries, rules
from server.residents.consent import words_shown
from server.residents.households import settle_household
from server.residents.models import ConsentAct, ConsentWay, JoinRequest, RequestKind, Resident
from server.residents.quota import refuse_more_people
from server.residents.rules import check_callable, check_reachable
from server.residents.schemas import PAPER, SOME_TOPIC, PaperWish, Want
from server.residents.subscribing import (
    calls_as_detail,
    check_places,
    check_wants,
    describe,
    record_consent,
    refresh_keys,
    set_places,
    set_wants,
    settle_calls,
)

ACCEPTED = action("paper.accepted", sentence("Added somebody who asked for paper on the web"))
DISMISSED = action("paper.dismissed", sentence("Discarded a request for paper from the web"))


async def ask_for_paper(
    session: WriteSession, secrets: Secrets, municipality: Municipality, wish: PaperWish, address_of_asker: str
) -> None:
    """Put it on the counter's list, unless a limit is reached: the page says the same. Raises Invalid."""
    if wish.channel not in PAPER:
        raise Invalid({"channel": sentence("Choose one of the answers of the list.")})
    faults = Faults()
    with faults:
        if not wish.topic_ids:
            raise Invalid({"topic_ids": SOME_TOPIC})
        await check_wants(session, municipality.id, _wants(wish))
    with faults:
        await check_places(session, municipality.id, wish.place_ids)
    with faults:
        check_reachable([wish.channel], wish, None)
    with faults:
        check_callable(wish.may_be_called, wish.phone)
    faults.refuse()
    if not await limits.may_ask_for_paper(session, secrets, municipality.id, address_of_asker):
        return
    version, words = words_shown(municipality.name, wish.language, with_calls=wish.may_be_called)
    session.add(
        JoinRequest(
            municipality_id=municipality.id,
            kind=RequestKind.PAPER,
            answers=wish.model_dump(mode="json"),
            text_version=version,
            text=words,
            created_at=clock.now(),
            expires_at=clock.now() + rules.PAPER_WAITS,
        )
    )


def wish_of(request: JoinRequest) -> PaperWish:
    """What was asked for."""
    return PaperWish.model_validate(request.answers)


async def accept_paper_request(session: WriteSession, municipality_id: int, actor: Actor, request_id: int) -> Resident:
    """The counter looked at it: they are on the list. Raises NotFound."""
    request = await queries.get_paper_request(session, municipality_id, request_id)
    wish = wish_of(request)
    await refuse_more_people(session, municipality_id)
    now = clock.now()
    resident = Resident(municipality_id=municipality_id, created_at=now, last_contact_at=now)
    describe(resident, wish)
    resident.phone, resident.edition, resident.language = wish.phone, wish.edition, wish.language
    settle_calls(resident, wish.may_be_called)
    refresh_keys(resident)
    session.add(resident)
    await session.flush()
    await settle_household(session, resident)
    known = {place.id for place in await list_places(session, municipality_id)}
    await set_places(session, resident, known.intersection(wish.place_ids))
    topics = {topic.id for topic in await queries.list_topics(session, municipality_id)}
    wants = [want for want in _wants(wish) if want.topic_id in topics]
    await set_wants(session, resident, wants)
    said = {"asked_at": request.created_at.isoformat(), "wants": [want.model_dump(mode="json") for want in wants]}
    record_consent(
        session,
        resident,
        ConsentAct.GIVEN,
        ConsentWay.WEB,
        words=(request.text_version, request.text),
        detail={**said, **calls_as_detail(resident, False)},
        actor=actor,
    )
    await session.delete(request)
    await record(session, municipality_id, actor.account_id, ACCEPTED, "resident", resident.id)
    return resident


async def dismiss_paper_request(session: WriteSession, municipality_id: int, actor: Actor, request_id: int) -> None:
    """A prank, or somebody who is on the list already: nothing of it is kept. Raises NotFound."""
    await session.delete(await queries.get_paper_request(session, municipality_id, request_id))
    await record(session, municipality_id, actor.account_id, DISMISSED, "join_request", request_id)


def _wants(wish: PaperWish) -> list[Want]:
    return [Want(topic_id=topic_id, channel=wish.channel) for topic_id in wish.topic_ids]
