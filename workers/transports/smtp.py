"""Real SMTP to a relay, over aiosmtplib: TLS unless this machine, exact addresses, one definite answer a message."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from server.core.settings import Settings
from server.mailings.headers import one_line
from server.mailings.policies import Answer, Stage
from workers.transports.answers import Listener
from workers.transports.contract import Line, LineLost, Parcel, RelayDown, Trouble
from workers.transports.offers import Offers, rcpt
from workers.transports.pipelined import DATA_START, Patience, PipelinedLine
from workers.transports.wire import Wire

_CONNECT = 60.0
_COMMAND = 300.0  # RFC 5321, 4.5.3.2, for MAIL and RCPT
_GOODBYE = 5.0


@dataclass(frozen=True)
class SmtpTransport:
    """A relay and how it is reached."""

    host: str
    port: int
    tls: str = "starttls"
    username: str = ""
    password: str = ""
    allow_cleartext: bool = False
    data_timeout: float = 600.0
    command_timeout: float = _COMMAND
    tls_context: ssl.SSLContext | None = None
    connect: Callable[[str, int], Awaitable[socket.socket]] | None = None
    """How `host` is reached, when not as the machine would."""

    @classmethod
    def of(cls, settings: Settings) -> "SmtpTransport":
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_tls,
            settings.smtp_username,
            settings.smtp_password.get_secret_value(),
            settings.smtp_allow_cleartext,
            settings.smtp_data_timeout,
        )

    async def open(self) -> Line:
        if self.tls == "none" and not (self.allow_cleartext or is_loopback(self.host)):
            raise RelayDown(Trouble.CLEARTEXT, self.host)
        connected = await self._connected()
        smtp = SMTP(
            hostname=self.host,
            port=None if connected else self.port,
            sock=connected,
            local_hostname=await _greeting(),
            timeout=_CONNECT,
            use_tls=self.tls == "implicit",
            # Required: aiosmtplib's own default, None, sends in clear if it is not offered.
            start_tls=None if self.tls == "offered" else self.tls == "starttls",
            tls_context=None if self.tls == "none" else self.tls_context or _trusted(),
            username=self.username or None,
            password=self.password or None,
        )
        try:
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
        except (SMTPException, OSError, ValueError) as error:
            smtp.close()
            raise RelayDown(_trouble(error), _words(error)) from error
        offers = Offers.of(smtp.esmtp_extensions)
        patience = Patience(self.command_timeout, self.data_timeout)
        if offers.pipelining and isinstance(smtp.transport, asyncio.Transport):
            # The library drops answers that nobody awaits yet; from here on somebody else listens.
            return PipelinedLine(Listener(smtp.transport), offers, patience)
        return SmtpLine(smtp, offers, patience)

    async def _connected(self) -> socket.socket | None:
        try:
            return None if self.connect is None else await self.connect(self.host, self.port)
        except OSError as error:
            raise RelayDown(Trouble.UNREACHABLE, _words(error)) from error


class SmtpLine:
    """One connection to a relay without PIPELINING: each command waits for its answer."""

    looks_ahead = False

    def __init__(self, smtp: SMTP, offers: Offers, patience: Patience) -> None:
        self._smtp = smtp
        self._offers = offers
        self._patience = patience
        self.carried = 0

    @property
    def is_usable(self) -> bool:
        return self._smtp.is_connected

    async def carry(self, parcel: Parcel, ahead: Parcel | None = None) -> Answer:
        self.carried += 1
        if (refusal := self._offers.refuse(parcel)) is not None:
            return refusal
        try:
            return await self._transaction(parcel)
        except LineLost:
            self._smtp.close()
            raise

    async def close(self) -> None:
        with contextlib.suppress(SMTPException, OSError):
            if self._smtp.is_connected:
                await self._smtp.quit(timeout=_GOODBYE)
        self._smtp.close()

    async def _transaction(self, parcel: Parcel) -> Answer:
        answer = await self._command(self._offers.mail(parcel), Stage.MAIL, self._patience.command)
        if answer.code != 250:
            return await self._cleared(answer)
        answer = await self._command(rcpt(parcel), Stage.RCPT, self._patience.command)
        if answer.code not in (250, 251):
            return await self._cleared(answer)
        answer = await self._command(b"DATA", Stage.DATA, DATA_START)
        if answer.code != 354:
            return await self._cleared(answer)
        return await self._content(parcel.content)

    async def _command(self, command: bytes, stage: Stage, seconds: float) -> Answer:
        """A command and its answer. Whatever else happens, nothing was taken yet."""
        with _lost(after_dot=False):
            code, words = await self._smtp.execute_command(command, timeout=seconds)
        return Answer(code, words, stage)

    async def _content(self, content: Wire) -> Answer:
        protocol = self._smtp.protocol
        if protocol is None or not protocol.is_connected:
            raise LineLost("the line was closed before the message", after_dot=False)
        with _lost(after_dot=True):
            protocol.write(content)
            code, words = await protocol.read_response(timeout=self._patience.data)
        if code == 421:
            self._smtp.close()
        if not (200 <= code < 300 or 400 <= code < 600):
            raise LineLost(f"{code} is no answer to a message", after_dot=True)
        return Answer(code, words, Stage.DATA)

    async def _cleared(self, answer: Answer) -> Answer:
        """Clear the table for the next message. (A relay that says 421 has left: aiosmtplib then closes.)"""
        if self._smtp.is_connected:
            try:
                await self._smtp.rset(timeout=self._patience.command)
            except (SMTPException, OSError):
                self._smtp.close()
        return answer


def is_loopback(host: str) -> bool:
    """Whether what is sent to `host` never leaves this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def _lost(*, after_dot: bool) -> Iterator[None]:
    try:
        yield
    except (SMTPException, OSError) as error:
        raise LineLost(_words(error), after_dot=after_dot) from error


async def _greeting() -> str:
    """Our own name: asked of the network once, where nobody waits for it, and not for each connection."""
    return _own_name() if _own_name.cache_info().currsize else await asyncio.to_thread(_own_name)


@cache
def _own_name() -> str:
    return socket.getfqdn()


@cache
def _trusted() -> ssl.SSLContext:
    """Certificates are checked, against the machine's authorities, from TLS 1.2 on."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _trouble(error: BaseException) -> Trouble:
    if isinstance(error, SMTPAuthenticationError) or "AUTH" in str(error):
        return Trouble.LOGIN
    if isinstance(error, SMTPResponseException):
        return Trouble.REFUSES
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError) or "STARTTLS" in str(error):
        return Trouble.TLS
    return Trouble.UNREACHABLE


def _words(error: BaseException) -> str:
    """What went wrong, on one line."""
    if isinstance(error, SMTPResponseException):
        return one_line(f"{error.code} {error.message}")
    return one_line(str(error)) or type(error).__name__
