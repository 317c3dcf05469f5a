"""A real SMTP server in the test's own loop, which answers as it is told and remembers what it took."""

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

Script = Callable[[str], str | None]


def _agree(_address: str) -> str | None:
    return None


@dataclass(frozen=True)
class Received:
    sender: str
    recipient: str
    content: bytes

    @property
    def message_id(self) -> str:
        return str(message_from_bytes(self.content)["Message-ID"])


@dataclass
class Sink:
    """`at_rcpt` and `at_data` give an answer for an address (None: yes); `before_answer` runs once the dot was read."""

    at_rcpt: Script = _agree
    at_data: Script = _agree
    before_answer: Callable[["Sink", SMTP, str], Awaitable[None]] | None = None
    offers_smtputf8: bool = True
    offers_pipelining: bool = True
    largest: int = 30_000_000
    received: list[Received] = field(default_factory=list)
    servers: list[SMTP] = field(default_factory=list)
    port: int = 0

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.offers_pipelining else responses

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.at_rcpt(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        answer = self.at_data(address) or "250 2.0.0 taken"
        if answer.startswith("2"):
            content = bytes(envelope.original_content or b"")
            self.received.append(Received(str(envelope.mail_from), address, content))
        if self.before_answer is not None:
            await self.before_answer(self, server, address)
        return answer

    @property
    def connections(self) -> int:
        return len(self.servers)

    @property
    def copies(self) -> Counter[str]:
        """How many copies each address got."""
        return Counter(one.recipient for one in self.received)

    @contextlib.asynccontextmanager
    async def listening(self, *, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator["Sink"]:

        def greet() -> SMTP:
            more: dict[str, Any] = {"tls_context": tls} if tls else {}
            more |= {"enable_SMTPUTF8": self.offers_smtputf8, "data_size_limit": self.largest}
            self.servers.append(SMTP(self, hostname="sink.test", **more))
            return self.servers[-1]

        server = await asyncio.get_running_loop().create_server(greet, "127.0.0.1", port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for one in self.servers:
                hang_up(one)
            await server.wait_closed()
            await asyncio.sleep(0)


def hang_up(server: SMTP) -> None:
    """Drop the line without a word."""
    # (Python 3.11.2 stumbles over a line under TLS that is closed already.)
    if isinstance(server.transport, asyncio.Transport) and not server.transport.is_closing():
        server.transport.abort()
