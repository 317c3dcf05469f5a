"""Who gets which room on which board, day by day: what the law asks for first, then what is urgent, what hangs, what hangs
longest. Pure.

A claim is granted one run of days without interruption: all of them if there is room, else as many as there are, and what
is missing is told as a misfit, with those who have the room. Nothing is ever granted beyond a board's room.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.boards.evidence import Span
from server.boards.kinds import SheetFormat


class Reason(StrEnum):
    """Why a claim did not get all its days."""

    NO_ROOM = "no_room"
    NO_SUCH_FORMAT = "no_such_format"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Space:
    """A board: how many sheets of each format it holds, and the days on which it is out of service."""

    board_id: int
    room: Mapping[SheetFormat, int]
    closed: Span | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One poster that wants to hang on one board. `order` is the order in which claims were made."""

    key: int
    board_id: int
    format: SheetFormat
    sheets: int
    days: Span
    is_required: bool = False
    is_hanging: bool = False
    order: int = 0
    is_urgent: bool = False

    @property
    def rank(self) -> tuple[bool, bool, bool, int, int, int]:
        """What comes first in order has the first choice."""
        return (not self.is_required, not self.is_urgent, not self.is_hanging, -self.days.days, self.order, self.key)


@dataclass(frozen=True, slots=True)
class Misfit:
    """Days that a claim did not get, and the claims that have the room on some of them."""

    claim: Claim
    days: Span
    reason: Reason
    rivals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """What was granted, by claim, and what was not."""

    grants: Mapping[int, Span]
    misfits: tuple[Misfit, ...]

    def on(self, day: date) -> set[int]:
        """The claims that hang on `day`."""
        return {key for key, days in self.grants.items() if days.first <= day <= days.last}


class _Wall:
    """The room of one board for one format, day by day from `start`."""

    def __init__(self, room: int, start: date, days: int) -> None:
        self.room = room
        self.start = start
        self.free = [room] * days
        self.granted: list[tuple[Claim, Span]] = []

    def close(self, closed: Span) -> None:
        for at in self._range(closed):
            self.free[at] = 0

    def runs(self, claim: Claim) -> list[Span]:
        """The runs of days, among those claimed, on which there is room for all its sheets."""
        runs: list[Span] = []
        begun: int | None = None
        days = self._range(claim.days)
        for at in days:
            if self.free[at] >= claim.sheets:
                begun = at if begun is None else begun
            elif begun is not None:
                runs.append(self._span(begun, at - 1))
                begun = None
        if begun is not None:
            runs.append(self._span(begun, days.stop - 1))
        return runs

    def grant(self, claim: Claim, days: Span) -> None:
        for at in self._range(days):
            self.free[at] -= claim.sheets
        self.granted.append((claim, days))

    def rivals(self, wanted: Span) -> tuple[int, ...]:
        return tuple(claim.key for claim, days in self.granted if days.within(wanted))

    def _range(self, days: Span) -> range:
        first, last = (days.first - self.start).days, (days.last - self.start).days
        return range(max(0, first), min(len(self.free), last + 1))

    def _span(self, first: int, last: int) -> Span:
        return Span(self.start + timedelta(days=first), self.start + timedelta(days=last))


def make_schedule(spaces: Iterable[Space], claims: Sequence[Claim]) -> Schedule:
    """Grant the claims their room. Claims of boards that are not among `spaces` are misfits for all their days."""
    if not claims:
        return Schedule({}, ())
    known = {space.board_id: space for space in spaces}
    start = min(claim.days.first for claim in claims)
    length = (max(claim.days.last for claim in claims) - start).days + 1
    walls: dict[tuple[int, SheetFormat], _Wall] = {}
    grants: dict[int, Span] = {}
    misfits: dict[int, list[Misfit]] = defaultdict(list)
    for claim in sorted(claims, key=lambda one: one.rank):
        place = (claim.board_id, claim.format)
        if place not in walls:
            walls[place] = _wall(known.get(claim.board_id), claim.format, start, length)
        wall = walls[place]
        if run := _choose(claim, wall.runs(claim)):
            wall.grant(claim, run)
            grants[claim.key] = run
        misfits[claim.key] += _missed(claim, run, wall, known.get(claim.board_id))
    return Schedule(grants, tuple(one for claim in claims for one in misfits[claim.key]))


def _wall(space: Space | None, size: SheetFormat, start: date, length: int) -> _Wall:
    wall = _Wall(space.room.get(size, 0) if space else 0, start, length)
    if space and space.closed:
        wall.close(space.closed)
    return wall


def _choose(claim: Claim, runs: Sequence[Span]) -> Span | None:
    """What hangs stays as long as it can; what does not yet hang gets the longest run."""
    if claim.is_hanging and runs and runs[0].first == claim.days.first:
        return runs[0]
    return max(runs, key=lambda run: run.days, default=None)


def _missed(claim: Claim, run: Span | None, wall: _Wall, space: Space | None) -> list[Misfit]:
    before = Span(claim.days.first, run.first - timedelta(days=1) if run else claim.days.last)
    after = Span(run.last + timedelta(days=1), claim.days.last) if run else None
    return [
        Misfit(claim, days, _reason(claim, days, wall, space), wall.rivals(days))
        for days in (before, after)
        if days and days.first <= days.last
    ]


def _reason(claim: Claim, days: Span, wall: _Wall, space: Space | None) -> Reason:
    if space is None or (space.closed and space.closed.within(days)):
        return Reason.CLOSED
    return Reason.NO_SUCH_FORMAT if wall.room < claim.sheets else Reason.NO_ROOM
