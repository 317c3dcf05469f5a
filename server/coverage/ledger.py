"""The coverage of a sending: each person who receives its topics, by which ways it came to them, or why it did not."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select

from server.core import clock
from server.core.database import ReadSession
from server.coverage.boards import sectors_of_people, sectors_with_poster
from server.coverage.ways import ToldWay, Way
from server.issues.models import Issue
from server.issues.queries import list_items
from server.mailings.models import DeliveryState
from server.mailings.queries import states_by_recipient
from server.printruns import queries as printruns
from server.printruns.audience import block_of
from server.printruns.models import BatchState, PrintBatch, PrintCopy, PrintRun, Trouble
from server.residents.models import Channel, Resident, Subscription
from server.residents.queries import lives_in

_AT_ONCE = 500  # people read at a stretch: no page waits behind the ledger of a whole town


class Reason(StrEnum):
    """Why nothing came to somebody."""

    REFUSED = "refused"
    BARRED = "barred"
    RETURNED = "returned"
    MISSING = "missing"
    ADDRESS = "address"
    PAUSED = "paused"
    NOT_PRINTED = "not_printed"
    NOT_SENT = "not_sent"


@dataclass
class Line:
    """One person in the ledger. `ways` it came by; without one, `reasons`, unless it is still on its way."""

    resident: Resident
    wanted: frozenset[Channel]
    ways: set[Way] = field(default_factory=set)
    reasons: list[Reason] = field(default_factory=list)
    is_on_its_way: bool = False
    has_board: bool = False

    @property
    def told(self) -> ToldWay | None:
        """What a sheet says of them that somebody walked or telephoned with."""
        return next((way for way in self.ways if isinstance(way, ToldWay)), None)

    @property
    def is_unreached(self) -> bool:
        return not self.ways and not self.is_on_its_way

    @property
    def can_be_written_to(self) -> bool:
        """Whether a letter can be offered: mail failed, and the postal address holds on an envelope."""
        failed = {Reason.REFUSED, Reason.BARRED}
        return self.is_unreached and bool(failed & set(self.reasons)) and block_of(self.resident).is_printable


@dataclass(frozen=True)
class Coverage:
    """Everybody a sending was for. A person reached twice counts once in `reached`, and in both channels."""

    lines: Sequence[Line]

    @property
    def by_way(self) -> Mapping[Way, int]:
        return Counter(way for line in self.lines for way in line.ways)

    @property
    def reached(self) -> int:
        return sum(bool(line.ways) for line in self.lines)

    @property
    def on_their_way(self) -> int:
        return sum(line.is_on_its_way and not line.ways for line in self.lines)

    @property
    def by_board(self) -> int:
        return sum(line.has_board for line in self.lines)

    @property
    def unreached(self) -> Sequence[Line]:
        return [line for line in self.lines if line.is_unreached]


@dataclass(frozen=True)
class Sent:
    """What was sent: to whom, when, by which mailing and on which paper; the notices a board may have shown."""

    topic_ids: Collection[int]
    moment: datetime
    mailing_id: int | None
    runs: Sequence[PrintRun]
    notice_ids: Collection[int]
    place_ids: Collection[int] = ()
    told: Mapping[int, ToldWay] = field(default_factory=dict)
    """What was said to people by hand, keyed in afterwards."""


Find = Callable[[ReadSession, int, int], Awaitable[Sent | None]]
"""(session, municipality_id, notice_id) → how that notice was sent, if the room above sent it."""
_FINDS: list[Find] = []


def sends_notices(find: Find) -> Find:
    """Ask a room above of what it sends by more than paper; it registers here."""
    _FINDS.append(find)
    return find


async def sent_issue(session: ReadSession, municipality_id: int, issue: Issue) -> Sent:
    """A letter or a bulletin."""
    runs = await printruns.list_runs_of(session, municipality_id, issue_id=issue.id)
    notice_ids = [item.notice_id for item in await list_items(session, municipality_id, issue.id)]
    return Sent(issue.topic_ids, issue.sent_at or clock.now(), issue.mailing_id, runs, notice_ids)


async def sent_run(session: ReadSession, municipality_id: int, run: PrintRun) -> Sent:
    """A notice, by all it was sent by, or whatever else went on paper alone."""
    if run.notice_id is None:
        return Sent(run.topic_ids, run.created_at, None, [run], [], run.place_ids)
    for find in _FINDS:
        if sent := await find(session, municipality_id, run.notice_id):
            return sent
    runs = await printruns.list_runs_of(session, municipality_id, notice_id=run.notice_id)
    return Sent(run.topic_ids, run.created_at, None, runs, [run.notice_id], run.place_ids)


async def cover(session: ReadSession, municipality_id: int, sent: Sent) -> Coverage:
    """Of everybody who received the topics when it left: who got it, and who did not."""
    lines = await _everybody(session, municipality_id, sent)
    if sent.mailing_id is not None:
        _by_mail(lines, await states_by_recipient(session, municipality_id, sent.mailing_id))
    run_ids = [run.id for run in sent.runs]
    batches = {one.id: one for one in await printruns.list_batches(session, municipality_id, run_ids)}
    for run_id in run_ids:
        copies = await printruns.list_copies(session, municipality_id, run_id)
        _on_paper(lines, [copy for copy, _ in copies], batches)
    _left_out(lines, sent)
    for resident_id in lines.keys() & sent.told.keys():
        lines[resident_id].ways.add(sent.told[resident_id])
    shown = await sectors_with_poster(session, municipality_id, sent.notice_ids)
    if shown:
        homes = await sectors_of_people(session, municipality_id, [line.resident for line in lines.values()])
        for line in lines.values():
            line.has_board = bool(shown & homes.get(line.resident.id, set()))
    return Coverage(sorted(lines.values(), key=lambda line: (line.resident.list_key, line.resident.id)))


async def _everybody(session: ReadSession, municipality_id: int, sent: Sent) -> dict[int, Line]:
    """Who receives these topics and did so at that moment; with places, those who want to hear of one of them."""
    runs = (
        select(col(Subscription.resident_id), col(Subscription.channel))
        .where(
            col(Subscription.municipality_id) == municipality_id,
            col(Subscription.topic_id).in_(sent.topic_ids),
            col(Subscription.ended_at).is_(None),
            col(Subscription.started_at) <= sent.moment,
        )
        .distinct()
    )
    wanted: dict[int, set[Channel]] = {}
    async for resident_id, channel in await session.stream(runs.execution_options(yield_per=_AT_ONCE)):
        wanted.setdefault(resident_id, set()).add(Channel(channel))
    people = select(Resident).where(col(Resident.municipality_id) == municipality_id, col(Resident.left_at).is_(None))
    if sent.place_ids:
        people = people.where(lives_in(sent.place_ids))
    everybody = await session.stream_scalars(people.execution_options(yield_per=_AT_ONCE))
    return {one.id: Line(one, frozenset(wanted[one.id])) async for one in everybody if one.id in wanted}


def _by_mail(lines: Mapping[int, Line], states: Mapping[int, DeliveryState]) -> None:
    for resident_id, state in states.items():
        line = lines.get(resident_id)
        if line is None or state is DeliveryState.CANCELLED:
            continue
        if state is DeliveryState.ACCEPTED:
            line.ways.add(Channel.EMAIL)
        elif state is DeliveryState.REFUSED:
            line.reasons.append(Reason.REFUSED)
        else:
            line.is_on_its_way = True


def _on_paper(lines: Mapping[int, Line], copies: Collection[PrintCopy], batches: Mapping[int, PrintBatch]) -> None:
    """A copy reaches everybody who shares it."""
    homes: dict[tuple[int | None, object], list[Line]] = {}
    for line in lines.values():
        if line.resident.household_id and not line.resident.own_copy:
            homes.setdefault((line.resident.household_id, line.resident.edition), []).append(line)
    for copy in copies:
        first = lines.get(copy.resident_id or 0)
        if first is None:
            continue
        home = (first.resident.household_id, first.resident.edition)
        shares = [first] if first.resident.own_copy else homes.get(home, [first])
        for line in shares:
            if line is first or line.wanted - {Channel.EMAIL}:
                _note_copy(line, copy, batches.get(copy.batch_id or 0))


def _note_copy(line: Line, copy: PrintCopy, batch: PrintBatch | None) -> None:
    if batch is None:
        line.reasons.append(Reason.RETURNED if copy.trouble is Trouble.RETURNED else Reason.ADDRESS)
    elif copy.returned_at is not None:
        line.reasons.append(Reason.RETURNED)
    elif copy.missing_at is not None or batch.state is BatchState.RETURNED:
        line.reasons.append(Reason.MISSING)
    elif batch.state is BatchState.DELIVERED or (
        batch.state is BatchState.HANDED_OVER and copy.channel is not Channel.HAND
    ):
        line.ways.add(copy.channel)
    else:
        line.is_on_its_way = True


def _left_out(lines: Mapping[int, Line], sent: Sent) -> None:
    """Those for whom nothing was made at all, and why."""
    day = clock.day_of(sent.moment)
    for line in lines.values():
        if line.ways or line.reasons or line.is_on_its_way:
            continue
        one = line.resident
        if one.paused_until and one.paused_until >= day and (one.paused_from is None or one.paused_from <= day):
            line.reasons.append(Reason.PAUSED)
        elif line.wanted - {Channel.EMAIL} and not sent.runs:
            line.reasons.append(Reason.NOT_PRINTED)
        elif Channel.EMAIL in line.wanted and sent.mailing_id is not None:
            line.reasons.append(Reason.BARRED)
        else:
            line.reasons.append(Reason.NOT_SENT)
