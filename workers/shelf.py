"""The messages being sent, unpacked once and kept at hand; a recipient's copy is cut from them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlmodel import col, select

from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings.dkim import ReadyToSign, ready_to_sign, signature
from server.mailings.ledger import Claim
from server.mailings.models import MailingMessage
from server.mailings.signing import signing_keys
from server.mailings.splice import ComposedMessage, Filling, fill_for, splice
from workers.foresight import Foresight
from workers.patience import patiently
from workers.transports.contract import Parcel
from workers.transports.wire import Wire, ready_for_the_wire

_ROOM = 32_000_000  # bytes: the letters of three hundred towns that send at once
_AHEAD = 4_000  # signatures: no hand is as large
_FRESH = 300.0  # seconds: a key that is changed is noticed soon


@dataclass(frozen=True, slots=True)
class Unprepared:
    """No message can be made for this delivery; the others of its mailing are not concerned."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    sender: str
    edition: str
    composed: ComposedMessage
    ready: ReadyToSign
    weight: int
    until: float


class _Signed(NamedTuple):
    sheet: _Sheet
    filling: Filling
    signature: bytes


class Shelf:
    """`patience`: how long the database may stay away."""

    def __init__(self, database: Database, secrets: Secrets, patience: timedelta) -> None:
        self._database = database
        self._secrets = secrets
        self._patience = patience
        self._sheets: dict[int, _Sheet] = {}
        self._fetching: dict[int, asyncio.Task[_Sheet]] = {}
        self._ahead = Foresight(self._sign, _AHEAD)

    def foresee(self, claims: Iterable[Claim]) -> None:
        """These will be prepared soon, in this order."""
        for claim in claims:
            sheet = self._sheets.get(claim.message_id)
            if sheet is not None and sheet.ready.stamps:
                self._ahead.ask(claim.number, (claim, sheet))

    async def prepare(self, claim: Claim) -> Parcel | Unprepared:
        """The copy for `claim`: the same bytes on every attempt."""
        try:
            sheet = self._sheets.get(claim.message_id)
            if sheet is None or sheet.until < asyncio.get_running_loop().time():
                sheet = await self._fetched(claim.message_id)
            signed = self._ahead.take(claim.number) if sheet.ready.stamps else None
            if signed is None or signed.sheet is not sheet:
                signed = self._sign((claim, sheet))
            copy = signed.signature + splice(sheet.composed, signed.filling)
            return Parcel(sheet.sender, claim.address, Wire(copy))
        except (ValueError, LookupError) as error:
            return Unprepared(f"{type(error).__name__}: {error}")

    async def close(self) -> None:
        await self._ahead.close()

    def _sign(self, asked: tuple[Claim, _Sheet]) -> _Signed:
        """What is particular to a copy. Raises ValueError."""
        claim, sheet = asked
        filling = fill_for(
            self._secrets,
            claim.municipality_id,
            mailing_id=claim.mailing_id,
            edition=sheet.edition,
            recipient=claim.recipient,
            address=claim.address,
        )
        return _Signed(sheet, filling, signature(sheet.ready, filling))

    async def _fetched(self, message_id: int) -> _Sheet:
        """All lines begin a letter at the same moment: one of them fetches it."""
        fetching = self._fetching.get(message_id)
        if fetching is None:
            attempt = patiently(lambda: self._fetch(message_id), self._patience)
            fetching = self._fetching[message_id] = asyncio.create_task(attempt)
            fetching.add_done_callback(lambda _task: self._fetching.pop(message_id))
        return await asyncio.shield(fetching)

    async def _fetch(self, message_id: int) -> _Sheet:
        async with self._database.reading() as session:
            query = select(MailingMessage).where(col(MailingMessage.id) == message_id)
            row = (await session.scalars(query)).one_or_none()
            if row is None:
                raise LookupError("the message is not there any more")
            keys = await signing_keys(session, row.municipality_id, self._secrets)
        weight = len(row.body) * (2 if keys else 1)
        while self._sheets and sum(one.weight for one in self._sheets.values()) + weight > _ROOM:
            self._sheets.pop(next(iter(self._sheets)))
        composed = ComposedMessage.unpack(row.body)
        ready = ready_to_sign(composed, keys, clock.now())
        until = asyncio.get_running_loop().time() + _FRESH
        sheet = _Sheet(row.envelope_sender, row.edition, ready_for_the_wire(composed), ready, weight, until)
        self._sheets[message_id] = sheet
        return sheet
