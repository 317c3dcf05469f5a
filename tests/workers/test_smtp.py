"""The line to the relay: no clear text by accident, nothing that ends a message early, a readable trouble."""

import asyncio
import ssl
from pathlib import Path

import pytest

from server.mailings.policies import Answer, Stage
from tests.certificates import certificate_for, served
from tests.smtp_sink import Sink
from workers.transports.contract import LineLost, Parcel, RelayDown, Trouble
from workers.transports.smtp import SmtpTransport, is_loopback
from workers.transports.wire import on_the_wire

LETTER = b"Subject: x\r\n\r\nBonjour\r\n"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `localhost` that signs itself, with its key."""
    return certificate_for("localhost", tmp_path_factory.mktemp("tls"))


def to(address: str, content: bytes = LETTER) -> Parcel:
    return Parcel("a@x.example", address, on_the_wire(content))


async def trouble_of(transport: SmtpTransport) -> Trouble:
    with pytest.raises(RelayDown) as caught:
        await transport.open()
    assert caught.value.detail
    return caught.value.trouble


async def carried(transport: SmtpTransport, content: bytes = LETTER, to: str = "b@example.org") -> Answer:
    line = await transport.open()
    try:
        return await line.carry(Parcel("a@example.org", to, on_the_wire(content)))
    finally:
        await line.close()


async def test_starttls_with_a_checked_certificate(certificate: Path) -> None:
    async with Sink().listening(tls=served(certificate)) as sink:
        trusted = ssl.create_default_context(cafile=str(certificate))
        assert (await carried(SmtpTransport("localhost", sink.port, tls_context=trusted))).code == 250
        assert len(sink.received) == 1
        assert await trouble_of(SmtpTransport("localhost", sink.port)) is Trouble.TLS
        assert await trouble_of(SmtpTransport("127.0.0.1", sink.port, tls_context=trusted)) is Trouble.TLS


async def test_a_stripped_starttls_sends_nothing() -> None:
    """E10, F18: the capability was taken out on the way."""
    async with Sink().listening() as sink:
        assert await trouble_of(SmtpTransport("localhost", sink.port)) is Trouble.TLS
        assert await trouble_of(SmtpTransport("localhost", sink.port, tls="implicit")) is Trouble.TLS
    assert sink.received == []


async def test_clear_text_only_on_this_machine_or_when_allowed() -> None:
    assert await trouble_of(SmtpTransport("relay.example", 25, tls="none")) is Trouble.CLEARTEXT
    allowed = SmtpTransport("relay.invalid", 25, tls="none", allow_cleartext=True)
    assert await trouble_of(allowed) is Trouble.UNREACHABLE


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("192.168.1.1", False),
        ("localhost.evil.example", False),
    ],
)
def test_what_this_machine_is_called(host: str, expected: bool) -> None:
    assert is_loopback(host) == expected


async def test_a_greeting_that_says_no_and_a_login_that_fails() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"421 4.7.0 too many connections\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await trouble_of(SmtpTransport("127.0.0.1", port, tls="none")) is Trouble.REFUSES
    server.close()
    await server.wait_closed()
    async with Sink().listening() as sink:
        wrong = SmtpTransport("127.0.0.1", sink.port, tls="none", username="u", password="p")
        assert await trouble_of(wrong) is Trouble.LOGIN


@pytest.mark.parametrize(
    "content",
    [
        b"a: b\r\n\r\nx\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
        b"a: b\r\n\r\nx\n.\r\nMAIL FROM:<evil@example.com>\r\n",
        b"a: b\r\n\r\nx\n.\nMAIL FROM:<evil@example.com>\r\n",
        b"a: b\r\n\r\nx\r.\rMAIL FROM:<evil@example.com>\r\n",
        b"a: b\r\n\r\nx\r\n.\rMAIL FROM:<evil@example.com>\r\n",
        b"a: b\r\n\r\nx\r.\r\nMAIL FROM:<evil@example.com>",
        b".\r\nMAIL FROM:<evil@example.com>\r\n",
        b"a: b\r\n\r\n..x\r\n.y\r\n",
    ],
)
async def test_no_text_ends_the_message_early(content: bytes) -> None:
    """E09: every way of writing the end of data that some server believes in."""
    wire = on_the_wire(content)
    assert wire.count(b"\r\n.\r\n") == 1
    assert not wire.startswith(b".\r\n")
    assert wire.count(b"\r") == wire.count(b"\n") == wire.count(b"\r\n")
    async with Sink().listening() as sink:
        assert (await carried(SmtpTransport("127.0.0.1", sink.port, tls="none"), content)).code == 250
    (received,) = sink.received
    assert received.content.count(b"MAIL FROM") == content.count(b"MAIL FROM")
    assert received.content.replace(b"\r\n", b"\n").rstrip() == b"\n".join(content.splitlines()).rstrip()


@pytest.mark.parametrize("address", ["b@example.org>\r\nRCPT TO:<evil@example.com", "b@x\r\n", "b\0@x.example"])
async def test_an_address_cannot_carry_a_command(address: str) -> None:
    async with Sink().listening() as sink:
        answer = await carried(SmtpTransport("127.0.0.1", sink.port, tls="none"), to=address)
    assert (answer.code, sink.received) == (553, [])


async def test_rcpt_is_exactly_the_stored_address() -> None:
    async with Sink().listening() as sink:
        for address in ("Zoé@Example.ORG", "a+b@EXAMPLE.org", "o'neil@x.example"):
            await carried(SmtpTransport("127.0.0.1", sink.port, tls="none"), to=address)
    assert [one.recipient for one in sink.received] == ["Zoé@Example.ORG", "a+b@EXAMPLE.org", "o'neil@x.example"]


async def test_a_line_goes_on_after_a_refusal() -> None:
    async with Sink(at_rcpt=lambda a: "550 5.1.1 no" if a.startswith("no") else None).listening() as sink:
        line = await SmtpTransport("127.0.0.1", sink.port, tls="none").open()
        assert await line.carry(to("no@x.example")) == Answer(550, "5.1.1 no", Stage.RCPT)
        assert (await line.carry(to("yes@x.example"))).code == 250
        assert (line.carried, line.is_usable, sink.connections) == (2, True, 1)
        await line.close()


async def test_a_relay_that_answers_nonsense_is_a_lost_line() -> None:
    talked = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        for answer in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            await reader.readline()
            writer.write(answer)
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"nonsense\r\n")
        await reader.read()
        writer.close()
        talked.set()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    line = await SmtpTransport("127.0.0.1", server.sockets[0].getsockname()[1], tls="none").open()
    with pytest.raises(LineLost) as caught:
        await line.carry(to("b@x.example"))
    assert caught.value.after_dot
    assert not line.is_usable
    await line.close()
    await talked.wait()
    server.close()
    await server.wait_closed()


async def test_a_message_larger_than_the_relay_takes_is_refused_before_it_is_sent() -> None:
    async with Sink(largest=1000).listening() as sink:
        answer = await carried(SmtpTransport("127.0.0.1", sink.port, tls="none"), LETTER * 100)
    assert answer.text.startswith("5.3.4")
    assert sink.received == []
