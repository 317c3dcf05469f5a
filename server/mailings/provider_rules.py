"""How much each provider takes, as far as it says so: presets with their sources, and whose mail hosts are whose.

A preset is where an administrator starts (`tambour pace`). What no provider ever stated says so in its source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from server.mailings.providers import provider_of

TO_CHECK = "à vérifier"


@dataclass(frozen=True, slots=True)
class ProviderRule:
    """Connections at once, messages on each, messages a second. `source`: who says so."""

    connections: int
    per_connection: int
    per_second: float
    source: str = TO_CHECK


USUAL = ProviderRule(2, 100, 1.0)
"""Of every provider that states nothing."""

PRESETS: Mapping[str, ProviderRule] = MappingProxyType(
    {
        "orange": ProviderRule(2, 100, 1.0, "Orange, postmaster : 2 connexions par IP, 100 messages par connexion"),
        "sfr": ProviderRule(2, 100, 1.0, "SFR, postmaster : 2 connexions ; blocages de 2 h"),
        "laposte": ProviderRule(2, 100, 1.0, "La Poste, postmaster : 2 connexions, 100 messages par connexion"),
        "free": ProviderRule(1, 100, 1.0, "Free, postmaster : environ 1 s entre deux messages ; blocages jusqu’à 24 h"),
        "bouygues": USUAL,
        "gmail": ProviderRule(2, 100, 1.0, f"Débit {TO_CHECK} ; plus de 5 000/jour par domaine : expéditeur de masse"),
        "microsoft": ProviderRule(2, 100, 1.0, f"Débit {TO_CHECK} ; SPF, DKIM et DMARC au-delà de 5 000/jour"),
        "yahoo": USUAL,
        "apple": USUAL,
    }
)

_HOSTS: Mapping[str, str] = {
    "orange.fr": "orange",
    "wanadoo.fr": "orange",
    "sfr.fr": "sfr",
    "laposte.net": "laposte",
    "free.fr": "free",
    "bbox.fr": "bouygues",
    "google.com": "gmail",
    "googlemail.com": "gmail",
    "outlook.com": "microsoft",
    "hotmail.com": "microsoft",
    "yahoodns.net": "yahoo",
    "icloud.com": "apple",
}
_SECOND_LEVELS = frozenset({"ac", "asso", "co", "com", "gouv", "gov", "net", "org"})


def group_of(hosts: Sequence[str]) -> str:
    """Who keeps these mail hosts: a provider we know, or the domain they share. Several domains are one group."""
    kept = {_HOSTS.get(domain, domain) for domain in map(_domain_of, hosts)}
    return min(kept, default="")


def is_known(address: str) -> bool:
    """Whether the address alone tells who keeps the mailbox."""
    return provider_of(address) in PRESETS


def preset_of(group: str) -> ProviderRule:
    return PRESETS.get(group, USUAL)


def _domain_of(host: str) -> str:
    labels = host.split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in _SECOND_LEVELS else labels[-2:])
