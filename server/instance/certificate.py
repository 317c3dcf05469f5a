"""The certificate of the instance's own address, looked at as a browser would: whether it is believed, and how long it lasts."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from server.core import clock
from server.core.i18n import sentence
from server.mailings.alignment import Finding, Verdict

SOON = timedelta(days=14)
"""The proxy renews thirty days before the end: what has less than half of that was not renewed."""
_PATIENCE = 5.0


async def examine_certificate(url: str, context: ssl.SSLContext | None = None) -> Finding:
    """Of an address that begins with https."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        async with asyncio.timeout(_PATIENCE):
            _, line = await asyncio.open_connection(host, port, ssl=context or ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        words = sentence(
            "Browsers do not believe the certificate of {host}: {why}.", host=host, why=error.verify_message
        )
        return Finding("certificate", Verdict.WRONG, words)
    except (OSError, TimeoutError) as error:
        words = sentence("{host} could not be asked for its certificate: {why}.", host=host, why=str(error) or "—")
        return Finding("certificate", Verdict.UNKNOWN, words)
    until = ssl.cert_time_to_seconds(line.get_extra_info("peercert")["notAfter"])
    line.close()
    ends = datetime.fromtimestamp(until, UTC)
    days = (ends - clock.now()).days
    if ends < clock.now() + SOON:
        words = sentence(
            "The certificate of {host} ends in {days} days: look at the proxy’s logs.", host=host, days=days
        )
        return Finding("certificate", Verdict.WRONG, words)
    words = sentence("The certificate of {host} holds for {days} days.", host=host, days=days)
    return Finding("certificate", Verdict.FINE, words)
