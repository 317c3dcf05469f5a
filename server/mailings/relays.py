"""What relays that French town halls use ask to be written in SPF. A preset: each line is to be checked with the relay."""

from collections.abc import Mapping

# Ends of the relay's name → what its own documentation says to include. All [D], à vérifier.
INCLUDES: Mapping[str, str] = {
    "brevo.com": "spf.brevo.com",
    "sendinblue.com": "spf.sendinblue.com",
    "mailjet.com": "spf.mailjet.com",
    "ovh.net": "mx.ovh.com",
    "gandi.net": "_mailcust.gandi.net",
    "tem.scaleway.com": "_spf.tem.scaleway.com",
    "tem.scw.cloud": "_spf.tem.scaleway.com",
    "infomaniak.com": "spf.infomaniak.ch",
    "office365.com": "spf.protection.outlook.com",
    "gmail.com": "_spf.google.com",
}


def include_of(relay: str) -> str:
    """The name to include for mail that leaves by `relay`; empty for one nobody wrote down."""
    return next((name for ending, name in INCLUDES.items() if relay == ending or relay.endswith(f".{ending}")), "")
