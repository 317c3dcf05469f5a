"""Who heard of it and who did not, by name; ticks of sheets count; only who agreed is telephoned."""

import re
from typing import Any

import pytest
from sqlmodel import col, select, update

from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.coverage.ways import ToldWay
from server.mailings.models import Delivery, DeliveryState
from server.printruns.planning import plan_run
from server.prints.products import Order, codes_that_name_people
from server.residents.models import Channel, Consent, Resident, Subscription
from server.urgent import reach
from server.urgent.dossier import DOSSIER
from server.urgent.kit import KIT, make_kit
from server.urgent.names import UNREACHED, make_unreached
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.issues.composing import INSTANCE, subscribe
from tests.printruns.test_planning import actor as planner
from tests.printruns.test_planning import draft
from tests.urgent.alarms import send, written
from tests.urgent.test_kit import words_of

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
async def people(database: Database, cast: Cast) -> dict[str, int]:
    """Anne reads mail, Basile's mailbox refuses it, Odette reads paper, Lucien agreed to be called."""
    async with database.writing() as session:
        found = await subscribe(session, cast, "anne@example.org", "basile@example.org")
        now = clock.now()
        paper: tuple[tuple[str, dict[str, Any]], ...] = (
            ("Odette", {}),
            ("Lucien", {"phone": "02 54 00 00 09", "calls_agreed_at": now}),
        )
        for name, more in paper:
            about: dict[str, Any] = {"municipality_id": cast.town_id, "created_at": now, "last_contact_at": now}
            one = Resident(name=name, list_key=name, address_street="3 rue du Lavoir", **about, **more)
            session.add(one)
            await session.flush()
            wish: dict[str, Any] = {"resident_id": one.id, "topic_id": cast.topic_ids[0], "channel": Channel.HAND}
            session.add(Subscription(municipality_id=cast.town_id, started_at=now, **wish))
            found.append(one)
        return dict(zip(("Anne", "Basile", "Odette", "Lucien"), (one.id for one in found), strict=True))


async def _settled(database: Database, people: dict[str, int]) -> None:
    async with database.writing() as session:
        await session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED))
        refused = update(Delivery).where(col(Delivery.recipient) == people["Basile"])
        await session.execute(refused.values(state=DeliveryState.REFUSED))


async def test_the_unreached_by_name_and_ticks_that_count(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast, people: dict[str, int], browser_of: BrowserOf
) -> None:
    urgent = await send(database, secrets, cast, await written(database, cast))
    await _settled(database, people)
    denise, charlie = await browser_of("Denise"), await browser_of("Charlie")
    page = (await denise.get("/desk/urgent/reach")).text
    assert all(name in page for name in ("Odette", "Lucien", "basile@example.org"))
    assert "anne@example.org" not in page
    ticks = {f"told-{people['Odette']}": "door", f"told-{people['Anne']}": "door", "told-x": "door"}
    assert (await denise.submit("/desk/urgent/reach", {"matter": urgent.id, **ticks})).status_code == 303
    assert (await charlie.get(f"/desk/urgent/reach?matter={urgent.id}")).status_code == 404
    async with database.reading() as session:
        found = await reach.reach_of(session, cast.town_id, urgent)
    assert dict(found.coverage.by_way) == {Channel.EMAIL: 1, ToldWay.DOOR: 1}
    assert (len(found.coverage.lines), found.coverage.reached) == (4, 2)
    assert {line.resident.id for line in found.coverage.unreached} == {people["Basile"], people["Lucien"]}
    async with database.writing() as session:
        answers = {people["Odette"]: None, people["Lucien"]: ToldWay.CALL}
        await reach.note_told(session, cast.town_id, cast.actor("Denise"), urgent, answers)

    async def progress(_done: int, _total: int) -> None: ...

    order = Order(database, files, secrets, INSTANCE, cast.town_id, {"urgent_id": urgent.id}, "en", progress)
    (made,) = [made async for made in make_unreached(order)]
    words = words_of(made.content)
    assert "Odette" in words, "a wrong tick was taken back"
    assert "basile@example.org" in words, "who gave no name is named by what is known"
    assert "Lucien" not in words
    (made,) = [made async for made in make_kit(order)]
    tree = words_of(made.content).partition("Telephone tree")[2].partition("\f")[0]
    assert "02 54 00 00 09" in tree
    assert "Odette" not in tree, "nobody is called who did not agree"
    async with database.writing() as session:
        run = await plan_run(session, cast.town_id, planner(cast), draft(cast, notice_id=urgent.notice_id))
    ledger = (await denise.get(f"/desk/print-runs/{run.id}/coverage")).text
    assert re.search(r"told by telephone</th><td class=.n.>1<", ledger), "the same figures on every page of it"
    assert "Lucien" not in ledger


async def test_who_agrees_to_be_called_is_kept_with_its_proof(
    database: Database, cast: Cast, browser_of: BrowserOf, people: dict[str, int]
) -> None:
    denise = await browser_of("Denise")
    form = {
        "name": "Odette", "address_street": "3 rue du Lavoir", "postcode": "41999", "post_town": "Saint-Aubin",
        "wants": f"{cast.topic_ids[0]}:hand", "way": "telephone", "may_be_called": "yes",
    }  # fmt: skip
    answer = await denise.submit(f"/desk/residents/{people['Odette']}", form)
    assert "Write the number to call" in answer.text
    answer = await denise.submit(f"/desk/residents/{people['Odette']}", form | {"phone": "02 54 00 00 01"})
    assert answer.status_code == 303, answer.text
    assert "also on an urgent day" in (await denise.get(f"/desk/residents/{people['Odette']}")).text
    async with database.reading() as session:
        proof = (await session.scalars(select(Consent).where(col(Consent.resident_id) == people["Odette"]))).one()
    assert proof.detail["may_be_called"] is True


def test_sheets_with_names_go_when_somebody_is_erased() -> None:
    assert {KIT, DOSSIER, UNREACHED} <= set(codes_that_name_people())
