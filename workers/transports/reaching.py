"""A host's addresses tried one after another, those of IPv6 first, none of them for long."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable

PATIENCE = 20.0
"""Seconds for one address: a dead route of IPv6 must not keep mail from the living one of IPv4."""


class NotPublic(OSError):
    """The host has only addresses of a private network or of this machine."""


async def reach(addresses: Iterable[str], port: int, *, patience: float = PATIENCE) -> socket.socket:
    """A socket connected to the first address that answers. Raises OSError, the last one's."""
    failure: OSError = OSError("no address is known")
    for address in addresses:
        try:
            return await _connected(address, port, patience)
        except TimeoutError:
            failure = TimeoutError(f"{address} does not answer")
        except OSError as error:
            failure = error
    raise failure


async def addresses_of(host: str) -> list[str]:
    """As the machine itself finds them, those of IPv6 first. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    by_family = sorted(found, key=lambda one: one[0] != socket.AF_INET6)
    return list(dict.fromkeys(str(one[4][0]) for one in by_family))


def public_only(addresses: Iterable[str]) -> list[str]:
    """Those that lead out of our own networks: what strangers name must not open doors inside. Raises NotPublic."""
    known = list(addresses)
    found = [address for address in known if _is_public(address)]
    if known and not found:
        raise NotPublic("only addresses of a private network are known")
    return found


def _is_public(address: str) -> bool:
    value = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(value, "ipv4_mapped", None) or getattr(value, "sixtofour", None) or value
    return bool(inner.is_global and not inner.is_multicast)


async def _connected(address: str, port: int, patience: float) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setblocking(False)
    try:
        async with asyncio.timeout(patience):
            await asyncio.get_running_loop().sock_connect(found, (address, port))
    except BaseException:
        found.close()
        raise
    return found
