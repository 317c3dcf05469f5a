"""Settings of a town's way out: a relay whose password is sealed, keys whose record can be copied; what waits, and why."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.core.tables import as_cell
from server.mailings import breakers, paces, queue, signing, town_relays
from server.mailings.breakers import is_too_many
from server.mailings.models import DeliveryState, MailingState, RelayTls, TownRelay
from server.mailings.policies import Answer, Stage
from server.mailings.schemas import RelayDraft
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.dns_server import Zone
from tests.residents.visiting import give_password
from tests.sending import Office, people
from workers.published_keys import begin_with_published_keys
from workers.resolver import Resolver
from workers.transports.memory import YES, MemoryTransport

RELAY = {
    "host": "smtp.ville.example",
    "port": "587",
    "tls": "starttls",
    "username": "lettre",
    "password": "très secret",
    "per_hour": "200",
}


async def test_a_towns_relay_is_kept_with_a_sealed_password_that_follows_no_other_host(
    browser_of: BrowserOf, cast: Cast, database: Database, secrets: Secrets
) -> None:
    alice = await browser_of("Alice")

    async def saved(**changes: str) -> int:
        return (await alice.submit("/desk/settings/relay", RELAY | changes)).status_code

    assert await saved() == 303
    async with database.reading() as session:
        (row,) = await session.scalars(select(TownRelay))
        assert b"secret" not in row.sealed_password
        assert (town_relays.password_of(row, secrets), row.per_hour) == ("très secret", 200)
        assert row.municipality_id == cast.town_id
    page = (await alice.get("/desk/settings/relay")).text
    assert "smtp.ville.example" in page
    assert "secret" not in page
    assert await saved(password="", port="465") == 303
    for refused in ({"host": "evil.example", "password": ""}, {"port": "22"}, {"tls": "none"}, {"host": "localhost"}):
        assert await saved(**refused) == 422, refused
    async with database.reading() as session:
        (row,) = await session.scalars(select(TownRelay))
        assert (row.port, town_relays.password_of(row, secrets)) == (465, "très secret")
    assert (await alice.submit("/desk/settings/relay/removal")).status_code == 303
    async with database.reading() as session:
        assert await town_relays.list_relays(session) == []


async def test_a_key_signs_as_soon_as_its_record_is_seen(
    browser_of: BrowserOf, cast: Cast, database: Database, secrets: Secrets
) -> None:
    alice = await browser_of("Alice")
    assert (await alice.submit("/desk/settings/signing", {"algorithm": "rsa"})).status_code == 303
    async with database.reading() as session:
        (line,) = await signing.list_keys(session, cast.town_id)
    key = signing.open_key(line, secrets)
    page = (await alice.get("/desk/settings/signing")).text
    name = f"{key.selector}._domainkey.saint-aubin.example"
    text = page.partition("v=DKIM1; k=rsa; p=")[2].partition("<")[0]
    assert name in page
    async with Zone({(name, "TXT"): ['"v=spf1 -all"']}).answering() as zone:
        await begin_with_published_keys(database, secrets, Resolver([zone.server]))
        async with database.reading() as session:
            assert await signing.signing_keys(session, cast.town_id, secrets) == []
        assert "v=spf1 -all" in (await alice.get("/desk/settings/signing")).text
    halves = f'"v=DKIM1; k=rsa; p={text[:200]}" "{text[200:]}"'  # no string of a TXT record is longer than 255
    async with Zone({(name, "TXT"): [halves]}).answering() as zone:
        await begin_with_published_keys(database, secrets, Resolver([zone.server]))
    async with database.reading() as session:
        (signer,) = await signing.signing_keys(session, cast.town_id, secrets)
    assert (signer.selector, signer.domain) == (key.selector, "saint-aubin.example")


async def test_the_queue_says_who_waits_and_why(browser_of: BrowserOf, office: Office, cast: Cast) -> None:
    await office.send_all(
        MemoryTransport(answer=lambda _to: Answer(450, "4.2.0 Greylisted", Stage.RCPT)), await office.start(people(3))
    )
    async with office.database.writing() as session:
        said = {"example.org": "421 <b>slow</b> down"}
        await paces.note_answers(session, said, slow=["example.org"], blocked=[], now=clock.now())
        (line,) = await queue.queue_by_provider(session, clock.now(), cast.town_id)
        assert await queue.queue_by_provider(session, clock.now(), cast.neighbour_id) == []
    assert (line.waiting, line.deferred, line.said) == (3, 3, "450 4.2.0 Greylisted")
    page = (await (await browser_of("Bob")).get("/desk/queue")).text
    assert "lets strangers wait a few minutes" in page
    assert "left alone until" in page


async def test_the_queue_says_which_hosts_of_many_domains_rest(browser_of: BrowserOf, office: Office) -> None:
    """A pause of one that keeps our readers' domains is known by its own name; a neighbour's relay is the neighbour's."""
    async with office.database.writing() as session:
        said = {"mx.host.example": "421 too <b>many</b>", "relay/99": "421 not yours"}
        await paces.note_answers(session, said, slow=said, blocked=[], now=clock.now())
    page = (await (await browser_of("Bob")).get("/desk/queue")).text
    assert "mx.host.example" in page
    assert "421 too &lt;b&gt;many" in page
    assert "not yours" not in page


