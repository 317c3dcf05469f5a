"""A town's own relay: where its mail leaves instead of the instance's, with a password that is sealed at rest."""

from collections.abc import Collection

from sqlalchemy import delete
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.mailings.heartbeats import Trouble, find_mail_trouble
from server.mailings.models import Delivery, Mailing, MailingState, TownRelay
from server.mailings.schemas import RelayDraft

_PURPOSE = "relay"
RELAY_SET = action("relay.set", sentence("Chose the relay mails leave by"))
RELAY_REMOVED = action("relay.removed", sentence("Went back to the instance’s relay"))


async def set_relay(
    session: WriteSession, municipality_id: int, secrets: Secrets, actor: Actor, draft: RelayDraft
) -> None:
    """The town's mail leaves there from now on. Without a new password the old one stays, for the same host only: it
    must not be sent to whoever a changed form names. Raises Invalid.
    """
    relay = await find_relay(session, municipality_id) or TownRelay(
        municipality_id=municipality_id, host="", port=0, tls=draft.tls
    )
    if draft.password:
        relay.sealed_password = secrets.encrypt(_PURPOSE, draft.password.encode())
    elif not draft.username:
        relay.sealed_password = b""
    elif not relay.sealed_password or (relay.host, relay.username) != (draft.host, draft.username):
        raise Invalid({"password": sentence("Type the password of this account.")})
    relay.sqlmodel_update(draft.model_dump(exclude={"password"}))
    relay.changed_at = clock.now()
    session.add(relay)
    await record(session, municipality_id, actor.account_id, RELAY_SET, "municipality", municipality_id)


async def remove_relay(session: WriteSession, municipality_id: int, actor: Actor) -> None:
    """The town's mail leaves as the instance's does."""
    await session.execute(delete(TownRelay).where(col(TownRelay.municipality_id) == municipality_id))
    await record(session, municipality_id, actor.account_id, RELAY_REMOVED, "municipality", municipality_id)


async def find_relay(session: ReadSession, municipality_id: int) -> TownRelay | None:
    """The town's own relay, if it has one."""
    query = select(TownRelay).where(col(TownRelay.municipality_id) == municipality_id)
    return (await session.scalars(query)).one_or_none()


async def list_relays(session: ReadSession) -> list[TownRelay]:
    """Every town's own relay, for those who carry the mail."""
    return list(await session.scalars(select(TownRelay).order_by(col(TownRelay.municipality_id))))


async def towns_with_due_mail(session: ReadSession, municipality_ids: Collection[int]) -> set[int]:
    """Those of these towns that have something to send now."""
    query = (
        select(col(Mailing.municipality_id))
        .where(
            col(Mailing.municipality_id).in_(municipality_ids),
            col(Mailing.state) == MailingState.SENDING,
            select(col(Delivery.id))
            .where(
                col(Delivery.mailing_id) == col(Mailing.id),
                col(Delivery.lease_until).is_(None),
                col(Delivery.next_at) <= clock.now(),
            )
            .exists(),
        )
        .distinct()
    )
    return set(await session.scalars(query))


def kind_of(municipality_id: int) -> str:
    """Under which kind the worker of a town's own way gives signs of life."""
    return f"mail/{municipality_id}"


async def find_trouble(session: ReadSession, municipality_id: int) -> Trouble | None:
    """Why the town's mail does not leave at this moment, whichever way it takes; None if it does."""
    return await find_mail_trouble(session, kind_of(municipality_id))


def password_of(relay: TownRelay, secrets: Secrets) -> str:
    """Raises BadToken if it was sealed by another instance."""
    return secrets.decrypt(_PURPOSE, relay.sealed_password).decode() if relay.sealed_password else ""
