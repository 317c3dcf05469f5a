"""List bombing stops here: how often one address, one network, one town and the whole instance may ask for a mail."""

import logging
from datetime import timedelta
from ipaddress import IPv4Network, ip_address

from server.core.database import WriteSession
from server.core.limits import count_once
from server.core.secrets import Secrets
from server.municipalities.models import Municipality
from server.residents import rules
from server.residents.addresses import limit_key
from server.web.network import network

log = logging.getLogger(__name__)


async def may_ask(session: WriteSession, secrets: Secrets, address_of_asker: str) -> bool:
    """Whether another form may come from this network."""
    limit, per = rules.PER_NETWORK
    return await count_once(session, f"join/net/{_net(secrets, address_of_asker)}", limit=limit, per=per)


async def may_ask_for_paper(
    session: WriteSession, secrets: Secrets, municipality_id: int, address_of_asker: str
) -> bool:
    """The same for paper, which no mailbox confirms: what comes in is read by a person."""
    limit, per = rules.PAPER_PER_NETWORK
    if not await count_once(session, f"paper/net/{_net(secrets, address_of_asker)}", limit=limit, per=per):
        return False
    return await _within(session, f"paper/town/{municipality_id}", rules.PAPER_PER_TOWN)


async def may_be_written_to(session: WriteSession, secrets: Secrets, municipality: Municipality, address: str) -> bool:
    """Whether one more confirmation may go to `address`. Counted from the narrow to the wide, always in this order,
    so that two requests never wait for each other.
    """
    person = secrets.fingerprint("join-limit", limit_key(address))
    for key, (limit, per) in (
        (f"join/address/{municipality.id}/{person}", rules.PER_ADDRESS_AND_TOWN),
        (f"join/address/{person}", rules.PER_ADDRESS),
    ):
        if not await count_once(session, key, limit=limit, per=per):
            return False
    in_town = await _within(session, f"join/town/{municipality.id}", rules.per_town(municipality.population))
    return in_town and await _within(session, "join/instance", rules.PER_INSTANCE)


async def _within(session: WriteSession, key: str, most: tuple[int, timedelta]) -> bool:
    """A wide limit. Reaching it is news for whoever runs the instance, told once."""
    limit, per = most
    if await count_once(session, key, limit=limit, per=per):
        return True
    if await count_once(session, f"alarm/{key}", limit=1, per=per):
        log.error("a limit on requests to join was reached: this looks like an attack", extra={"limit": key})
    return False


def _net(secrets: Secrets, address_of_asker: str) -> str:
    """A keyed hash of the network: a /24, or the /56 that a household or a rented server is given."""
    coarse = network(address_of_asker)
    try:
        coarse = str(IPv4Network((int(ip_address(coarse)), 24), strict=False)) if "." in coarse else coarse
    except ValueError:
        coarse = "unknown"
    return secrets.fingerprint("join-network", coarse)
