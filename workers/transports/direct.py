"""Delivery without a relay: each message goes to the hosts that take its domain's mail (MX), on connections kept by them.

A line here is a place to stand, not a connection: it takes one of the connections to the right hosts, or opens one, and
puts it back for the next message. Whatever goes wrong at the other end concerns that message alone; nothing else waits.

TLS is used whenever it is offered, and the certificate is checked. Where the check fails the message still travels
encrypted, to a host we could not make sure of: between servers the alternative is clear text. Where TLS is offered and
cannot be had at all, the message waits.
"""

import asyncio
import contextlib
import socket
import ssl
from collections import defaultdict
from dataclasses import dataclass, field

from server.mailings.policies import Answer, Stage
from server.mailings.provider_rules import group_of, preset_of
from workers.resolver import NoAnswer, NoSuchDomain, Resolver, TakesNoMail
from workers.transports.contract import Line, LineLost, Parcel, RelayDown, Trouble
from workers.transports.reaching import PATIENCE, public_only, reach
from workers.transports.smtp import SmtpTransport

Hosts = tuple[str, ...]
_MOST_HOSTS = 5  # of a domain, tried for one message
_REST = 10.0  # seconds a connection stays open unused: providers count those that are open


@dataclass(eq=False)
class DirectTransport:
    """`only_public`: strangers' domains lead to no private network."""

    resolver: Resolver
    port: int = 25
    per_connection: dict[str, int] = field(default_factory=dict)
    """Messages on one connection to a provider, where an administrator knows better than the preset."""
    only_public: bool = True
    command_timeout: float = 300.0
    data_timeout: float = 600.0
    patience: float = PATIENCE
    trusted: ssl.SSLContext | None = None
    unchecked: set[str] = field(default_factory=set)
    """Hosts whose certificate could not be checked."""
    _resting: dict[Hosts, list[tuple[float, Line]]] = field(default_factory=lambda: defaultdict(list))

    async def open(self) -> "DirectLine":
        return DirectLine(self)

    async def take(self, domain: str) -> tuple[Hosts, Line]:
        """A connection to the domain's hosts, the preferred first. Raises NoSuchDomain, NoAnswer or RelayDown."""
        preferred = (await self.resolver.exchangers(domain))[:_MOST_HOSTS]
        hosts = tuple(sorted(preferred))
        await self._close_the_rested()
        while self._resting[hosts]:
            _, line = self._resting[hosts].pop()
            if line.is_usable:
                return hosts, line
            await line.close()
        failure = RelayDown(Trouble.UNREACHABLE, "no host is known")
        for host in preferred:
            try:
                return hosts, await self._open(host)
            except RelayDown as down:
                failure = down
        raise failure

    async def put_back(self, hosts: Hosts, line: Line) -> None:
        provider = group_of(hosts)
        most = self.per_connection.get(provider) or preset_of(provider).per_connection
        if line.is_usable and line.carried < most:
            self._resting[hosts].append((asyncio.get_running_loop().time(), line))
        else:
            await line.close()

    async def aclose(self) -> None:
        """Say goodbye to everybody."""
        await self._close_the_rested(rest=-1.0)

    async def _open(self, host: str) -> Line:
        if host not in self.unchecked:
            try:
                return await self._way(host, self.trusted).open()
            except RelayDown as down:
                if down.trouble is not Trouble.TLS:
                    raise
        line = await self._way(host, _unchecking()).open()
        self.unchecked.add(host)
        return line

    def _way(self, host: str, context: ssl.SSLContext | None) -> SmtpTransport:
        return SmtpTransport(
            host,
            self.port,
            tls="offered",
            tls_context=context,
            command_timeout=self.command_timeout,
            data_timeout=self.data_timeout,
            connect=self._connect,
        )

    async def _connect(self, host: str, port: int) -> socket.socket:
        try:
            addresses = await self.resolver.addresses(host)
        except NoAnswer as error:
            raise OSError(str(error)) from error
        return await reach(public_only(addresses) if self.only_public else addresses, port, patience=self.patience)

    async def _close_the_rested(self, rest: float = _REST) -> None:
        now = asyncio.get_running_loop().time()
        for hosts, waiting in list(self._resting.items()):
            over = [line for since, line in waiting if now - since > rest]
            self._resting[hosts] = [one for one in waiting if one[1] not in over]
            if not self._resting[hosts]:
                del self._resting[hosts]
            for line in over:
                await line.close()


class DirectLine:
    """One message at a time, each to its own domain's hosts."""

    is_usable = True
    looks_ahead = False

    def __init__(self, transport: DirectTransport) -> None:
        self._transport = transport
        self.carried = 0

    async def carry(self, parcel: Parcel, ahead: Parcel | None = None) -> Answer:
        self.carried = 1  # never so many that it would be closed: its connections count for themselves
        domain = parcel.recipient.rpartition("@")[2]
        try:
            hosts, line = await self._transport.take(domain)
        except TakesNoMail as error:
            return Answer(556, str(error), Stage.RCPT)
        except NoSuchDomain as error:
            # Not "at RCPT": a resolver that lies must not bar anybody for good.
            return Answer(550, str(error), Stage.DATA)
        except NoAnswer as error:
            return Answer(451, f"4.4.3 {error}", Stage.MAIL)
        except RelayDown as down:
            return Answer(451, f"4.4.1 {down.detail}", Stage.MAIL)
        return await self._carry_on(hosts, line, parcel)

    async def close(self) -> None:
        """The connections stay for the other lines; they close themselves when they have rested."""

    async def _carry_on(self, hosts: Hosts, line: Line, parcel: Parcel) -> Answer:
        was_used = line.carried > 0
        try:
            answer = await line.carry(parcel)
        except LineLost as lost:
            await line.close()
            if lost.after_dot or not was_used:
                raise
            # It was closed while it rested: nothing was sent, so once more on a new one.
            return await self.carry(parcel)
        except BaseException:
            with contextlib.suppress(Exception):
                await line.close()
            raise
        await self._transport.put_back(hosts, line)
        return answer


def _unchecking() -> ssl.SSLContext:
    """Encrypts, whoever is at the other end."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
