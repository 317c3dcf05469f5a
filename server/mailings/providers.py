"""Who really keeps a mailbox: several domains, one provider. A preset; a domain that is not here is its own provider."""

from collections.abc import Mapping
from types import MappingProxyType

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "orange": "Orange, Wanadoo",
        "sfr": "SFR, Neuf, Numericable",
        "laposte": "La Poste",
        "free": "Free",
        "bouygues": "Bouygues Telecom",
        "gmail": "Gmail",
        "microsoft": "Outlook, Hotmail, Live",
        "yahoo": "Yahoo, AOL",
        "apple": "iCloud",
    }
)

_DOMAINS: Mapping[str, str] = {
    "orange": "orange.fr orange.com wanadoo.fr voila.fr voila.com francetelecom.com",
    "sfr": (
        "sfr.fr neuf.fr cegetel.net club-internet.fr clubinternet.fr numericable.fr numericable.com noos.fr "
        "9online.fr 9business.fr evc.net estvideo.fr modulonet.fr valvision.fr"
    ),
    "laposte": "laposte.net",
    "free": "free.fr freesbee.fr aliceadsl.fr libertysurf.fr infonie.fr",
    "bouygues": "bbox.fr",
    "gmail": "gmail.com googlemail.com",
    "microsoft": "outlook.com outlook.fr hotmail.com hotmail.fr hotmail.be live.com live.fr live.be msn.com",
    "yahoo": "yahoo.com yahoo.fr ymail.com rocketmail.com aol.com aol.fr",
    "apple": "icloud.com me.com mac.com",
}

_PROVIDERS = {domain: provider for provider, domains in _DOMAINS.items() for domain in domains.split()}


def provider_of(address: str) -> str:
    """A provider's key ("orange"), or the domain in lower case."""
    domain = address.rpartition("@")[2].lower()
    return _PROVIDERS.get(domain, domain)


def provider_name(provider: str) -> str:
    """What people call it."""
    return NAMES.get(provider, provider)
