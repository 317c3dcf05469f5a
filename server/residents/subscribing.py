"""The core that every way in and out shares: subscriptions begin and end, places are chosen, the proof is written."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, update
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.municipalities.queries import list_places
from server.residents import queries
from server.residents.addresses import email_key
from server.residents.keys import keys_of
from server.residents.models import (
    Consent,
    ConsentAct,
    ConsentWay,
    Resident,
    ResidentPlace,
    Subscription,
)
from server.residents.schemas import PostalAddress, Want


async def check_wants(session: ReadSession, municipality_id: int, wants: Collection[Want]) -> None:
    """Raise Invalid if a topic is not one of the town's that can be chosen."""
    known = {topic.id for topic in await queries.list_topics(session, municipality_id)}
    if not {want.topic_id for want in wants} <= known:
        raise Invalid({"wants": sentence("Choose one of the topics of the list.")})


async def check_places(session: ReadSession, municipality_id: int, place_ids: Collection[int]) -> None:
    """Raise Invalid if a place is not one of the town's."""
    if place_ids and not set(place_ids) <= {place.id for place in await list_places(session, municipality_id)}:
        raise Invalid({"place_ids": sentence("Choose one of the answers of the list.")})


async def set_wants(session: WriteSession, resident: Resident, wants: Collection[Want]) -> bool:
    """From now on `resident` receives exactly `wants`; whether that is a change. To want nothing is to leave.

    Subscriptions to archived topics are not asked about, so they stay as they are.
    """
    now = clock.now()
    archived = {one.id for one in await queries.list_all_topics(session, resident.municipality_id) if one.archived_at}
    runs = await running(session, resident)
    ended = [one for one in runs if _want(one) not in wants and one.topic_id not in archived]
    have = {_want(one) for one in runs}
    started = [want for want in dict.fromkeys(wants) if want not in have]
    await _end(session, ended)
    session.add_all(
        Subscription(
            municipality_id=resident.municipality_id,
            resident_id=resident.id,
            topic_id=want.topic_id,
            channel=want.channel,
            started_at=now,
        )
        for want in started
    )
    stays = len(runs) - len(ended) + len(started) > 0
    if stays:
        resident.left_at = None
    else:
        _go(resident)
    session.add(resident)
    await session.flush()
    return bool(ended or started)


async def running(session: ReadSession, resident: Resident) -> list[Subscription]:
    """The subscriptions of `resident` that have not ended."""
    query = select(Subscription).where(
        col(Subscription.municipality_id) == resident.municipality_id,
        col(Subscription.resident_id) == resident.id,
        col(Subscription.ended_at).is_(None),
    )
    return list(await session.scalars(query))


async def set_places(session: WriteSession, resident: Resident, place_ids: Collection[int]) -> None:
    """The places somebody wants to hear of. Raises Invalid for a place of another town."""
    town_id = resident.municipality_id
    await check_places(session, town_id, place_ids)
    mine = col(ResidentPlace.resident_id) == resident.id
    await session.execute(delete(ResidentPlace).where(col(ResidentPlace.municipality_id) == town_id, mine))
    session.add_all(
        ResidentPlace(resident_id=resident.id, place_id=place_id, municipality_id=town_id)
        for place_id in dict.fromkeys(place_ids)
    )
    await session.flush()


def record_consent(
    session: WriteSession,
    resident: Resident,
    act: ConsentAct,
    way: ConsentWay,
    *,
    words: tuple[str, str] = ("", ""),
    detail: Mapping[str, object] | None = None,
    actor: Actor | None = None,
) -> None:
    """Write down a yes or a no. `words`: the version and the text that were shown."""
    version, text = words
    session.add(
        Consent(
            municipality_id=resident.municipality_id,
            resident_id=resident.id,
            act=act,
            way=way,
            text_version=version,
            text=text,
            detail={name: value for name, value in (detail or {}).items() if value or value is False},
            recorded_by_id=actor.account_id if actor else None,
            at=clock.now(),
        )
    )


def describe(resident: Resident, address: PostalAddress) -> None:
    """Write name and postal address down."""
    resident.sqlmodel_update({name: getattr(address, name) for name in PostalAddress.model_fields})


def set_email(resident: Resident, email: str) -> None:
    """Only what its owner confirmed, or signed for, is ever written here."""
    resident.email = email or None
    resident.email_key = email_key(email) if email else None


def refresh_keys(resident: Resident) -> None:
    """What they are found by, after anything above has changed."""
    resident.sqlmodel_update(keys_of(resident.model_dump()))


async def end_all(session: WriteSession, resident: Resident, subscriptions: Collection[Subscription]) -> None:
    """These subscriptions of `resident` end now; who has none left has left."""
    await _end(session, subscriptions)
    if not await running(session, resident):
        _go(resident)
    session.add(resident)


def settle_calls(resident: Resident, agrees: bool) -> None:
    """Whether they may be telephoned on an urgent day: never without a number."""
    if agrees != resident.may_be_called:
        resident.calls_agreed_at = clock.now() if agrees and resident.phone else None


def calls_as_detail(resident: Resident, could_be_called: bool) -> dict[str, object]:
    """What the proof says of it, where it changed."""
    return {} if resident.may_be_called == could_be_called else {"may_be_called": resident.may_be_called}


def _go(resident: Resident) -> None:
    """Whoever leaves is not telephoned either, and is asked again should they come back."""
    resident.left_at = resident.left_at or clock.now()
    resident.calls_agreed_at = None


async def _end(session: WriteSession, subscriptions: Collection[Subscription]) -> None:
    ids = [one.id for one in subscriptions]
    if ids:
        ended = update(Subscription).where(col(Subscription.id).in_(ids), col(Subscription.ended_at).is_(None))
        await session.execute(ended.values(ended_at=clock.now()))


def _want(subscription: Subscription) -> Want:
    return Want(topic_id=subscription.topic_id, channel=subscription.channel)
