"""What holds mail back holds back only what it concerns: a provider, a relay, a town's day, the night."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from server.core import clock
from server.core.settings import Settings
from server.mailings import ledger, paces
from server.mailings.models import DeliveryState, Lane, MailingState, RelayTls, TownRelay
from server.mailings.paces import Quota
from server.mailings.policies import Answer, Stage
from server.mailings.provider_rules import ProviderRule
from server.mailings.schemas import Recipient
from tests.cast import Cast
from tests.certificates import certificate_for, served
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink
from workers import traffic as traffic_room
from workers.groups import Groups
from workers.resolver import Resolver
from workers.roads import Roads
from workers.traffic import Way, WayTraffic
from workers.transports import smtp
from workers.transports.contract import Parcel, RelayDown, Trouble
from workers.transports.memory import YES, MemoryLine, MemoryTransport

ACCEPTED, QUEUED, DEFERRED = DeliveryState.ACCEPTED, DeliveryState.QUEUED, DeliveryState.DEFERRED
NO_DNS = Groups(Resolver(["127.0.0.1:9"]))
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)


def at(domain: str, count: int, start: int = 1) -> list[Recipient]:
    return [Recipient(number, f"p{number}@{domain}") for number in range(start, start + count)]


def direct(office: Office, **changes: object) -> WayTraffic:
    return WayTraffic(office.database, Way("relay", groups=NO_DNS, **changes))  # type: ignore[arg-type]


async def rule(office: Office, provider: str, per_second: float, connections: int = 2) -> None:
    async with office.database.writing() as session:
        await paces.change_rule(session, provider, ProviderRule(connections, 100, per_second))


async def test_messages_on_one_connection_are_as_many_as_the_administrator_says(office: Office) -> None:
    kept: dict[str, int] = {}
    async with office.database.writing() as session:
        await paces.change_rule(session, "orange", ProviderRule(2, 7, 1.0))
    keeping = asyncio.create_task(direct(office, per_connection=kept).run())
    await eventually(partial(_is, kept, {"orange": 7, "free": 100}))
    keeping.cancel()


async def test_one_provider_at_its_pace_keeps_no_other_waiting_and_what_is_urgent_passes(office: Office) -> None:
    await rule(office, "orange", 10.0, connections=1)
    await rule(office, "free", 1000.0, connections=50)
    mailing_id = await office.start([*at("orange.fr", 40), *at("free.fr", 30, start=100)])
    memory = MemoryTransport()
    began = asyncio.get_running_loop().time()
    async with office.working(memory, traffic=direct(office)):
        await eventually(partial(_sent_to, memory, "free.fr", 30))
        assert _count(memory, "orange.fr") < 40
        urgent = await office.start(at("orange.fr", 3), lane=Lane.URGENT, idempotency_key="urgent")
        await office.until_settled(urgent)
        assert _count(memory, "orange.fr") < 43
    seconds = asyncio.get_running_loop().time() - began
    assert _count(memory, "orange.fr") <= 10 * seconds + 2
    states = await office.states(mailing_id)
    assert set(states) <= {ACCEPTED, QUEUED}
    assert not [row for row in await office.rows(mailing_id) if row.tries or row.worker]


async def test_a_provider_that_asks_to_slow_down_is_left_alone_and_nobody_is_condemned(office: Office) -> None:
    for provider in ("orange", "free"):
        await rule(office, provider, 1000.0, connections=2)
    slow = Answer(421, "4.7.0 too many messages OFR_104", Stage.RCPT)
    memory = MemoryTransport(answer=lambda to: slow if to.endswith("@orange.fr") else YES)
    mailing_id = await office.start([*at("orange.fr", 30), *at("free.fr", 30, start=100)])
    async with office.working(memory, traffic=direct(office)):
        await eventually(partial(_sent_to, memory, "free.fr", 30))
        await eventually(partial(_is_slowed, office, "orange"))
        await asyncio.sleep(0.5)
        rows = [row for row in await office.rows(mailing_id) if row.address.endswith("@orange.fr")]
        asked = sum(row.tries for row in rows)
    assert {row.state for row in rows} <= {QUEUED, DEFERRED}
    assert asked < 30  # the others were put off without being sent
    soon = await shared_now(office) + timedelta(seconds=30)
    assert all(row.next_at and row.next_at > soon for row in rows)


async def test_a_relay_that_insists_gets_a_pause_but_what_is_pressing_leaves(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic_room, "_FLUSH", 0.1)  # a transport in memory is asked a thousand times in a second
    slow = Answer(421, "4.7.0 slow down", Stage.MAIL)
    memory = MemoryTransport(answer=lambda to: slow if to.startswith("p") else YES)
    mailing_id = await office.start(people(3_000))
    traffic = WayTraffic(office.database, Way("relay"))
    async with office.working(memory, lines=1, traffic=traffic):
        await eventually(partial(_is_slowed, office, "relay"))
        before = await _deferred_at_rest(office, mailing_id)
        urgent = await office.start([Recipient(7, "zoe@example.org")], lane=Lane.URGENT, idempotency_key="urgent")
        assert await office.until_settled(urgent) == {ACCEPTED: 1}
        assert (await office.states(mailing_id))[DEFERRED] == before < 3_000


async def _deferred_at_rest(office: Office, mailing_id: int) -> int:
    """How many were put off, once what was in hand when the pause began is put off too."""
    before, now = -1, 0
    while before != now:
        await asyncio.sleep(1.0)
        before, now = now, (await office.states(mailing_id))[DEFERRED]
    return now


async def test_at_night_only_what_is_pressing_leaves(office: Office) -> None:
    memory = MemoryTransport()
    with clock.frozen(NIGHT):
        ordinary = await office.start(people(3))
        urgent = await office.start(people(3), lane=Lane.URGENT, idempotency_key="urgent")
        async with office.working(memory, traffic=WayTraffic(office.database, Way("relay", quiet_hours=(21, 7)))):
            assert await office.until_settled(urgent) == {ACCEPTED: 3}
            await asyncio.sleep(0.2)
        assert await office.states(ordinary) == {QUEUED: 3}
    with clock.frozen(NIGHT + timedelta(hours=8, minutes=1)):
        async with office.working(memory, traffic=WayTraffic(office.database, Way("relay", quiet_hours=(21, 7)))):
            assert await office.until_settled(ordinary) == {ACCEPTED: 3}


async def test_a_town_has_so_many_messages_a_day_and_the_rest_leaves_the_day_after(office: Office) -> None:
    memory = MemoryTransport()
    mailing_id = await office.start(people(8))
    async with office.working(memory, traffic=WayTraffic(office.database, Way("relay", quota=Quota(per_day=5)))):
        await eventually(partial(_sent_to, memory, "example.org", 5))
        urgent = await office.start(people(2), lane=Lane.URGENT, idempotency_key="urgent")
        assert await office.until_settled(urgent) == {ACCEPTED: 2}
    rows = await office.rows(mailing_id)
    assert Counter(row.state for row in rows) == {ACCEPTED: 5, QUEUED: 3}
    waiting = [row.next_at for row in rows if row.state is QUEUED]
    tomorrow = await shared_now(office) + timedelta(hours=23)
    assert all(moment and moment > tomorrow for moment in waiting)


async def test_what_could_not_leave_for_want_of_a_relay_costs_nothing_of_the_quota(office: Office) -> None:
    memory = MemoryTransport()
    memory.down = RelayDown(Trouble.UNREACHABLE, "refused")
    mailing_id = await office.start(people(8))
    quota = Quota(per_day=9, per_hour=8)
    async with office.working(memory, traffic=WayTraffic(office.database, Way("relay", quota=quota))):
        await asyncio.sleep(0.3)
        memory.down = None
        assert await office.until_settled(mailing_id) == {ACCEPTED: 8}
        later = await office.start(people(1, start=9), idempotency_key="later")
        await eventually(partial(_is_put_off, office, later))
    (row,) = await office.rows(later)
    assert row.next_at
    assert timedelta(minutes=59) < row.next_at - await shared_now(office) < timedelta(hours=1)


async def _is_put_off(office: Office, mailing_id: int) -> bool:
    (row,) = await office.rows(mailing_id)
    return row.state is QUEUED and row.next_at is not None and row.next_at > clock.now() + timedelta(minutes=5)


@dataclass
class _Refusing(MemoryTransport):
    """Refuses everybody: some at once, the others when it may. A fast machine would be through before it is noticed."""

    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    heard: int = 0

    async def open(self) -> "_RefusingLine":
        return _RefusingLine(self)


@dataclass(eq=False)
class _RefusingLine(MemoryLine):
    relay: _Refusing

    async def carry(self, parcel: Parcel, ahead: Parcel | None = None) -> Answer:
        self.relay.heard += 1
        if self.relay.heard > 500:
            await self.relay.may_go_on.wait()
        return Answer(550, "5.1.1 nobody", Stage.DATA)


async def test_a_mailing_that_everybody_refuses_stops_by_itself(office: Office) -> None:
    relay = _Refusing()
    mailing_id = await office.start(people(3_000))
    unhurried = office.brisk(lease=timedelta(seconds=60))
    async with office.working(relay, traffic=WayTraffic(office.database, Way("relay")), rhythm=unhurried):
        await eventually(partial(_is_stopped, office, mailing_id))
        relay.may_go_on.set()
    states = await office.states(mailing_id)
    assert states[QUEUED] > 0
    assert set(states) == {QUEUED, DeliveryState.REFUSED}


async def test_a_towns_mail_leaves_by_its_own_relay_and_no_other(
    office: Office, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate_for("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    smtp._trusted.cache_clear()
    neighbour = Office(office.database, office.secrets, cast.neighbour_id)
    memory = MemoryTransport()
    stop = asyncio.Event()
    async with Sink().listening(tls=served(path)) as sink:
        async with office.database.writing() as session:
            session.add(
                TownRelay(
                    municipality_id=cast.town_id,
                    host="localhost",
                    port=sink.port,
                    tls=RelayTls.STARTTLS,
                    changed_at=clock.now(),
                )
            )
        ours = await office.start(people(6))
        link = await office.start([Recipient(0, "link@example.org")], lane=Lane.TRANSACTIONAL, idempotency_key="link")
        theirs = await neighbour.start(people(6, start=50), idempotency_key="theirs")
        settings = Settings(home=tmp_path, smtp_private_relays=True, quiet_hours="")
        roads = Roads(settings, office.database, office.secrets, memory, name="mail-1", say=lambda _note: None)
        running = asyncio.create_task(roads.run(stop))
        for mailing_id in (ours, link, theirs):
            await office.until_settled(mailing_id)
        stop.set()
        await running
    smtp._trusted.cache_clear()
    assert set(sink.copies) == {*(one.address for one in people(6)), "link@example.org"}
    assert {one.recipient for one in memory.taken} == {one.address for one in people(6, start=50)}


async def shared_now(office: Office) -> datetime:
    """By the clock that workers share: PostgreSQL's own, whatever a test says the time is here."""
    async with office.database.connection() as connection:
        return clock.now() + await ledger.database_lead(connection, clock.now())


def _count(memory: MemoryTransport, domain: str) -> int:
    return sum(one.recipient.endswith(f"@{domain}") for one in memory.taken)


async def _sent_to(memory: MemoryTransport, domain: str, count: int) -> bool:
    return _count(memory, domain) >= count


async def _is_slowed(office: Office, name: str) -> bool:
    async with office.database.reading() as session:
        return name in {pace.name for pace in await paces.slowed(session, await shared_now(office))}


async def _is_stopped(office: Office, mailing_id: int) -> bool:
    return (await office.mailing(mailing_id)).state is MailingState.PAUSED


async def _is(found: dict[str, int], wanted: dict[str, int]) -> bool:
    return found.items() >= wanted.items()
