"""Use cases of the sending domain: examined by the clock or by hand, and no letter leaves that receivers cannot believe.

Without an answer from the DNS nothing is refused; and an administrator may override a refusal, with a reason that stays.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlmodel import col

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.mailings.alignment import Finding, WayOut, examine_domain
from server.mailings.models import DomainCheck, DomainOverride, Lane
from server.mailings.names import Names
from server.mailings.signing import signing_keys
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality

OVERRIDDEN = action("domain.overridden", sentence("Let letters leave although the sender’s domain is not in order"))
STALE = timedelta(days=1)
_BELIEVED = timedelta(days=7)
_AT_ONCE = 20
_OWN_RELAYS = {"mta", "localhost", "127.0.0.1"}


def way_out_of(settings: Settings) -> WayOut:
    """By which way mail leaves this instance."""
    if settings.smtp_host in _OWN_RELAYS:
        return WayOut(host=urlsplit(settings.url).hostname or "")
    return WayOut(relay=settings.smtp_host)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


async def examine_town(
    database: Database, secrets: Secrets, names: Names, municipality_id: int, way: WayOut
) -> tuple[str, list[Finding]]:
    """The town's sending domain looked at now, and what was found written down. Nothing is open while the DNS is asked."""
    async with database.reading() as session:
        town = await get_municipality(session, municipality_id)
        keys = await signing_keys(session, municipality_id, secrets)
    domain = domain_of(town.sender_address)
    if not domain:
        return "", []
    findings, is_aligned = await examine_domain(names, domain, keys, way)
    async with database.writing() as session:
        await session.merge(
            DomainCheck(
                municipality_id=municipality_id,
                domain=domain,
                is_aligned=is_aligned,
                findings=[one.as_data() for one in findings],
                at=clock.now(),
            )
        )
    return domain, findings


async def examine_due(database: Database, secrets: Secrets, names: Names, way: WayOut) -> None:
    """For the clock: the towns nobody has looked at for a day, some at a time."""
    last = col(DomainCheck.at)
    query = (
        select(col(Municipality.id))
        .outerjoin(DomainCheck, col(DomainCheck.municipality_id) == col(Municipality.id))
        .where(col(Municipality.sender_address) != "", func.coalesce(last < clock.now() - STALE, True))
        .order_by(last)
        .limit(_AT_ONCE)
    )
    async with database.reading() as session:
        due = list(await session.scalars(query))
    for municipality_id in due:
        await examine_town(database, secrets, names, municipality_id, way)


async def refuse_unbelievable(session: ReadSession, municipality_id: int, sender: str, lane: Lane) -> None:
    """Raise Conflict if a letter from `sender` would be refused by its readers' providers, and nobody took that on them.

    What is urgent is never kept back.
    """
    if lane is not Lane.ORDINARY:
        return
    check, domain = await session.get(DomainCheck, municipality_id), domain_of(sender)
    if check is None or check.domain != domain or check.is_aligned is not False or check.at < clock.now() - _BELIEVED:
        return
    if await find_override(session, municipality_id, domain) is None:
        raise Conflict(
            sentence(
                "Readers’ providers would refuse this letter: the DNS records of {domain} do not let us send. "
                "An administrator sees under Settings which records are missing.",
                domain=domain,
            ),
            "domain_unaligned",
        )


async def override(session: WriteSession, municipality_id: int, actor: Actor, domain: str, reason: str) -> None:
    """Letters from `domain` may leave all the same. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid({"reason": sentence("Say why: whoever looks at it later will want to know.")})
    session.add(
        DomainOverride(
            municipality_id=municipality_id,
            domain=domain,
            reason=reason.strip()[:500],
            by_id=actor.account_id,
            at=clock.now(),
        )
    )
    await record(session, municipality_id, actor.account_id, OVERRIDDEN, "municipality", municipality_id)


async def find_override(session: ReadSession, municipality_id: int, domain: str) -> DomainOverride | None:
    query = select(DomainOverride).where(
        col(DomainOverride.municipality_id) == municipality_id, col(DomainOverride.domain) == domain
    )
    return (await session.scalars(query.order_by(col(DomainOverride.id).desc()).limit(1))).first()
