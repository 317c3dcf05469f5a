"""What the DNS says: who takes a domain's mail, at which addresses, and whether a record has been published."""

import random
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from server.core.settings import Settings

if TYPE_CHECKING:  # an instance with a relay asks nothing
    import dns.asyncresolver
    import dns.nameserver

_PATIENCE = 10.0  # seconds for one question, all servers and tries together
_KEPT = 10_000


class NoSuchDomain(Exception):
    """Nobody takes mail for this domain; the sentence is the answer a server would give (RFC 5321, 5.1; RFC 3463)."""


class TakesNoMail(NoSuchDomain):
    """The domain itself says so (RFC 7505)."""


class NoAnswer(Exception):
    """The DNS does not answer now. It says nothing about the domain."""


class Resolver:
    """`servers`: "address" or "address:port", asked instead of the machine's own."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._servers = servers

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls([one.strip() for one in settings.dns_servers.split(",") if one.strip()])

    async def exchangers(self, domain: str) -> list[str]:
        """The hosts that take the domain's mail, the preferred first. Raises NoSuchDomain or NoAnswer."""
        found = await self._ask(_ascii(domain), "MX")
        random.shuffle(found)  # among equals every host gets its share (RFC 5321, 5.1)
        found.sort(key=lambda one: one.preference)
        hosts = [str(one.exchange).rstrip(".").lower() for one in found]
        if hosts == [""]:
            raise TakesNoMail("5.1.10 this domain takes no mail")
        return list(dict.fromkeys(host for host in hosts if host)) or [_ascii(domain)]

    async def addresses(self, host: str) -> list[str]:
        """The host's addresses, those of IPv6 first; none if it has none. Raises NoAnswer, unless one question was answered:
        there are servers that fail at a kind of record they do not know.
        """
        found: list[str] = []
        failure: NoAnswer | None = None
        for kind in ("AAAA", "A"):
            try:
                found += [one.address for one in await self._ask(host, kind)]
            except NoSuchDomain:
                return []
            except NoAnswer as error:
                failure = error
        if failure is not None and not found:
            raise failure
        return found

    async def texts(self, name: str) -> list[str]:
        """The TXT records of a name, each in one piece. Raises NoAnswer."""
        try:
            found = await self._ask(name, "TXT")
        except NoSuchDomain:
            return []
        return [b"".join(one.strings).decode("utf-8", "replace") for one in found]

    @cached_property
    def _resolver(self) -> "dns.asyncresolver.Resolver":
        import dns.asyncresolver
        import dns.resolver

        resolver = dns.asyncresolver.Resolver(configure=not self._servers)
        if self._servers:
            resolver.nameservers = [_server(one) for one in self._servers]
        resolver.lifetime = _PATIENCE
        resolver.cache = dns.resolver.LRUCache(_KEPT)
        return resolver

    async def _ask(self, name: str, kind: str) -> list[Any]:
        """Raises NoSuchDomain or NoAnswer."""
        import dns.exception
        import dns.resolver

        try:
            answer = await self._resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN as error:
            raise NoSuchDomain("5.1.2 this domain does not exist") from error
        except (dns.exception.DNSException, OSError) as error:
            raise NoAnswer(f"{type(error).__name__}: {name}") from error
        return list(answer.rrset or ())


def _server(words: str) -> "dns.nameserver.Nameserver":
    import dns.nameserver

    host, _, port = words.rpartition(":") if words.count(":") == 1 else (words, "", "53")
    return dns.nameserver.Do53Nameserver(host, int(port))


def _ascii(domain: str) -> str:
    """The domain as the DNS writes it."""
    import dns.exception
    import dns.name

    try:
        return dns.name.from_text(domain, idna_codec=dns.name.IDNA_2003).to_text(omit_final_dot=True)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise NoSuchDomain("5.1.2 this is not the name of a domain") from error
