"""Paper asked for on the web: no mail, no row in the list before somebody looked (S09)."""

import re
from typing import Any

import pytest
from sqlmodel import col, select

from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.residents import queries, rules
from server.residents.erasure import forget_requests
from server.residents.models import Channel, Consent, ConsentWay, JoinRequest, Resident
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.letterbox import Letterbox
from tests.residents.visiting import count_rows, human_token

CHECK = "/desk/residents/to-check"


async def ask(client: Browser, secrets: Secrets, cast: Cast, **fields: Any) -> Any:
    given = {
        "channel": "post",
        "topic_ids": str(cast.topic_ids[0]),
        "name": "Odette Marchand",
        "address_street": "12 rue du Lavoir",
        "postcode": "41000",
        "post_town": "Saint-Aubin",
        "edition": "large_print",
        "form_token": human_token(secrets, "paper"),
    }
    return await client.submit("/receive/paper", given | fields)


async def test_a_request_waits_and_the_counter_accepts_it(
    client: Browser, browser_of: BrowserOf, cast: Cast, secrets: Secrets, database: Database, letterbox: Letterbox
) -> None:
    assert (await client.get("/receive/paper")).status_code == 200
    answer = await ask(client, secrets, cast)
    assert (answer.status_code, answer.headers["location"]) == (303, "/saint-aubin/receive/paper/sent")
    assert "Your request has arrived" in (await client.get("/receive/paper/sent")).text
    assert (await count_rows(database, Resident), await letterbox.mails()) == (0, [])
    async with database.reading() as session:
        assert await queries.count_to_check(session, cast.town_id) == 1
        assert await queries.count_to_check(session, cast.neighbour_id) == 0
        request = (await session.scalars(select(JoinRequest))).one()
    denise = await browser_of("Denise")
    assert "1 person asks for paper" in (await denise.get("/desk/residents")).text
    assert "12 rue du Lavoir" in (await denise.get(CHECK)).text
    accepted = await denise.submit(f"{CHECK}/{request.id}/acceptance")
    assert accepted.status_code == 303
    async with database.reading() as session:
        odette = (await session.scalars(select(Resident))).one()
        consent = (await session.scalars(select(Consent))).one()
        assert await queries.paper_counts(session, cast.town_id, cast.topic_ids) == {"post": 1, "hand": 0, "counter": 0}
    assert (odette.name, consent.way, consent.recorded_by_id) == (
        "Odette Marchand",
        ConsentWay.WEB,
        cast.account_ids["Denise"],
    )
    assert await count_rows(database, JoinRequest) == 0
    await ask(client, secrets, cast)
    assert "is on the list already" in (await denise.get(CHECK)).text
    async with database.reading() as session:
        request = (await session.scalars(select(JoinRequest))).one()
    await denise.submit(f"{CHECK}/{request.id}/dismissal")
    assert (await count_rows(database, JoinRequest), await count_rows(database, Resident)) == (0, 1)


async def test_who_may_be_telephoned_on_an_urgent_day_says_so_as_on_paper(
    client: Browser, browser_of: BrowserOf, cast: Cast, secrets: Secrets, database: Database
) -> None:
    agrees, number = {"may_be_called": "yes"}, {"phone": "02 54 11 22 33"}
    refused = await ask(client, secrets, cast, **agrees)
    assert (refused.status_code, "Write the number to call" in refused.text) == (422, True)
    assert re.search(r'name="may_be_called"[^>]* checked', refused.text), "the tick is kept"
    denise, said = await browser_of("Denise"), {}
    for name, tick in {"Odette": agrees, "Paul": {}}.items():
        await ask(client, secrets, cast, name=name, **number, **tick)
        async with database.reading() as session:
            request = (await session.scalars(select(JoinRequest))).one()
        assert ("also on an urgent day" in (await denise.get(CHECK)).text) is bool(tick)
        await denise.submit(f"{CHECK}/{request.id}/acceptance")
        async with database.reading() as session:
            one = (await session.scalars(select(Resident).where(col(Resident.name) == name))).one()
            proof = (await session.scalars(select(Consent).where(col(Consent.resident_id) == one.id))).one()
        said[name] = (one.may_be_called, proof.detail.get("may_be_called"), "may telephone me" in proof.text)
    assert said == {"Odette": (True, True, True), "Paul": (False, None, False)}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Write the name that stands on the letterbox."),
        ({"channel": "counter", "name": ""}, "Write the name that will be asked for at the counter."),
        ({"address_street": ""}, "Write the number and the street."),
        ({"postcode": ""}, "Write the postcode."),
        ({"channel": "email"}, "Choose one of the answers of the list."),
        ({"topic_ids": ""}, "Choose at least one topic."),
        ({"form_token": ""}, "open for a long time"),
    ],
)
async def test_a_wrong_answer_is_said_and_the_rest_is_kept(
    client: Browser, cast: Cast, secrets: Secrets, database: Database, fields: dict[str, str], words: str
) -> None:
    answer = await ask(client, secrets, cast, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Saint-Aubin"' in answer.text
    assert await count_rows(database, JoinRequest) == 0


async def test_all_that_is_missing_is_said_at_once(client: Browser, cast: Cast, secrets: Secrets) -> None:
    answer = await ask(client, secrets, cast, topic_ids="", address_street="", may_be_called="true", phone="")
    places = [
        answer.text.find(words)
        for words in ("Choose at least one topic.", "Write the number and the street.", "Write the number to call")
    ]
    assert -1 < places[0] < places[1] < places[2], "in the order of the form"


async def test_at_the_counter_a_name_is_enough(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    fields = {"channel": Channel.COUNTER.value, "address_street": "", "postcode": "", "post_town": ""}
    assert (await ask(client, secrets, cast, **fields)).status_code == 303
    assert await count_rows(database, JoinRequest) == 1


async def test_a_flood_stops_and_a_trap_catches(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    await ask(client, secrets, cast, website="https://pills.example")
    assert await count_rows(database, JoinRequest) == 0
    answers = [await ask(client, secrets, cast, name=f"Prank {number}") for number in range(20)]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, "/saint-aubin/receive/paper/sent")
    }
    assert await count_rows(database, JoinRequest) == rules.PAPER_PER_NETWORK[0]


async def test_another_town_s_request_is_not_here(
    client: Browser, browser_of: BrowserOf, cast: Cast, secrets: Secrets, database: Database
) -> None:
    await ask(client, secrets, cast)
    async with database.reading() as session:
        request = (await session.scalars(select(JoinRequest))).one()
    charlie = await browser_of("Charlie")
    there = f"https://tambour.test/voisin{CHECK}"
    assert "Odette" not in (await charlie.get(there)).text
    for act in ("acceptance", "dismissal"):
        assert (await charlie.submit(f"{there}/{request.id}/{act}")).status_code == 404


async def test_nobody_looked_for_two_months(client: Browser, cast: Cast, secrets: Secrets, database: Database) -> None:
    await ask(client, secrets, cast)
    for days, left in ((59, 1), (61, 0)):
        with clock.frozen(clock.now() + rules.PAPER_WAITS * days / 60):
            async with database.writing() as session:
                assert await queries.count_to_check(session, cast.town_id) == left
                await forget_requests(session)
        assert await count_rows(database, JoinRequest) == left
