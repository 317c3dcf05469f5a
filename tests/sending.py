"""Mailings for tests: a message, people to send it to, and a worker that runs until nothing is due."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings import service
from server.mailings.compose import compose_message, new_marks
from server.mailings.models import Delivery, DeliveryState, Lane, Mailing, MailingKind
from server.mailings.schemas import MessageVariant, Recipient
from server.mailings.splice import ComposedMessage
from workers.mail import MailWorker
from workers.rhythm import Rhythm
from workers.transports.contract import Transport

DATE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BRISK = Rhythm(
    lease=timedelta(seconds=6),  # a busy machine may let a test's loop wait for seconds
    renew=0.2,
    look=0.02,
    glance=0.02,
    rest=1.0,
    spare=0.05,
    knock=0.05,
    drain=2.0,
    patience=timedelta(seconds=5),
)


def composed(**changes: Any) -> ComposedMessage:
    """A small letter with all its headers."""
    marks = new_marks()
    values: dict[str, Any] = {
        "marks": marks,
        "subject": "La lettre de novembre : travaux, école, fêtes",
        "text": f"Bonjour,\n\nPlus d’eau jeudi.\n\nQuitter : https://ville.example/leave/{marks.leave}\n"
        f"Choisir : https://ville.example/preferences/{marks.preferences}\n",
        "html": f'<p>Plus d’eau jeudi. <a href="https://ville.example/leave/{marks.leave}">Quitter</a></p>',
        "from_name": "Mairie de Saint-Aubin-les-Prés",
        "from_address": "lettre@saint-aubin.example",
        "reply_to": "mairie@saint-aubin.example",
        "date": DATE,
        "language": "fr",
        "list_id": "lettre.saint-aubin.example",
        "list_name": "La lettre",
        "leave_url": f"https://ville.example/leave/{marks.leave}",
    }
    return compose_message(**(values | changes))


def variant(**changes: Any) -> MessageVariant:
    return MessageVariant("fr", "standard", composed(**changes), "retours@saint-aubin.example")


def people(count: int, start: int = 1) -> list[Recipient]:
    return [Recipient(number, f"p{number}@example.org") for number in range(start, start + count)]


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    """Look again and again until it holds; a busy machine may take its time."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110  # it is the database that changes: there is no event to wait for
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Office:
    """The sending side of a town in a test."""

    database: Database
    secrets: Secrets
    town_id: int

    async def start(self, recipients: Sequence[Recipient], **changes: Any) -> int:
        """A mailing to `recipients`; returns its id."""
        values: dict[str, Any] = {
            "kind": MailingKind.ISSUE,
            "lane": Lane.ORDINARY,
            "subject": "La lettre",
            "messages": [variant()],
            "recipients": recipients,
            "idempotency_key": f"key-{id(recipients)}-{len(recipients)}",
        }
        async with self.database.writing() as session:
            mailing = await service.start_mailing(session, self.town_id, self.secrets, **(values | changes))
            return mailing.id

    @staticmethod
    def brisk(**changes: Any) -> Rhythm:
        return replace(BRISK, **changes)

    async def rows(self, mailing_id: int) -> list[Delivery]:
        async with self.database.reading() as session:
            query = select(Delivery).where(col(Delivery.mailing_id) == mailing_id).order_by(col(Delivery.recipient))
            return list(await session.scalars(query))

    async def states(self, mailing_id: int) -> Counter[DeliveryState]:
        return Counter(row.state for row in await self.rows(mailing_id))

    async def mailing(self, mailing_id: int) -> Mailing:
        async with self.database.reading() as session:
            found = await session.get(Mailing, mailing_id)
            assert found is not None
            return found

    async def make_due(self, mailing_id: int) -> None:
        """Hours pass: what waits for its next try is due."""
        states = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)
        waiting = (
            col(Delivery.mailing_id) == mailing_id,
            col(Delivery.state).in_(states),
            col(Delivery.next_at) > clock.now(),
        )
        async with self.database.writing() as session:
            await session.execute(update(Delivery).where(*waiting).values(next_at=clock.now() - timedelta(seconds=1)))

    @contextlib.asynccontextmanager
    async def working(self, transport: Transport, **changes: Any) -> AsyncIterator[MailWorker]:
        """A mail worker beside the test."""
        values: dict[str, Any] = {"name": "worker-1", "lines": 4, "rhythm": BRISK}
        worker = MailWorker(self.database, self.secrets, transport, **(values | changes))
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        try:
            yield worker
        finally:
            stop.set()
            await running

    async def until_settled(self, mailing_id: int, *, seconds: float = 60.0) -> Counter[DeliveryState]:
        """Wait until nothing is queued, held, on its way or due."""
        held = {DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.SENDING}

        async def is_settled() -> bool:
            now = clock.now()
            rows = await self.rows(mailing_id)
            return not any(row.state in held or (row.next_at is not None and row.next_at <= now) for row in rows)

        await eventually(is_settled, seconds)
        return await self.states(mailing_id)

    async def send_all(self, transport: Transport, mailing_id: int, **changes: Any) -> Counter[DeliveryState]:
        """Run a worker until every row has an answer."""
        async with self.working(transport, **changes):
            return await self.until_settled(mailing_id)
