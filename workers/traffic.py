"""What the traffic on one way out allows: which mailings it serves now, which claims may leave, what answers mean for the rest.

Nobody waits here. What may not leave yet is put off to a moment of its own, in the ledger, and the way goes on with what
may; budgets, pauses and quotas are kept in the database, so that all workers share them and no restart forgets them.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from server.core import clock
from server.core.database import Database
from server.mailings import breakers, paces
from server.mailings.ledger import Claim, DueMailing, Settlement
from server.mailings.models import DeliveryState, Lane
from server.mailings.paces import NO_LIMIT, Quota, Wish
from server.mailings.pacing import Grant, asks_to_slow_down, quiet_until
from server.mailings.policies import Cause, cause_of
from server.mailings.providers import provider_of
from workers.groups import Groups
from workers.patience import DATABASE_AWAY
from workers.quotas import PutOff, TownQuotas

log = logging.getLogger(__name__)
_ORDINARY = Lane.ORDINARY.rank
_FLUSH = 1.0  # seconds between two looks at what was noted
_MOST_COUNTED = 1_000  # mailings
_INSISTS = 3  # times in a row that a relay asks us to slow down before we do: once may be about one connection


class Traffic(Protocol):
    """What a worker asks before it takes and before it sends, and whom it tells what became of it."""

    def serves(self, due: DueMailing) -> bool:
        """Whether anything of this mailing may be taken now."""

    async def admit(self, claims: Sequence[Claim], held: Collection[Claim], now: datetime) -> list[Claim]:
        """Those that may leave now; the others are put off. `held` are on their way already."""

    def note(self, settlements: Iterable[Settlement], now: datetime) -> None:
        """These were answered."""

    async def run(self) -> None:
        """Write down what was noted, until cancelled."""


class FreeTraffic:
    """Everything may leave at once."""

    def serves(self, due: DueMailing) -> bool:
        return True

    async def admit(self, claims: Sequence[Claim], held: Collection[Claim], now: datetime) -> list[Claim]:
        return list(claims)

    def note(self, settlements: Iterable[Settlement], now: datetime) -> None:
        """Nobody asks."""

    async def run(self) -> None:
        """There is nothing to write."""


@dataclass(frozen=True)
class Way:
    """A way out: its name among the paces, whose mail it carries, and what holds it back."""

    name: str
    carries: Callable[[int], bool] = lambda _municipality_id: True
    groups: Groups | None = None
    """Who keeps a mailbox, where each provider's own pace is kept; none: the relay holds back by itself."""
    quota: Quota = NO_LIMIT
    quiet_hours: tuple[int, int] | None = None
    per_connection: dict[str, int] | None = None
    """Kept as the administrator says, for a way that opens the connections to the providers itself."""


@dataclass
class _Noted:
    """What was answered since it was last written down."""

    said: dict[str, str] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    recovered: set[str] = field(default_factory=set)