async def test_the_queue_says_which_relay_rests(office: Office, cast: Cast, secrets: Secrets) -> None:
    """The relay's pause holds back everybody, whatever the provider said itself; with an own relay, that one's alone."""
    await office.send_all(
        MemoryTransport(answer=lambda _to: Answer(450, "4.2.0 Greylisted", Stage.RCPT)), await office.start(people(3))
    )

    async def left_alone_until() -> datetime | None:
        async with office.database.reading() as session:
            (line,) = await queue.queue_by_provider(session, clock.now(), cast.town_id)
            return line.slowed_until

    async def ask_for_rest(name: str, now: datetime) -> None:
        async with office.database.writing() as session:
            said = {name: "421 slow down", "example.org": "450 4.2.0 Greylisted"}
            await paces.note_answers(session, said, slow=[name], blocked=[], now=now)

    now = clock.now()
    await ask_for_rest("relay", now)
    assert await left_alone_until() == now + timedelta(minutes=1)
    async with office.database.writing() as session:
        draft = RelayDraft(host="smtp.example.org", port=587, tls=RelayTls.STARTTLS)
        await town_relays.set_relay(session, cast.town_id, secrets, cast.actor("Alice"), draft)
    assert await left_alone_until() is None
    await ask_for_rest(f"relay/{cast.town_id}", now + timedelta(seconds=30))
    assert await left_alone_until() == now + timedelta(seconds=90)


async def test_the_refused_are_tried_again_where_it_makes_sense_and_leave_as_a_harmless_table(
    browser_of: BrowserOf, office: Office
) -> None:
    said = {
        "p1@example.org": "550 5.1.1 nobody",
        "p2@example.org": "554 5.7.1 blocked",
        "p3@example.org": "552 5.2.2 =cmd|' /C calc'!A0 full",
    }
    mailing_id = await office.start(people(4))
    relay = MemoryTransport(
        answer=lambda to: Answer(int(said[to][:3]), said[to][4:], Stage.RCPT) if to in said else YES
    )
    await office.send_all(relay, mailing_id)
    paula, password = await browser_of("Paula"), await give_password(office.database, "Paula")
    wrong = await paula.submit(f"/desk/mailings/{mailing_id}/refused/export", {"password": "guessed"})
    assert (wrong.status_code, "This is not your current password." in wrong.text) == (422, True)
    table = (await paula.submit(f"/desk/mailings/{mailing_id}/refused/export", {"password": password})).text
    assert "'=cmd" not in table, "the formula stands in the middle of a cell"
    assert table.count("\r\n") == 4
    assert "p2@example.org;" in table
    assert (await paula.submit(f"/desk/mailings/{mailing_id}/refused/retry")).status_code == 303
    assert [row.state for row in await office.rows(mailing_id)] == [
        DeliveryState.REFUSED,
        DeliveryState.QUEUED,
        DeliveryState.QUEUED,
        DeliveryState.ACCEPTED,
    ]
    assert (await office.mailing(mailing_id)).state is MailingState.SENDING
    assert (await paula.submit(f"/desk/mailings/{mailing_id}/refused/retry")).status_code == 409
    for bob in (await browser_of("Bob"), await browser_of("Charlie")):
        assert (await bob.submit(f"/desk/mailings/{mailing_id}/refused/export")).status_code in {403, 404}


@pytest.mark.parametrize("word", ["=1+1", "+33 2 54", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "  =1"])
def test_no_cell_is_a_formula(word: str) -> None:
    assert as_cell(word) == f"'{word}"
    assert as_cell(f"550 {word}") == f"550 {word}"


async def test_a_mailing_that_too_many_refuse_stops_once_and_says_so_on_the_desk(
    browser_of: BrowserOf, office: Office
) -> None:
    assert not is_too_many(0, 4)
    assert not is_too_many(95, 5)
    assert is_too_many(94, 6)
    mailing_id = await office.start(people(30))
    dead = {f"p{number}@example.org" for number in range(1, 7)}
    refusing = MemoryTransport(answer=lambda to: Answer(550, "5.1.1 no", Stage.RCPT) if to in dead else YES)
    async with office.database.writing() as session:
        assert not await breakers.stop_if_refused(session, mailing_id)
    await office.send_all(refusing, mailing_id)
    for is_stopped in (True, False):
        async with office.database.writing() as session:
            assert await breakers.stop_if_refused(session, mailing_id) is is_stopped
    assert (await office.mailing(mailing_id)).state is MailingState.PAUSED
    paula = await browser_of("Paula")
    assert "too many addresses refuse it" in (await paula.get("/desk")).text
    assert "stopped this mailing" in (await paula.get(f"/desk/mailings/{mailing_id}")).text
    assert (await paula.submit(f"/desk/mailings/{mailing_id}/resumption")).status_code == 303
    async with office.database.writing() as session:
        assert not await breakers.stop_if_refused(session, mailing_id)
        await paces.note_answers(
            session, {"example.org": "554 5.7.1 blocked"}, slow=[], blocked=["example.org"], now=clock.now()
        )
    assert "our mails are refused" in (await paula.get("/desk")).text
    with clock.frozen(clock.now() + timedelta(days=2)):
        async with office.database.reading() as session:
            assert await paces.list_blocking(session, office.town_id) == []
