"""Where a request comes from, as coarsely as a limit needs it."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from starlette.requests import Request

_IPV6_SITE = 56  # what a household or a rented server is given: a new address inside it costs nothing


def network_of(request: Request) -> str:
    """The IPv4 address, or the IPv6 network of a site, in text. Never stored as it is: take its fingerprint."""
    return network(request.client.host if request.client else "")


def network(address: str) -> str:
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(IPv6Network((found, _IPV6_SITE), strict=False))
        found = found.ipv4_mapped
    return str(found)
