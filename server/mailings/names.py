"""The names of the net as everybody sees them, asked for in bounded time: silence is not an answer."""

from dataclasses import dataclass, field
from typing import Any, Protocol

_PATIENCE = 4.0


class Silence(Exception):
    """Nobody answered: neither yes nor no."""


class Names(Protocol):
    """What is asked of the DNS. An empty list: there is no such record."""

    async def texts(self, name: str) -> list[str]: ...

    async def exchangers(self, name: str) -> list[str]:
        """Where a domain receives its mail; "" stands for a domain that says it receives none (RFC 7505)."""

    async def addresses(self, name: str) -> list[str]: ...

    async def reverse(self, address: str) -> list[str]: ...


class PublicNames:
    """The resolver of this machine."""

    async def texts(self, name: str) -> list[str]:
        from dns.rdtypes.ANY.TXT import TXT

        found = await _ask(name, "TXT")
        return [b"".join(one.strings).decode("utf-8", "replace") for one in found if isinstance(one, TXT)]

    async def exchangers(self, name: str) -> list[str]:
        from dns.rdtypes.ANY.MX import MX

        found = [one for one in await _ask(name, "MX") if isinstance(one, MX)]
        return [str(one.exchange).rstrip(".") for one in sorted(found, key=lambda one: one.preference)]

    async def addresses(self, name: str) -> list[str]:
        return [str(one) for kind in ("A", "AAAA") for one in await _ask(name, kind)]

    async def reverse(self, address: str) -> list[str]:
        import dns.reversename

        return [str(one).rstrip(".") for one in await _ask(str(dns.reversename.from_address(address)), "PTR")]


@dataclass
class ListedNames:
    """Names that are written down, for trials without a network. A name of `silent` is not answered."""

    text: dict[str, list[str]] = field(default_factory=dict)
    exchange: dict[str, list[str]] = field(default_factory=dict)
    address: dict[str, list[str]] = field(default_factory=dict)
    pointer: dict[str, list[str]] = field(default_factory=dict)
    is_silent: bool = False

    async def texts(self, name: str) -> list[str]:
        return self._answer(self.text, name)

    async def exchangers(self, name: str) -> list[str]:
        return self._answer(self.exchange, name)

    async def addresses(self, name: str) -> list[str]:
        return self._answer(self.address, name)

    async def reverse(self, address: str) -> list[str]:
        return self._answer(self.pointer, address)

    def _answer(self, listed: dict[str, list[str]], name: str) -> list[str]:
        if self.is_silent:
            raise Silence(name)
        return listed.get(name, [])


async def _ask(name: str, kind: str) -> list[Any]:
    # Most instances have a relay and ask nothing for days.
    import dns.asyncresolver
    import dns.exception
    import dns.resolver

    try:
        answer = await dns.asyncresolver.resolve(name, kind, lifetime=_PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise Silence(name) from error
    return list(answer)
