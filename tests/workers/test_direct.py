"""Without a relay: the right hosts in their order, whatever the DNS and the other servers do, and nobody condemned for it."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from server.core import clock
from server.mailings.models import DeliveryState, Lane
from server.mailings.policies import Answer, decide
from tests.certificates import certificate_for, served
from tests.dns_server import Zone
from tests.smtp_sink import Sink
from workers.resolver import NoAnswer, NoSuchDomain, Resolver, TakesNoMail
from workers.transports.contract import Parcel
from workers.transports.direct import DirectTransport
from workers.transports.reaching import NotPublic, public_only
from workers.transports.wire import on_the_wire

LETTER = b"Subject: x\r\n\r\nBonjour\r\n"
RECORDS = {
    ("two.example", "MX"): ["20 back.example.", "10 front.example."],
    ("front.example", "A"): ["127.0.0.2"],  # nobody listens there
    ("back.example", "AAAA"): ["100::1"],  # a route that leads nowhere
    ("back.example", "A"): ["127.0.0.1"],
    ("plain.example", "A"): ["127.0.0.1"],
    ("silent.example", "MX"): ["0 ."],
    ("nowhere.example", "MX"): ["10 gone.example."],
    ("texts.example", "TXT"): ['"v=DKIM1; " "k=rsa; p=abc"'],
    ("servfail.example", "A"): [],
    ("exâmple.example".encode("idna").decode(), "MX"): ["10 back.example."],
}


@asynccontextmanager
async def town(sink: Sink, tls: ssl.SSLContext | None = None, **changes: object) -> AsyncIterator[DirectTransport]:
    """A server on the machine, the DNS that leads to it, and the way there."""
    async with sink.listening(tls=tls), Zone(RECORDS, broken={"servfail.example"}).answering() as zone:
        way = DirectTransport(Resolver([zone.server]), sink.port, only_public=False, patience=0.2, **changes)  # type: ignore[arg-type]
        try:
            yield way
        finally:
            await way.aclose()


async def sent(way: DirectTransport, recipient: str) -> Answer:
    return await (await way.open()).carry(Parcel("a@saint-aubin.example", recipient, on_the_wire(LETTER)))


async def test_hosts_are_tried_in_their_order_and_connections_are_kept_for_the_next_message() -> None:
    sink = Sink()
    async with town(sink, per_connection={"back.example": 2}) as way:
        for number in range(3):
            assert (await sent(way, f"p{number}@two.example")).code == 250
        assert (await sent(way, "p@plain.example")).code == 250  # no MX: its own address
        assert (await sent(way, "p@exâmple.example")).code == 250
    assert len(sink.received) == 5
    assert sink.connections == 4  # two messages on the first, one on the second; another host, another connection


@pytest.mark.parametrize(
    ("recipient", "code", "state", "is_dead"),
    [
        ("p@silent.example", 556, DeliveryState.REFUSED, True),
        ("p@no-such.example", 550, DeliveryState.REFUSED, False),
        ("p@servfail.example", 451, DeliveryState.DEFERRED, False),
        ("p@nowhere.example", 451, DeliveryState.DEFERRED, False),
    ],
)
async def test_what_the_dns_says_is_an_answer_like_another(
    recipient: str, code: int, state: DeliveryState, *, is_dead: bool
) -> None:
    async with town(Sink()) as way:
        answer = await sent(way, recipient)
    assert answer.code == code
    decision = decide(answer, tries=0, doubts=0, lane=Lane.ORDINARY.rank, now=clock.now())
    assert (decision.state, decision.is_dead) == (state, is_dead)


async def test_tls_is_used_when_offered_checked_when_possible_and_never_dropped(tmp_path: Path) -> None:
    path = certificate_for("plain.example", tmp_path)
    trusted = ssl.create_default_context(cafile=str(path))
    encrypted: list[bool] = []

    async def look(_sink: Sink, server: SMTP, _address: str) -> None:
        encrypted.append(bool(server.session and server.session.ssl))

    async with town(Sink(before_answer=look), served(path), trusted=trusted) as way:
        assert (await sent(way, "p@plain.example")).code == 250
        assert (await sent(way, "p@two.example")).code == 250  # another name than the certificate's: still encrypted
        assert way.unchecked == {"back.example"}
    assert encrypted == [True, True]


async def test_the_resolver_says_what_it_knows_and_that_it_does_not_know() -> None:
    broken = {"servfail.example", "plain.example/AAAA", "front.example/A"}
    async with Zone(RECORDS, broken=broken).answering() as zone:
        resolver = Resolver([zone.server])
        assert await resolver.addresses("plain.example") == ["127.0.0.1"]
        with pytest.raises(NoAnswer):
            await resolver.addresses("front.example")
        assert await resolver.exchangers("two.example") == ["front.example", "back.example"]
        assert await resolver.exchangers("two.example") == ["front.example", "back.example"]
        assert zone.asked["two.example", "MX"] == 1
        assert await resolver.addresses("back.example") == ["100::1", "127.0.0.1"]
        assert await resolver.texts("texts.example") == ["v=DKIM1; k=rsa; p=abc"]
        assert await resolver.texts("no-such.example") == []
        for domain, refusal in (
            ("silent.example", TakesNoMail),
            ("no-such.example", NoSuchDomain),
            ("a..b", NoSuchDomain),
            ("servfail.example", NoAnswer),
        ):
            with pytest.raises(refusal):
                await resolver.exchangers(domain)


def test_what_strangers_name_leads_to_no_private_network() -> None:
    inside = [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "fe80::1%eth0",
        "0.0.0.0",
    ]
    assert public_only([*inside, "9.9.9.9", "2620:fe::fe"]) == ["9.9.9.9", "2620:fe::fe"]
    with pytest.raises(NotPublic):
        public_only(inside)
