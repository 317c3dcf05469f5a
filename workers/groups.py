"""Who keeps a mailbox, as the pace of sending counts it: several domains on the same hosts are one group."""

from server.mailings.provider_rules import group_of, is_known
from server.mailings.providers import provider_of
from workers.resolver import NoAnswer, NoSuchDomain, Resolver


class Groups:
    """Known providers by their domains, the others by their mail hosts, looked up once."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._known: dict[str, str] = {}

    async def find(self, address: str) -> str:
        """The group of an address. A domain whose hosts cannot be found is its own."""
        provider = provider_of(address)
        if is_known(address):
            return provider
        if provider not in self._known:
            try:
                self._known[provider] = group_of(await self._resolver.exchangers(provider))
            except (NoSuchDomain, NoAnswer):
                return provider
        return self._known[provider]

    def of(self, address: str) -> str:
        """The same from memory."""
        provider = provider_of(address)
        return self._known.get(provider, provider)
