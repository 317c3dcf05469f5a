"""Witness mailboxes: each urgent message goes there too, and what is found there says when a real mailbox had it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select, update

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid, NotFound
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.mailings import service as mailings
from server.mailings.models import Lane, MailingKind
from server.mailings.schemas import MessageVariant
from server.mailings.splice import fill_for
from server.residents.models import Edition
from server.urgent.content import subject_of
from server.urgent.models import Sighting, UrgentNotice, Witness
from server.urgent.schemas import WitnessDraft

ADDED = action("witness.added", sentence("Added a witness mailbox"))
REMOVED = action("witness.removed", sentence("Removed a witness mailbox"))
LOOKED_FOR = timedelta(hours=2)
"""What has not arrived by then is not looked for any more."""
_PURPOSE, _MOST = "witness", 10


@dataclass(frozen=True)
class Awaited:
    """A message that is looked for in a mailbox. `mark` is what its Message-ID begins with, and no other's."""

    sighting_id: int
    witness: Witness
    mark: str


async def add_witness(
    session: WriteSession,
    municipality_id: int,
    secrets: Secrets,
    actor: Actor,
    draft: WitnessDraft,
    *,
    has_catcher: bool = False,
) -> Witness:
    """`has_catcher`: without a server, what this machine's own catcher kept is looked at. Raises Invalid."""
    known = await list_witnesses(session, municipality_id)
    if len(known) >= _MOST:
        raise Invalid({"address": sentence("{limit} witness mailboxes are enough.", limit=_MOST)})
    if draft.address in {one.address for one in known}:
        raise Invalid({"address": sentence("This mailbox is a witness already.")})
    if not draft.host and not has_catcher:
        raise Invalid({"host": sentence("Write the name of the server at which this mailbox is read.")})
    if draft.host and not draft.password:
        raise Invalid({"password": sentence("Type the password of this account.")})
    sealed = secrets.encrypt(_PURPOSE, draft.password.encode()) if draft.password else b""
    given = draft.model_dump(exclude={"password"}) | {"username": draft.username or draft.address}
    witness = Witness(municipality_id=municipality_id, sealed_password=sealed, **given)
    session.add(witness)
    await session.flush()
    await record(session, municipality_id, actor.account_id, ADDED, "witness", witness.id)
    return witness


async def remove_witness(session: WriteSession, municipality_id: int, actor: Actor, witness_id: int) -> None:
    """Its sightings go with it. Raises NotFound."""
    query = select(Witness).where(col(Witness.municipality_id) == municipality_id, col(Witness.id) == witness_id)
    witness = (await session.scalars(query)).one_or_none()
    if witness is None:
        raise NotFound
    await session.delete(witness)
    await record(session, municipality_id, actor.account_id, REMOVED, "witness", witness_id)


async def list_witnesses(session: ReadSession, municipality_id: int) -> Sequence[Witness]:
    query = select(Witness).where(col(Witness.municipality_id) == municipality_id).order_by(col(Witness.address))
    return (await session.scalars(query)).all()


async def write_to_witnesses(
    session: WriteSession, secrets: Secrets, urgent: UrgentNotice, message: MessageVariant, actor: Actor
) -> None:
    """The same message in the same lane; from now on it is looked for there."""
    for one in await list_witnesses(session, urgent.municipality_id):
        mailing = await mailings.send_message(
            session,
            urgent.municipality_id,
            secrets,
            subject=subject_of(urgent),
            message=message,
            address=one.address,
            kind=MailingKind.TRIAL,
            lane=Lane.URGENT,
            origin=f"witness:{one.id}",
            created_by_id=actor.account_id,
            idempotency_key=f"witness-{urgent.uid}-{one.id}",
            to_staff=True,
            worthless_at=urgent.until_at,
        )
        session.add(
            Sighting(
                municipality_id=urgent.municipality_id,
                urgent_id=urgent.id,
                witness_id=one.id,
                mailing_id=mailing.id,
                sent_at=clock.now(),
            )
        )


async def sightings_of(session: ReadSession, municipality_id: int, urgent_id: int) -> list[tuple[Sighting, Witness]]:
    """What is known of a message in each witness mailbox."""
    query = (
        select(Sighting, Witness)
        .join(Witness, col(Witness.id) == col(Sighting.witness_id))
        .where(col(Sighting.municipality_id) == municipality_id, col(Sighting.urgent_id) == urgent_id)
        .order_by(col(Witness.address))
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def list_awaited(session: ReadSession, secrets: Secrets) -> list[Awaited]:
    """In every town: what has not been seen yet, and is still looked for."""
    query = (
        select(Sighting, Witness)
        .join(Witness, col(Witness.id) == col(Sighting.witness_id))
        .where(col(Sighting.seen_at).is_(None), col(Sighting.sent_at) > clock.now() - LOOKED_FOR)
        .order_by(col(Sighting.id))
    )
    return [Awaited(row[0].id, row[1], _mark(secrets, *row)) for row in await session.execute(query)]


async def note_seen(session: WriteSession, sighting_id: int, seen_at: datetime, folder: str) -> None:
    """It arrived; the first look that finds it counts."""
    await session.execute(
        update(Sighting)
        .where(col(Sighting.id) == sighting_id, col(Sighting.seen_at).is_(None))
        .values(seen_at=seen_at, folder=folder[:60])
        .execution_options(synchronize_session=False)
    )


async def note_look(session: WriteSession, witness_id: int, said: str) -> None:
    """Why the mailbox could not be looked into; nothing if it could."""
    await session.execute(
        update(Witness)
        .where(col(Witness.id) == witness_id, col(Witness.said) != said[:300])
        .values(said=said[:300])
        .execution_options(synchronize_session=False)
    )


def password_of(witness: Witness, secrets: Secrets) -> str:
    """Raises BadToken if it was sealed by another instance."""
    return secrets.decrypt(_PURPOSE, witness.sealed_password).decode() if witness.sealed_password else ""


def _mark(secrets: Secrets, sighting: Sighting, witness: Witness) -> str:
    filling = fill_for(
        secrets,
        sighting.municipality_id,
        mailing_id=sighting.mailing_id,
        edition=Edition.STANDARD,
        recipient=0,
        address=witness.address,
    )
    return filling.message_id.decode()
