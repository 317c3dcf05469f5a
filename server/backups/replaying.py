"""After a restoration: the journal is played again, and nothing leaves before somebody has looked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from server.core import clock
from server.core.database import WriteSession
from server.core.errors import NotFound
from server.core.secrets import Secrets
from server.issues.models import Issue, IssueState
from server.issues.sending import mark_as_left
from server.mailings.leaving import cancel_for_recipient
from server.mailings.models import (
    Delivery,
    DeliveryState,
    Lane,
    Mailing,
    MailingKind,
    MailingState,
    Suppression,
    SuppressionReason,
)
from server.mailings.schemas import Figures
from server.municipalities.models import Municipality
from server.residents import queries as residents
from server.residents.erasure import erase_resident
from server.residents.models import Channel
from server.residents.subscribing import end_all, running

Entry = Mapping[str, Any]
_WAITING = (
    DeliveryState.QUEUED,
    DeliveryState.CLAIMED,
    DeliveryState.SENDING,
    DeliveryState.DEFERRED,
    DeliveryState.UNCERTAIN,
)
_AT_ONCE = 500


@dataclass
class Replayed:
    """What a restoration did beyond bringing the backup back."""

    departures: int = 0
    erasures: int = 0
    towns: int = 0
    """Towns that were deleted after the backup, and are gone again."""
    sent: int = 0
    """Rows that the journal says were settled, and are not sent again."""
    mailings: int = 0
    """Mailings that were made after the backup."""
    paused: int = 0
    """Mailings that wait for somebody to resume them."""


async def replay(session: WriteSession, secrets: Secrets, entries: Sequence[Entry]) -> Replayed:
    """Departures, erasures, barred addresses and what was sent, since the backup, in the towns that it knows."""
    done = Replayed()
    here = set(await session.scalars(select(col(Municipality.id))))
    for entry in entries:
        await _bar(session, [line for line in entry["barred"] if line[0] in here])
    # Before anybody leaves: their row would be cancelled, and they had the letter.
    settled = _gathered(entries)
    for mailing_id, states in settled.items():
        for state, ids in states.items():
            done.sent += await _settle(session, mailing_id, state, ids)
    for town, resident, runs in {(line[0], line[1]): line for entry in entries for line in entry["wishes"]}.values():
        done.departures += await _follow_wish(session, town, resident, runs)
    for town, resident in dict.fromkeys((line[0], line[1]) for entry in entries for line in entry["erased"]):
        done.erasures += await _erase(session, secrets, town, resident)
    known = {one["id"]: one for entry in entries for one in entry["mailings"] if one["municipality_id"] in here}
    for about in known.values():
        done.mailings += await _remember(session, about, settled.get(about["id"], {}))
    return done


async def hold_everything(session: WriteSession) -> int:
    """Nothing leaves by itself: mailings under way wait to be resumed, single messages of the past never leave."""
    now = clock.now()
    never = {"state": DeliveryState.CANCELLED, "next_at": None, "worker": None, "lease_until": None, "settled_at": now}
    single = (col(Delivery.lane) == Lane.TRANSACTIONAL.rank, col(Delivery.state).in_(_WAITING))
    await session.execute(update(Delivery).where(*single).values(never))
    back = {"state": DeliveryState.QUEUED, "worker": None, "lease_until": None}
    held = col(Delivery.state).in_((DeliveryState.CLAIMED, DeliveryState.SENDING))
    await session.execute(update(Delivery).where(held).values(back))
    due = (col(Mailing.state) == MailingState.SENDING) | (
        (col(Mailing.state) == MailingState.SCHEDULED) & (col(Mailing.scheduled_at) <= now)
    )
    paused = await session.execute(
        update(Mailing).where(due, col(Mailing.lane) != Lane.TRANSACTIONAL).values(state=MailingState.PAUSED)
    )
    planned = (col(Issue.state) == IssueState.APPROVED, col(Issue.scheduled_at) <= now)
    await session.execute(update(Issue).where(*planned).values(scheduled_at=None))
    return int(paused.rowcount)  # type: ignore[attr-defined]  # a cursor result has it


def towns_deleted(entries: Sequence[Entry], made_at: str) -> list[int]:
    """Those that were deleted since the backup: an older deletion may be said again, and its number be given again."""
    since = datetime.fromisoformat(made_at)
    gone = (line for entry in entries for line in entry.get("deleted", ()))
    return list(dict.fromkeys(town for town, at in gone if datetime.fromisoformat(at) >= since))


def highest_ids(entries: Sequence[Entry]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for entry in entries:
        found |= Counter(entry["highest"])
    return dict(found)


async def _bar(session: WriteSession, barred: Sequence[Any]) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for town, mark, reason in barred:
        values = {"municipality_id": town, "address_hash": mark, "reason": SuppressionReason(reason), "at": clock.now()}
        await session.execute(insert(Suppression).values(values).on_conflict_do_nothing())


async def _follow_wish(session: WriteSession, town: int, resident_id: int, runs: Sequence[Any]) -> int:
    """End what somebody has ended since; what they have begun since cannot be known, and is asked for again."""
    resident = await residents.find_resident(session, town, resident_id)
    if resident is None:
        return 0
    wanted = {(topic, channel) for topic, channel in runs}
    ended = [one for one in await running(session, resident) if (one.topic_id, one.channel.value) not in wanted]
    if not ended:
        return 0
    await end_all(session, resident, ended)
    by_email = {topic for topic, channel in wanted if channel == Channel.EMAIL}
    await cancel_for_recipient(session, town, resident_id, keep_scope=by_email)
    return 1


async def _erase(session: WriteSession, secrets: Secrets, town: int, resident_id: int) -> int:
    try:
        await erase_resident(session, secrets, town, None, resident_id)
    except NotFound:
        return 0
    return 1


def _gathered(entries: Sequence[Entry]) -> dict[int, dict[str, set[int]]]:
    """Mailing → state → rows; the last word of a row counts."""
    last: dict[tuple[int, int], str] = {}
    for entry in entries:
        for mailing, states in entry["settled"].items():
            last |= {(int(mailing), row): state for state, rows in states.items() for row in rows}
    found: dict[int, dict[str, set[int]]] = {}
    for (mailing, row), state in last.items():
        found.setdefault(mailing, {}).setdefault(state, set()).add(row)
    return found


async def _settle(session: WriteSession, mailing_id: int, state: str, ids: set[int]) -> int:
    count, rows = 0, sorted(ids)
    for start in range(0, len(rows), _AT_ONCE):
        changed = await session.execute(
            update(Delivery)
            .where(
                col(Delivery.mailing_id) == mailing_id,
                col(Delivery.id).in_(rows[start : start + _AT_ONCE]),
                col(Delivery.state).in_(_WAITING),
            )
            .values(state=DeliveryState(state), next_at=None, worker=None, lease_until=None, settled_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        count += changed.rowcount  # type: ignore[attr-defined]  # a cursor result has it
    return count


async def _remember(session: WriteSession, about: Entry, settled: Mapping[str, set[int]]) -> int:
    """A mailing that began after the backup: it stands in the list with its figures, and its key is used up."""
    by_key = select(col(Mailing.id)).where(
        col(Mailing.municipality_id) == about["municipality_id"],
        col(Mailing.idempotency_key) == about["idempotency_key"],
    )
    if (await session.scalars(by_key)).first() is not None:
        return 0
    began = datetime.fromisoformat(about["created_at"])
    counts = {DeliveryState(state): len(rows) for state, rows in settled.items()}
    figures = Figures.of(counts, counts.get(DeliveryState.UNCERTAIN, 0))
    mailing = Mailing(
        **{name: about[name] for name in ("id", "municipality_id", "subject", "origin", "idempotency_key")},
        kind=MailingKind(about["kind"]),
        lane=Lane(about["lane"]),
        state=MailingState.FINISHED,
        created_at=began,
        scheduled_at=began,
        started_at=began,
        finished_at=clock.now(),
        final=figures.as_dict(),
    )
    session.add(mailing)
    await session.flush()
    kind, _, number = mailing.origin.partition(":")
    if kind == "issue" and number.isdigit():
        await mark_as_left(session, mailing.municipality_id, int(number), mailing)
    return 1