class WayTraffic:
    """The traffic on a real way out."""

    def __init__(self, database: Database, way: Way) -> None:
        self._database = database
        self._way = way
        self._slowed: dict[str, datetime | None] = {}
        self._asked: Counter[str] = Counter()
        self._lead = timedelta()
        self._quotas = TownQuotas(way.quota)
        self._noted = _Noted()
        self._counts: defaultdict[int, Counter[DeliveryState]] = defaultdict(Counter)

    def serves(self, due: DueMailing) -> bool:
        if not self._way.carries(due.municipality_id):
            return False
        if due.lane < _ORDINARY:
            return True
        return quiet_until(clock.now(), self._way.quiet_hours) is None and not self._is_slowed(self._way.name)

    async def admit(self, claims: Sequence[Claim], held: Collection[Claim], now: datetime) -> list[Claim]:
        groups, self._lead = self._way.groups, now - clock.now()
        if not claims or (groups is None and not self._quotas.are_limited):
            return list(claims)
        if self._noted.slow:
            await self._write_down()  # what was just said counts before anything more is granted
        names = {claim.id: await groups.find(claim.address) for claim in (*claims, *held)} if groups else {}
        async with self._database.writing() as session:
            admitted: list[Claim] = list(claims)
            later: list[PutOff] = []
            if groups is not None:
                in_use = Counter(names[claim.id] for claim in held)
                wished = Counter(names[claim.id] for claim in claims)
                wishes = {name: Wish(count, in_use[name]) for name, count in wished.items()}
                admitted, later = shared_out(claims, names, await paces.draw(session, wishes, now))
            if self._quotas.are_limited:
                admitted, over = await self._quotas.within(session, admitted, now)
                later += over
            await paces.put_off(session, later)
        self._quotas.keep()
        return admitted

    def note(self, settlements: Iterable[Settlement], now: datetime) -> None:
        self._lead = now - clock.now()
        for one in settlements:
            claim, decision = one.claim, one.decision
            self._counts[claim.mailing_id][decision.state] += 1
            if decision.state is not DeliveryState.QUEUED:
                self._quotas.spend(claim)
            if decision.state is DeliveryState.ACCEPTED:
                self._note_yes(self._pace_of(claim.address))
            elif decision.reply:
                self._note_no(claim.address, decision.reply)

    async def run(self) -> None:
        while True:
            try:
                await self._write_down()
                await self._break()
            except DATABASE_AWAY:
                log.warning("what providers said could not be written down", exc_info=True)
            await asyncio.sleep(_FLUSH)

    def _pace_of(self, address: str) -> str:
        """Under which name the pace is kept: the provider's, or that of a relay that knows the providers itself."""
        return self._way.groups.of(address) if self._way.groups else self._way.name

    def _now(self) -> datetime:
        """By the clock that all workers share."""
        return clock.now() + self._lead

    def _is_slowed(self, name: str) -> bool:
        until = self._slowed.get(name)
        return until is not None and until > self._now()

    def _note_yes(self, name: str) -> None:
        self._asked.pop(name, None)
        if name in self._slowed and not self._is_slowed(name):
            self._noted.recovered.add(name)

    def _note_no(self, address: str, reply: str) -> None:
        """A provider's own words are kept under its name whoever carried them."""
        provider, pace = provider_of(address), self._pace_of(address)
        self._noted.said[provider] = reply
        is_blocked = reply.startswith("5") and cause_of(reply) is Cause.BLOCKED
        if is_blocked:
            self._noted.blocked.add(provider)
        if asks_to_slow_down(reply) or (is_blocked and self._way.groups is not None):
            self._asked[pace] += 1
            if self._way.groups is not None or self._asked[pace] >= _INSISTS:
                self._noted.said[pace] = reply
                self._noted.slow.add(pace)

    async def _write_down(self) -> None:
        noted, self._noted = self._noted, _Noted()
        if noted.said or noted.recovered:
            async with self._database.writing() as session:
                await paces.note_answers(session, noted.said, slow=noted.slow, blocked=noted.blocked, now=self._now())
                await paces.note_recovery(session, noted.recovered - noted.slow)
        async with self._database.reading() as session:
            self._slowed = await paces.insisting(session)
            if self._way.per_connection is not None:
                said = await paces.per_connection(session)
                self._way.per_connection.clear()
                self._way.per_connection.update(said)

    async def _break(self) -> None:
        """Stop the mailings that too many refuse. What this worker counted is a sample; the ledger has the last word."""
        while len(self._counts) > _MOST_COUNTED:
            del self._counts[next(iter(self._counts))]
        for mailing_id, counts in list(self._counts.items()):
            if breakers.is_too_many(counts[DeliveryState.ACCEPTED], counts[DeliveryState.REFUSED]):
                del self._counts[mailing_id]
                async with self._database.writing() as session:
                    await breakers.stop_if_refused(session, mailing_id)


def shared_out(
    claims: Iterable[Claim], names: Mapping[int, str], grants: Mapping[str, Grant]
) -> tuple[list[Claim], list[PutOff]]:
    """Who leaves now, what is pressing first, and when each of the others may come back."""
    admitted: list[Claim] = []
    later: list[PutOff] = []
    by_name: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_name[names[claim.id]].append(claim)
    for name, theirs in by_name.items():
        grant = grants[name]
        theirs.sort(key=lambda claim: claim.lane)
        admitted += theirs[: grant.now]
        later += [
            (claim.id, claim.attempt, moment) for claim, moment in zip(theirs[grant.now :], grant.later, strict=True)
        ]
    return admitted, later
