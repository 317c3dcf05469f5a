"""Figures of the whole instance for Prometheus: counts and moments, nobody's name or address, no small domain's either."""

import hmac
import ipaddress
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from server.backups.models import BackupKind
from server.backups.upkeep import find_backup_trouble, last_done
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.files import free_space
from server.core.settings import Settings
from server.mailings import paces, queue
from server.mailings.heartbeats import find_mail_trouble, living_workers
from server.mailings.models import DeliveryState
from server.mailings.providers import NAMES
from server.municipalities.queries import count_municipalities
from server.web.dependencies import Configuration, Reading

router = APIRouter()

_OTHERS = "other"
"""A domain nobody shares would say who receives mail."""


class _Gathered:
    """What was counted, in the form the library collects."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


@router.get("/metrics", name="metrics")
async def show_metrics(request: Request, session: Reading, settings: Configuration) -> Response:
    """404 for whoever may not read it: there is nothing to try a password on."""
    if not _may_read(request, settings):
        raise NotFound
    registry = CollectorRegistry(auto_describe=False)
    free = _family("tambour_disk_free_bytes", "Room left where files lie.", free_space(settings.home))
    registry.register(_Gathered([*await _families(session), free]))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _families(session: ReadSession) -> list[Metric]:
    return [*await _mail(session), *await _providers(session), *await _backups(session)]


async def _mail(session: ReadSession) -> list[Metric]:
    states = await queue.count_by_state(session)
    workers = await living_workers(session)
    return [
        _family("tambour_municipalities", "Towns of the instance.", await count_municipalities(session)),
        _labelled("tambour_workers", "Workers that gave a sign of life.", "kind", _counts(workers)),
        _family("tambour_mail_trouble", "1 while no mail can leave.", int(bool(await find_mail_trouble(session)))),
        _labelled(
            "tambour_deliveries",
            "Deliveries of the mailings that are open.",
            "state",
            {state.value: states.get(state, 0) for state in DeliveryState},
        ),
        _labelled(
            "tambour_outcomes",
            "How messages ended, since there are any.",
            "outcome",
            await queue.count_outcomes(session),
            CounterMetricFamily,
        ),
    ]


async def _providers(session: ReadSession) -> list[Metric]:
    now = clock.now()
    waiting = await queue.queue_by_provider(session, now)
    slowed: Counter[str] = Counter()
    for pace in await paces.slowed(session, now):
        rests = round(((pace.slowed_until or now) - now).total_seconds())
        slowed[_shown(pace.name)] = max(slowed[_shown(pace.name)], rests)
    lines: Counter[str] = Counter()
    for one in waiting:
        lines[_shown(one.provider)] += one.waiting
    due = [one.next_at for one in waiting if one.next_at is not None and one.next_at <= now]
    blocked = {_shown(name): 1 for name in await paces.blocked_lately(session)}
    return [
        _labelled("tambour_queue", "Messages that wait, by provider.", "provider", lines),
        _family(
            "tambour_queue_oldest_seconds",
            "How long the message has waited that could have left first.",
            (now - min(due)).total_seconds() if due else 0.0,
        ),
        _labelled("tambour_slowed_seconds", "How much longer a provider is left alone.", "provider", slowed),
        _labelled("tambour_blocked", "1 for a provider that blocked us within a day.", "provider", blocked),
    ]


async def _backups(session: ReadSession) -> list[Metric]:
    """No age of what was never made."""
    now, kinds = clock.now(), (BackupKind.BACKUP, BackupKind.VERIFICATION)
    done = [(kind.value, run.started_at) for kind in kinds if (run := await last_done(session, kind))]
    return [
        _labelled(
            "tambour_backup_age_seconds",
            "Since the newest backup was made, and the newest trial of one.",
            "kind",
            {kind: (now - at).total_seconds() for kind, at in done},
        ),
        _family(
            "tambour_backup_trouble",
            "1 while the backup is old, failed, or was not tried.",
            int(bool(await find_backup_trouble(session))),
        ),
    ]


def _may_read(request: Request, settings: Settings) -> bool:
    if settings.metrics == "token":
        token = settings.metrics_token.get_secret_value()
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return bool(token) and hmac.compare_digest(given.encode(), token.encode())
    return settings.metrics == "local" and request.client is not None and _is_here(request.client.host)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(provider: str) -> str:
    return provider if provider in NAMES or provider == queue.RELAY else _OTHERS


def _counts(workers: Mapping[str, Sequence[object]]) -> dict[str, int]:
    return {kind: len(found) for kind, found in workers.items()}


def _family(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _labelled(
    name: str,
    about: str,
    label: str,
    values: Mapping[str, float],
    kind: type[GaugeMetricFamily | CounterMetricFamily] = GaugeMetricFamily,
) -> Metric:
    family = kind(name, about, labels=[label])
    for value, figure in sorted(values.items()):
        family.add_metric([value], figure)
    return family
