"""At the counter and on the telephone: a pause that ends by itself, one copy a household, two entries made one."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings import service as mailings
from server.mailings.models import Delivery, DeliveryState, Lane, MailingKind
from server.mailings.schemas import Recipient
from server.residents import queries
from server.residents.households import settle_household
from server.residents.merging import merge_residents
from server.residents.models import Channel, Consent, ConsentAct, Edition, Resident, ResidentMerge, Subscription
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.residents.visiting import JEANNE, joined, press
from tests.sending import variant

BOOK = "/desk/residents"
HOME: dict[str, Any] = {"channels": [Channel.HAND], "address_street": "12 rue du Lavoir"}


async def _start(database: Database, secrets: Secrets, cast: Cast, *people: Resident, key: str = "a") -> None:
    async with database.writing() as session:
        await mailings.start_mailing(
            session,
            cast.town_id,
            secrets,
            kind=MailingKind.ISSUE,
            lane=Lane.ORDINARY,
            subject="La lettre",
            messages=[variant()],
            recipients=[Recipient(one.id, one.email or "") for one in people],
            idempotency_key=key,
        )


@pytest.mark.usefixtures("monday")
async def test_a_pause_stops_everything_and_ends_by_itself(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets
) -> None:
    async with database.writing() as session:
        jeanne = await joined(session, cast, JEANNE, name="Jeanne", channels=[Channel.EMAIL, Channel.HAND])
    await _start(database, secrets, cast, jeanne)
    denise = await browser_of("Denise")
    page = f"{BOOK}/{jeanne.id}"
    days = {"paused_from": "2026-11-23", "paused_until": "2026-12-06", "way": "telephone"}
    assert (await denise.submit(f"{page}/pause", days)).status_code == 303
    shown = (await denise.get(page)).text
    assert "Nothing is sent or brought from" in shown
    assert "End the pause now" in shown

    async def reached(on: date) -> tuple[int, int, dict[str, int]]:
        moment = clock.now() + (on - clock.today())
        with clock.frozen(moment):
            async with database.reading() as reading:
                mail = await queries.email_audience(reading, cast.town_id, cast.topic_ids)
                paper = await queries.paper_audience(reading, cast.town_id, cast.topic_ids)
                return len(mail), len(paper), await queries.count_audience(reading, cast.town_id, cast.topic_ids)

    nothing = {"email": 0, "post": 0, "hand": 0, "counter": 0}
    assert await reached(date(2026, 11, 23)) == await reached(date(2026, 12, 6)) == (0, 0, nothing)
    assert await reached(date(2026, 12, 7)) == (1, 1, nothing | {"email": 1, "hand": 1})
    async with database.reading() as reading:
        assert list(await reading.scalars(select(Delivery.state))) == [DeliveryState.CANCELLED]
    await denise.submit(f"{page}/resumption", {"way": "telephone"})
    assert await reached(date(2026, 11, 24)) == (1, 1, nothing | {"email": 1, "hand": 1})
    async with database.reading() as reading:
        acts = list(await reading.scalars(select(Consent.act).order_by(Consent.id)))  # type: ignore[arg-type]
    assert acts == [ConsentAct.GIVEN, ConsentAct.PAUSED, ConsentAct.RESUMED]
    for fields, words in (
        ({"paused_until": "2026-11-20"}, "a last day that is not yet over"),
        ({"paused_until": "2028-01-01"}, "A pause lasts a year at most"),
        ({"paused_until": "soon"}, "Write a date that exists"),
    ):
        refused = await denise.submit(f"{page}/pause", days | fields)
        assert (refused.status_code, words in refused.text) == (422, True), words


async def test_why_do_i_receive_this(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    await denise.submit(
        BOOK,
        {
            "name": "Odette",
            "address_street": "1 rue du Four",
            "wants": f"{cast.topic_ids[0]}:hand",
            "way": "paper",
            "form_number": "C-7",
            "edition": "standard",
        },
    )
    async with database.reading() as session:
        odette = (await session.scalars(select(Resident))).one()
    shown = (await denise.get(f"{BOOK}/{odette.id}")).text
    for words in (
        "They joined on a signed paper form",
        "has number C-7",
        "Denise wrote it down",
        "bring you what you chose",
    ):
        assert words in shown


async def test_one_copy_a_household(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        jeanne = await joined(session, cast, name="Jeanne Dupont", **HOME)
        pierre = await joined(session, cast, name="DUPONT Pierre", **HOME)
        marc = await joined(session, cast, name="Marc Petit", **HOME)
        flat = await joined(session, cast, name="Anne Dupont", address_inside="appt 4", **HOME)
        for one in (jeanne, pierre, marc, flat):
            await settle_household(session, one)
    denise = await browser_of("Denise")

    async def copies() -> list[list[str]]:
        async with database.reading() as session:
            found = await queries.paper_audience(session, cast.town_id, cast.topic_ids)
        return [[copy.resident.name, *(one.name for one in copy.shared_with)] for copy in found]

    assert await copies() == [["Jeanne Dupont", "DUPONT Pierre"], ["Marc Petit"], ["Anne Dupont"]]
    shown = (await denise.get(f"{BOOK}/{jeanne.id}")).text
    assert "shares one copy with them" in shown
    assert "One copy for both" in shown
    await denise.submit(f"{BOOK}/{marc.id}/household", {"other_id": str(jeanne.id)})
    assert await copies() == [["Jeanne Dupont", "DUPONT Pierre", "Marc Petit"], ["Anne Dupont"]]
    await denise.submit(f"{BOOK}/{jeanne.id}/household", {"other_id": ""})
    assert await copies() == [["Jeanne Dupont"], ["DUPONT Pierre", "Marc Petit"], ["Anne Dupont"]]
    async with database.writing() as session:
        again = await queries.get_resident(session, cast.town_id, pierre.id)
        again.edition = Edition.LARGE_PRINT
        session.add(again)
    assert await copies() == [["Jeanne Dupont"], ["DUPONT Pierre"], ["Marc Petit"], ["Anne Dupont"]]


async def test_two_entries_become_one_and_nothing_is_lost(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast, secrets: Secrets
) -> None:
    async with database.writing() as session:
        web = await joined(session, cast, JEANNE, topics=[0, 1])
        paper = await joined(session, cast, name="Jeanne Dupont", phone="02 54 11 22 33", topics=[1], **HOME)
    await _start(database, secrets, cast, web)
    denise = await browser_of("Denise")
    sure = await denise.get(f"{BOOK}/{paper.id}/merge", params={"other": web.id})
    assert "It cannot be undone." in sure.text
    answer = await denise.submit(f"{BOOK}/{web.id}/merge", {"other": str(paper.id)})
    stays = max(web.id, paper.id)
    assert answer.headers["location"].startswith(f"/saint-aubin{BOOK}/{stays}")
    async with database.reading() as session:
        one = (await session.scalars(select(Resident))).one()
        wants = (await queries.current_wants(session, cast.town_id, [one.id]))[one.id]
        deliveries = list(await session.scalars(select(Delivery.recipient)))
        acts = list(await session.scalars(select(Consent.act)))
        kept = len(list(await session.scalars(select(Subscription))))
        merge = (await session.scalars(select(ResidentMerge))).one()
    assert (one.id, one.email, one.name, one.phone) == (stays, JEANNE, "Jeanne Dupont", "02 54 11 22 33")
    assert one.address_street == "12 rue du Lavoir"
    assert len(wants) == kept == 3
    assert (deliveries, merge.old_id) == ([stays], min(web.id, paper.id))
    assert sorted(acts) == [ConsentAct.GIVEN, ConsentAct.GIVEN, ConsentAct.MERGED]
    # The link in a mail that went to the entry that is gone leaves for the person.
    token = secrets.token_for("leave", cast.town_id, min(web.id, paper.id))
    await press(client, secrets, f"/leave/{token}")
    async with database.reading() as session:
        left = (await queries.current_wants(session, cast.town_id, [stays]))[stays]
        assert {want.channel for want in left} == {Channel.HAND}
        assert (await session.get(Resident, min(web.id, paper.id))) is None


async def test_who_got_the_same_mailing_twice_is_one_line_of_it(
    database: Database, cast: Cast, secrets: Secrets
) -> None:
    async with database.writing() as session:
        one = await joined(session, cast, JEANNE, name="Jeanne", channels=[Channel.EMAIL])
        two = await joined(session, cast, "j@orange.example", name="Jeanne")
    await _start(database, secrets, cast, one, two)
    async with database.writing() as session:
        stays = await merge_residents(session, cast.town_id, cast.actor("Denise"), one.id, two.id)
        assert (stays.email, stays.email_key) == (JEANNE, JEANNE)
        running = [sub for sub in await session.scalars(select(Subscription)) if sub.ended_at is None]
        assert [(sub.resident_id, sub.channel) for sub in running] == [(stays.id, Channel.EMAIL)]
    async with database.reading() as session:
        rows = list(await session.execute(select(Delivery.recipient, Delivery.address, Delivery.state)))
    assert sorted((max(recipient, 0), address) for recipient, address, _ in rows) == [
        (0, ""),
        (stays.id, "j@orange.example"),
    ]
    assert {state for recipient, _, state in rows if recipient < 0} == {DeliveryState.CANCELLED}


async def test_pairs_are_listed(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    assert "Nobody stands on the list twice." in (await denise.get(f"{BOOK}/twice")).text
    async with database.writing() as session:
        for name in ("Élodie Lefèvre", "LEFEVRE Elodie"):
            await joined(session, cast, name=name, **HOME)
        await joined(session, cast, name="Élodie Lefèvre", town_id=cast.neighbour_id, **HOME)
    shown = (await denise.get(f"{BOOK}/twice")).text
    assert shown.count("Make one of two") == 1
