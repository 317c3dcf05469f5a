"""The pipelined line against relays that are late, contradict themselves, say too much, or leave (RFC 2920)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest

from server.mailings.policies import Answer, Stage
from tests.smtp_sink import Sink
from workers.transports.contract import Line, LineLost, Parcel
from workers.transports.smtp import SmtpTransport
from workers.transports.wire import on_the_wire

GREETING = b"220 relay\r\n"
OFFERS = b"250-relay\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


def parcel(number: int) -> Parcel:
    return Parcel("a@x.example", f"p{number}@x.example", on_the_wire(b"Subject: x\r\n\r\nBonjour %d\r\n" % number))


class Relay:
    """Plays one conversation: each entry is what it waits to have read, and what it then says. Keeps what it read."""

    def __init__(self, turns: Sequence[tuple[bytes, bytes | None]]) -> None:
        self._turns = turns
        self.groups: list[bytes] = []
        self.is_over = asyncio.Event()

    @property
    def heard(self) -> bytes:
        return b"".join(self.groups)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            writer.write(GREETING)
            await reader.readuntil(b"\r\n")
            writer.write(OFFERS)
            await self._play(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        self.is_over.set()

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for until, answer in self._turns:
            self.groups.append(await reader.readuntil(until))
            if answer is None:
                return
            writer.write(answer)
        self.groups.append(b"")
        while heard := await reader.read(4_096):
            self.groups[-1] += heard
            if self.groups[-1].endswith(b"QUIT\r\n"):
                writer.write(b"221 goodbye\r\n")


class Dripping(Relay):
    """A byte now and then."""

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(200):
            writer.write(b"2")
            await writer.drain()
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def line_to(relay: Relay, *, command: float = 5.0, data: float = 5.0) -> AsyncIterator[Line]:
    server = await asyncio.start_server(relay.talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line = await SmtpTransport("127.0.0.1", port, tls="none", command_timeout=command, data_timeout=data).open()
    try:
        yield line
    finally:
        await line.close()
        async with asyncio.timeout(60):
            await relay.is_over.wait()
        server.close()
        await server.wait_closed()


ASK, DOT = b"DATA\r\n", b"\r\n.\r\n"
YES = b"250 ok\r\n250 ok\r\n354 go\r\n"
TAKEN = b"250 2.0.0 taken\r\n"


async def test_the_next_one_is_announced_behind_the_one_that_leaves() -> None:
    relay = Relay([(ASK, YES), (DOT, b""), (ASK, TAKEN + YES), (DOT, TAKEN)])
    async with line_to(relay) as line:
        assert line.looks_ahead
        assert await line.carry(parcel(1), parcel(2)) == Answer(250, "2.0.0 taken", Stage.DATA)
        assert b"RCPT TO:<p2@x.example>\r\nDATA\r\n" in relay.groups[2]
        assert b"Bonjour 2" not in relay.heard
        assert (await line.carry(parcel(2))).code == 250
        assert b"Bonjour 2" in relay.heard
        assert relay.heard.count(b"RCPT TO:<p2@") == 1


async def test_permission_for_nobody_gets_a_lone_dot_and_the_line_goes_on() -> None:
    """RFC 2920, 3.1: 354 although every recipient was refused."""
    refused = b"250 ok\r\n550 5.1.1 nobody\r\n354 go\r\n"
    relay = Relay([(ASK, refused), (b".\r\n", b"554 no recipients\r\n"), (ASK, YES), (DOT, TAKEN)])
    async with line_to(relay) as line:
        assert await line.carry(parcel(1), parcel(2)) == Answer(550, "5.1.1 nobody", Stage.RCPT)
        assert relay.groups[1] == b".\r\n"
        assert (await line.carry(parcel(2))).code == 250
        assert b"Bonjour 1" not in relay.heard


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (b"250 ok\r\n450 4.2.0 later\r\n503 no\r\n", Answer(450, "4.2.0 later", Stage.RCPT)),
        (b"250 ok\r\n250 ok\r\n451 4.3.0 busy\r\n", Answer(451, "4.3.0 busy", Stage.DATA)),
        (b"550-5.7.1 we do not\r\n550 like you\r\n503 no\r\n503 no\r\n", Answer(550, "5.7.1 we do not\nlike you", Stage.MAIL)),
    ],
)  # fmt: skip
async def test_a_refusal_is_cleared_with_the_next_announcement(answers: bytes, expected: Answer) -> None:
    relay = Relay([(ASK, answers), (ASK, b"250 reset\r\n" + YES), (DOT, TAKEN)])
    async with line_to(relay) as line:
        assert await line.carry(parcel(1)) == expected
        assert (await line.carry(parcel(2))).code == 250
        assert relay.groups[1].startswith(b"RSET\r\nMAIL FROM:<a@x.example>\r\n")


async def test_who_takes_leave_has_answered() -> None:
    """421 instead of an answer: that message waits, and so does whatever was announced."""
    relay = Relay([(ASK, b"421 4.7.0 too much\r\n")])
    async with line_to(relay) as line:
        assert await line.carry(parcel(1)) == Answer(421, "4.7.0 too much", Stage.MAIL)
        assert not line.is_usable
    relay = Relay([(ASK, YES), (DOT, b""), (ASK, TAKEN + b"421 enough\r\n")])
    async with line_to(relay) as line:
        assert (await line.carry(parcel(1), parcel(2))).code == 250
        assert await line.carry(parcel(2)) == Answer(421, "enough", Stage.MAIL)
        assert b"Bonjour 2" not in relay.heard


@pytest.mark.parametrize(
    "turns",
    [
        [(ASK, YES), (DOT, None)],  # hangs up after the dot
        [(ASK, YES), (DOT, b"")],  # never answers
        [(ASK, YES), (DOT, b"354 what\r\n")],  # is out of step
        [(ASK, YES), (DOT, b"hello\r\n")],  # speaks nonsense
        [(ASK, YES), (DOT, b"250-never\r\n" * 10_000)],  # does not end
    ],
)
async def test_after_the_dot_nobody_knows(turns: list[tuple[bytes, bytes | None]]) -> None:
    relay = Relay(turns)
    async with line_to(relay, data=0.3) as line:
        with pytest.raises(LineLost) as caught:
            await line.carry(parcel(1), parcel(2))
        assert caught.value.after_dot
        assert not line.is_usable


@pytest.mark.parametrize(
    "answers",
    [
        None,
        b"",
        b"250 ok\r\n250 o",  # the rest does not come
        b"250 ok\r\n250 ok\r\n354 go\r\n250 and\r\n",  # one too many
    ],
)
async def test_before_the_content_nothing_was_taken(answers: bytes | None) -> None:
    relay = Relay([(ASK, answers)])
    async with line_to(relay, command=0.3) as line:
        with pytest.raises(LineLost) as caught:
            await line.carry(parcel(1))
        assert not caught.value.after_dot
        assert not line.is_usable
    assert b"Bonjour" not in relay.heard


async def test_a_byte_at_a_time_is_bounded_in_time() -> None:
    """F16: the clock runs from the question, not from the last byte."""
    async with asyncio.timeout(20), line_to(Dripping([]), command=0.3) as line:
        with pytest.raises(LineLost):
            await line.carry(parcel(1))


async def test_without_the_offer_each_command_waits() -> None:
    async with Sink(offers_pipelining=False).listening() as sink:
        line = await SmtpTransport("127.0.0.1", sink.port, tls="none").open()
        assert not line.looks_ahead
        assert (await line.carry(parcel(1), parcel(2))).code == 250
        assert (await line.carry(parcel(2))).code == 250
        await line.close()
    assert sink.copies == {"p1@x.example": 1, "p2@x.example": 1}
