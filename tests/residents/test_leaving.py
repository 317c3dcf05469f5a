"""Leaving: one button, one click, at once; looking changes nothing (E05, E08, RFC 8058, F22)."""

from sqlmodel import col, select

from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings import service as mailings
from server.mailings.models import Delivery, DeliveryState, Lane, MailingKind
from server.mailings.schemas import Recipient
from server.residents import queries
from server.residents.models import Channel, Consent, ConsentAct, ConsentWay, Resident, Subscription
from tests.browsing import Browser
from tests.cast import Cast
from tests.residents.visiting import JEANNE, count_rows, joined, resident_of
from tests.sending import variant

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def leave_path(secrets: Secrets, cast: Cast, resident: Resident) -> str:
    return f"/leave/{secrets.token_for('leave', cast.town_id, resident.id)}"


async def _jeanne(database: Database, cast: Cast, *channels: Channel) -> Resident:
    async with database.writing() as session:
        return await joined(
            session,
            cast,
            JEANNE,
            channels=channels or (Channel.EMAIL,),
            topics=(0, 1),
            name="Jeanne Dupont",
            address_street="12 rue du Lavoir",
            postcode="41000",
            post_town="Saint-Aubin",
        )


async def test_looking_fifty_times_changes_nothing(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    path = leave_path(secrets, cast, await _jeanne(database, cast))
    for _ in range(50):
        answer = await client.get(path, headers={"purpose": "prefetch"})
        assert answer.status_code == 200
    assert "Stop all messages" in answer.text
    assert JEANNE not in answer.text
    assert "Jeanne" not in answer.text.replace("Jeanne Moreau", "")
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE"):
        await client.request(method, path, data=ONE_CLICK)
    assert (await resident_of(database)).left_at is None
    assert await count_rows(database, Consent) == 1


async def test_one_click_of_a_mail_program(client: Browser, cast: Cast, secrets: Secrets, database: Database) -> None:
    """The exact POST of RFC 8058: no cookie, no referrer, no header of a browser; as often as it likes."""
    path = leave_path(secrets, cast, await _jeanne(database, cast))
    for _ in range(3):
        answer = await client.post(path, data=ONE_CLICK)
        assert answer.status_code == 200
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers
    assert (await resident_of(database)).left_at is not None
    async with database.reading() as session:
        assert await queries.email_audience(session, cast.town_id, cast.topic_ids) == []
        consents = list(await session.scalars(select(Consent).order_by(col(Consent.id))))
    assert [(one.act, one.way) for one in consents[1:]] == [(ConsentAct.WITHDRAWN, ConsentWay.ONE_CLICK)]


async def test_the_button_of_the_page(client: Browser, cast: Cast, secrets: Secrets, database: Database) -> None:
    path = leave_path(secrets, cast, await _jeanne(database, cast))
    answer = await client.submit(path)
    assert answer.status_code == 200
    assert "No more messages are sent to you" in answer.text
    assert "02 54 00 00 00" in answer.text
    assert "/receive/paper" in answer.text
    assert "No more messages are sent to you" in (await client.get(path)).text
    async with database.reading() as session:
        ends = list(await session.scalars(select(Subscription.ended_at)))
    assert None not in ends


async def test_paper_goes_on_and_the_page_says_so(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    resident = await _jeanne(database, cast, Channel.EMAIL, Channel.POST)
    answer = await client.submit(leave_path(secrets, cast, resident))
    assert "What you receive by post goes on" in answer.text
    assert (await resident_of(database)).left_at is None
    async with database.reading() as session:
        counts = await queries.count_audience(session, cast.town_id, cast.topic_ids)
    assert counts == {"email": 0, "post": 1, "hand": 0, "counter": 0}


async def test_what_waits_for_somebody_who_left_is_not_sent(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    resident = await _jeanne(database, cast)
    async with database.writing() as session:
        await mailings.start_mailing(
            session,
            cast.town_id,
            secrets,
            kind=MailingKind.ISSUE,
            lane=Lane.ORDINARY,
            subject="La lettre",
            messages=[variant()],
            recipients=[Recipient(resident.id, JEANNE)],
            idempotency_key="a",
            scope=cast.topic_ids[:1],
        )
    await client.post(leave_path(secrets, cast, resident), data=ONE_CLICK)
    async with database.reading() as session:
        assert (await session.scalars(select(Delivery))).one().state is DeliveryState.CANCELLED


async def test_a_token_opens_one_door_of_one_town(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    resident = await _jeanne(database, cast)
    leave = secrets.token_for("leave", cast.town_id, resident.id)
    preferences = secrets.token_for("preferences", cast.town_id, resident.id)
    elsewhere = secrets.token_for("leave", cast.neighbour_id, resident.id)
    altered = ("B" if leave[-1] != "B" else "C").join([leave[:-1], ""])
    for path in (
        f"/leave/{preferences}",
        f"/preferences/{leave}",
        f"/leave/{elsewhere}",
        f"/leave/{altered}",
        f"/leave/{leave[:-1]}",
        f"/leave/{resident.id}",
        "/leave/é",
        f"https://tambour.test/voisin/leave/{leave}",
        f"/leave/{secrets.token_for('leave', cast.town_id, 0)}",
    ):
        assert (await client.get(path)).status_code == 404, path
        assert (await client.post(path, data=ONE_CLICK)).status_code == 404, path
    assert (await resident_of(database)).left_at is None


async def test_a_link_of_somebody_forgotten_still_says_that_they_left(
    client: Browser, cast: Cast, secrets: Secrets
) -> None:
    path = f"/leave/{secrets.token_for('leave', cast.town_id, 4711)}"
    for answer in (await client.get(path), await client.post(path, data=ONE_CLICK)):
        assert (answer.status_code, "No more messages" in answer.text) == (200, True)


async def test_a_neighbours_page_stays_private(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    answer = await client.get(leave_path(secrets, cast, await _jeanne(database, cast)))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
