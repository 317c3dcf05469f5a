"""A town with two sectors, doors, people who asked for paper, and letters that went by email."""

from collections.abc import Mapping

from server.core import clock
from server.core.database import WriteSession
from server.issues.models import Issue, IssueState
from server.mailings.models import Delivery, DeliveryState, Lane, Mailing, MailingKind, MailingMessage, MailingState
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.residents.models import Channel, Edition, Resident
from server.residents.schemas import PostalAddress, Want
from server.residents.subscribing import describe, refresh_keys, set_wants
from server.streets import arranging
from server.streets.arranging import put_streets
from server.streets.queries import all_doors
from server.streets.schemas import DoorChange
from tests.cast import Cast
from tests.streets.test_importing import bring

DOORS = [(street, number, "") for street in ("Rue du Lavoir", "Rue Haute") for number in (1, 2, 3)]


async def lay_out(session: WriteSession, cast: Cast) -> dict[str, int]:
    """« Rue du Lavoir » in the first sector, « Rue Haute » in the second; a block of flats, and a door that refuses."""
    await bring(session, cast.town_id, DOORS)
    ids = {one.name: one.id for one in await list_places(session, cast.town_id, PlaceKind.STREET)}
    for street, sector_id in zip(("Rue du Lavoir", "Rue Haute"), cast.sector_ids, strict=False):
        await put_streets(session, cast.town_id, sector_id, [ids[street]])
    doors = {one.number: one.id for one in await all_doors(session, cast.town_id, [ids["Rue Haute"]])}
    changes = {doors[2]: DoorChange(boxes=12), doors[3]: DoorChange(boxes=1, refused=1, note="dog")}
    await arranging.change_doors(session, cast.town_id, ids["Rue Haute"], changes)
    session.expire_all()
    return ids


async def reader(
    session: WriteSession,
    cast: Cast,
    name: str,
    street: str,
    channel: Channel = Channel.HAND,
    *,
    postcode: str = "01990",
    post_town: str = "Val-Ébauche",
    edition: Edition = Edition.STANDARD,
    town_id: int = 0,
    topic: int = 0,
) -> Resident:
    """Somebody who asked for the first topic on paper."""
    now = clock.now()
    one = Resident(municipality_id=town_id or cast.town_id, created_at=now, last_contact_at=now, edition=edition)
    describe(one, PostalAddress(name=name, address_street=street, postcode=postcode, post_town=post_town))
    refresh_keys(one)
    session.add(one)
    await session.flush()
    await set_wants(session, one, [Want(topic_id=cast.topic_ids[topic], channel=channel)])
    return one


async def sent_letter(
    session: WriteSession, cast: Cast, states: Mapping[int, DeliveryState], *, number: int = 7, reply: str = ""
) -> Issue:
    """A letter that went by email to some, each with what became of it."""
    now = clock.now()
    mailing = Mailing(
        municipality_id=cast.town_id,
        kind=MailingKind.ISSUE,
        lane=Lane.ORDINARY,
        subject=f"Letter {number}",
        state=MailingState.FINISHED,
        idempotency_key=f"letter-{number}",
        created_at=now,
        scheduled_at=now,
    )
    session.add(mailing)
    await session.flush()
    message = MailingMessage(
        municipality_id=cast.town_id,
        mailing_id=mailing.id,
        language="fr",
        edition="standard",
        envelope_sender="",
        body=b"",
    )
    session.add(message)
    await session.flush()
    session.add_all(
        Delivery(
            municipality_id=cast.town_id,
            mailing_id=mailing.id,
            message_id=message.id,
            recipient=resident_id,
            address=f"{resident_id}@example.fr",
            provider="example.fr",
            lane=0,
            state=state,
            reply=reply,
            settled_at=now,
        )
        for resident_id, state in states.items()
    )
    issue = Issue(
        municipality_id=cast.town_id,
        number=number,
        title=f"Letter {number}",
        topic_ids=cast.topic_ids[:1],
        state=IssueState.SENT,
        sent_at=now,
        mailing_id=mailing.id,
        created_by_id=cast.account_ids["Bob"],
        created_at=now,
        updated_at=now,
    )
    session.add(issue)
    await session.flush()
    return issue
