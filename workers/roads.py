"""All ways out side by side: the instance's own, and each town's relay for as long as the town has something to send."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.core.database import Database
from server.core.secrets import BadToken, Secrets
from server.core.settings import Settings
from server.mailings import town_relays
from server.mailings.heartbeats import beat, stop_beating
from server.mailings.models import TownRelay
from server.mailings.paces import Quota
from server.mailings.pacing import hours_of
from server.mailings.queue import RELAY, relay_of
from workers.groups import Groups
from workers.mail import MailWorker
from workers.patience import DATABASE_AWAY
from workers.resolver import Resolver
from workers.traffic import Way, WayTraffic
from workers.transports.contract import Transport
from workers.transports.direct import DirectTransport
from workers.transports.reaching import addresses_of, public_only, reach
from workers.transports.smtp import SmtpTransport

log = logging.getLogger(__name__)
_LOOK = 1.0
_REST = 60.0  # seconds a town's way stays open with nothing to send
_TOWN_LINES = 2


@dataclass
class _Road:
    """A town's way at work."""

    changed_at: datetime
    stop: asyncio.Event
    task: asyncio.Task[None]
    name: str
    used_at: float
    note: str = ""


class Roads:
    """`run` carries the mail of the whole instance until `stop`; `say` tells what is wrong with the instance's own way."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        secrets: Secrets,
        transport: Transport,
        *,
        name: str,
        say: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._database = database
        self._secrets = secrets
        self._transport = transport
        self._name = name
        self._say = say
        self._own: frozenset[int] = frozenset()
        """The towns with a relay of their own: nothing of theirs leaves by the instance's."""
        self._roads: dict[int, _Road] = {}

    async def run(self, stop: asyncio.Event) -> None:
        async with self._database.reading() as session:
            self._own = frozenset(relay.municipality_id for relay in await town_relays.list_relays(session))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._main().run(stop))
            looking = tasks.create_task(self._look_after_towns())
            await stop.wait()
            looking.cancel()
            await self._close(list(self._roads))

    def _main(self) -> MailWorker:
        settings = self._settings
        keeps_pace = settings.way_out == "direct" or (settings.way_out == "relay" and not settings.smtp_paces)
        way = Way(
            RELAY,
            carries=lambda municipality_id: municipality_id not in self._own,
            groups=Groups(Resolver.of(settings)) if keeps_pace else None,
            quota=Quota(settings.smtp_per_town_daily, settings.smtp_per_town_hourly),
            # The catcher keeps what it is given: nobody is woken, and a trial in the evening shows what happens.
            quiet_hours=hours_of(settings.quiet_hours) if settings.way_out != "catcher" else None,
            per_connection=self._transport.per_connection if isinstance(self._transport, DirectTransport) else None,
        )
        return MailWorker(
            self._database,
            self._secrets,
            self._transport,
            name=self._name,
            lines=settings.smtp_connections,
            traffic=WayTraffic(self._database, way),
            say=self._say,
        )

    async def _look_after_towns(self) -> None:
        while True:
            try:
                await self._look()
            except DATABASE_AWAY:
                log.warning("the towns' relays could not be looked at", exc_info=True)
            await asyncio.sleep(_LOOK)

    async def _look(self) -> None:
        async with self._database.reading() as session:
            known = {relay.municipality_id: relay for relay in await town_relays.list_relays(session)}
            busy = await town_relays.towns_with_due_mail(session, known) if known else set()
        self._own = frozenset(known)
        now = asyncio.get_running_loop().time()
        for municipality_id in busy & self._roads.keys():
            self._roads[municipality_id].used_at = now
        await self._close(
            [
                municipality_id
                for municipality_id, road in self._roads.items()
                if road.task.done()
                or municipality_id not in known
                or known[municipality_id].changed_at != road.changed_at
                or now - road.used_at > _REST
            ]
        )
        for municipality_id in busy - self._roads.keys():
            self._open(known[municipality_id], now)
        if self._roads:
            signs = [(road.name, town_relays.kind_of(town), road.note) for town, road in self._roads.items()]
            await beat(self._database, signs)

    def _open(self, relay: TownRelay, now: float) -> None:
        try:
            password = town_relays.password_of(relay, self._secrets)
        except BadToken:
            log.exception("the password of a town's relay cannot be opened", extra={"town": relay.municipality_id})
            return
        town = relay.municipality_id
        stop = asyncio.Event()
        name = f"{self._name[:48]}-town-{town}"
        road = _Road(relay.changed_at, stop, asyncio.create_task(asyncio.sleep(0)), name, now)

        def say(note: str) -> None:
            road.note = note

        way = Way(
            relay_of(town),
            carries=lambda municipality_id: municipality_id == town,
            quota=Quota(relay.per_day, relay.per_hour),
            quiet_hours=hours_of(self._settings.quiet_hours),
        )
        worker = MailWorker(
            self._database,
            self._secrets,
            town_transport(relay, password, self._settings),
            name=name,
            lines=_TOWN_LINES,
            traffic=WayTraffic(self._database, way),
            say=say,
        )
        road.task = asyncio.create_task(worker.run(stop))
        self._roads[town] = road

    async def _close(self, towns: list[int]) -> None:
        closed = [self._roads.pop(town) for town in towns]
        for road in closed:
            road.stop.set()
        for outcome in await asyncio.gather(*(road.task for road in closed), return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("a town's way broke", exc_info=outcome)
        if closed:
            with contextlib.suppress(*DATABASE_AWAY):
                await stop_beating(self._database, [road.name for road in closed])


def town_transport(relay: TownRelay, password: str, settings: Settings) -> SmtpTransport:
    """The way to a town's relay: encrypted always, and out of our own networks unless the operator allows otherwise."""

    async def connect(host: str, port: int) -> socket.socket:
        found = await addresses_of(host)
        return await reach(found if settings.smtp_private_relays else public_only(found), port)

    return SmtpTransport(
        relay.host,
        relay.port,
        tls=relay.tls,
        username=relay.username,
        password=password,
        data_timeout=settings.smtp_data_timeout,
        connect=connect,
    )
