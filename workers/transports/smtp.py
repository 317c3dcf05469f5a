"""Real SMTP to a relay, over aiosmtplib: TLS unless this machine, exact addresses, one definite answer a message."""

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from server.core.settings import Settings
from server.mailings.headers import one_line
from server.mailings.policies import Answer, Stage
from workers.transports.contract import LineLost, RelayDown, Trouble

_CONNECT = 60.0
_COMMAND = 300.0  # RFC 5321, 4.5.3.2, for MAIL and RCPT
_DATA_START = 120.0
_GOODBYE = 5.0
_LINE_END = re.compile(rb"\r\n|\r|\n")
_UNSAFE_IN_COMMAND = re.compile(r"[\x00-\x1f\x7f<>]")


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

    async def open(self) -> "SmtpLine":
        if self.tls == "none" and not (self.allow_cleartext or is_loopback(self.host)):
            raise RelayDown(Trouble.CLEARTEXT, self.host)
        smtp = SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=await asyncio.to_thread(_own_name),
            timeout=_CONNECT,
            use_tls=self.tls == "implicit",
            start_tls=self.tls == "starttls",  # required: aiosmtplib's own default sends in clear if it is not offered
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
        return SmtpLine(smtp, self.command_timeout, self.data_timeout)


class SmtpLine:
    """One connection, used for one message after another."""

    def __init__(self, smtp: SMTP, command_timeout: float, data_timeout: float) -> None:
        self._smtp = smtp
        self._command_timeout = command_timeout
        self._data_timeout = data_timeout
        self._largest = int(smtp.esmtp_extensions.get("size") or 0)
        self.carried = 0

    @property
    def is_usable(self) -> bool:
        return self._smtp.is_connected

    async def carry(self, sender: str, recipient: str, content: bytes) -> Answer:
        self.carried += 1
        if _UNSAFE_IN_COMMAND.search(sender + recipient):
            return Answer(553, "this address cannot be written in a command", Stage.DATA)
        needs_utf8 = not (recipient.isascii() and sender.isascii())
        if needs_utf8 and not self._smtp.supports_extension("smtputf8"):
            return Answer(553, "5.6.7 the relay does not offer SMTPUTF8", Stage.DATA)
        if 0 < self._largest < len(content):
            return Answer(552, f"5.3.4 the relay takes at most {self._largest} bytes", Stage.DATA)
        is_8bit = not content.isascii() and self._smtp.supports_extension("8bitmime")
        options = (b" BODY=8BITMIME" if is_8bit else b"") + (b" SMTPUTF8" if needs_utf8 else b"")
        try:
            return await self._transaction(sender.encode(), options, recipient.encode(), content)
        except LineLost:
            self._smtp.close()
            raise

    async def close(self) -> None:
        with contextlib.suppress(SMTPException, OSError):
            if self._smtp.is_connected:
                await self._smtp.quit(timeout=_GOODBYE)
        self._smtp.close()

    async def _transaction(self, sender: bytes, options: bytes, recipient: bytes, content: bytes) -> Answer:
        answer = await self._command(b"MAIL FROM:<" + sender + b">" + options, Stage.MAIL, self._command_timeout)
        if answer.code != 250:
            return await self._cleared(answer)
        answer = await self._command(b"RCPT TO:<" + recipient + b">", Stage.RCPT, self._command_timeout)
        if answer.code not in (250, 251):
            return await self._cleared(answer)
        answer = await self._command(b"DATA", Stage.DATA, _DATA_START)
        if answer.code != 354:
            return await self._cleared(answer)
        return await self._content(content)

    async def _command(self, command: bytes, stage: Stage, seconds: float) -> Answer:
        """A command and its answer. Whatever else happens, nothing was taken yet."""
        with _lost(after_dot=False):
            code, words = await self._smtp.execute_command(command, timeout=seconds)
        return Answer(code, words, stage)

    async def _content(self, content: bytes) -> Answer:
        protocol = self._smtp.protocol
        if protocol is None or not protocol.is_connected:
            raise LineLost("the line was closed before the message", after_dot=False)
        with _lost(after_dot=True):
            protocol.write(on_the_wire(content))
            code, words = await protocol.read_response(timeout=self._data_timeout)
        if code == 421:
            self._smtp.close()
        if not (200 <= code < 300 or 400 <= code < 600):
            raise LineLost(f"{code} is no answer to a message", after_dot=True)
        return Answer(code, words, Stage.DATA)

    async def _cleared(self, answer: Answer) -> Answer:
        """Clear the table for the next message. (A relay that says 421 has left: aiosmtplib then closes.)"""
        if self._smtp.is_connected:
            try:
                await self._smtp.rset(timeout=self._command_timeout)
            except (SMTPException, OSError):
                self._smtp.close()
        return answer


def on_the_wire(content: bytes) -> bytes:
    """The message as it goes between DATA and its answer: CRLF only, dots doubled, the final dot (RFC 5321, 4.5.2).

    A bare CR or LF left in could end the message at the next server before it ends here.
    """
    if content.count(b"\r\n") != content.count(b"\n") or content.count(b"\r") != content.count(b"\n"):
        content = _LINE_END.sub(b"\r\n", content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") + b".\r\n"


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


@cache
def _own_name() -> str:
    """How we greet: asked of the network once, not for each connection."""
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
