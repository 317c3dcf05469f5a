"""What is to hang on a day: the boards, what the register says hangs, what is wanted, and how the room is shared out.

Nothing of it is stored: rounds, calendars and the page of a notice all read this one plan, so they cannot disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.boards.evidence import Span
from server.boards.kinds import LineAction, PostingState, SheetFormat
from server.boards.models import Board
from server.boards.queries.boards import list_boards
from server.boards.queries.postings import PostedSheet, list_live
from server.boards.queries.rounds import list_lines, list_open_rounds
from server.boards.scheduling import Claim, Schedule, Space, make_schedule
from server.core import clock
from server.core.database import ReadSession

_A_DAY = timedelta(days=1)
_FOR_EVER = date.max


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sheet is on the day of the plan: as the register says, and as rounds that are still to come back will have
    left it.
    """

    is_hanging: bool
    seen_on: date | None
    days_hung: int
    revision: int | None = None

    def after(self, action: LineAction, day: date, revision: int | None = None) -> "Standing":
        """As it will be once a line of a round was done on `day`; a sheet is put up with the text of `revision`."""
        since = (day - self.seen_on).days if self.is_hanging and self.seen_on else 0
        match action:
            case LineAction.POST:
                return Standing(True, day, self.days_hung + max(since, 1), revision)
            case LineAction.KEEP:
                return Standing(True, day, self.days_hung + since, self.revision)
            case LineAction.REMOVE:
                return Standing(False, day - _A_DAY, self.days_hung + max(since - 1, 0))


@dataclass(frozen=True)
class Plan:
    """The plan as of `day`."""

    day: date
    boards: Sequence[Board]
    sheets: Mapping[int, PostedSheet]
    standing: Mapping[int, Standing]
    claims: Mapping[int, Claim]
    schedule: Schedule

    @property
    def hanging(self) -> set[int]:
        return {key for key, stands in self.standing.items() if stands.is_hanging}

    def to_do(self) -> dict[int, LineAction]:
        """What a round on this day does with each sheet it has to do with. One whose text has changed is put up anew."""
        wanted, hanging = self.schedule.on(self.day), self.hanging
        outdated = {key for key in hanging & wanted if self.sheets[key].is_older(self.standing[key].revision)}
        return {
            **dict.fromkeys(hanging - wanted, LineAction.REMOVE),
            **dict.fromkeys(hanging & wanted - outdated, LineAction.KEEP),
            **dict.fromkeys(wanted - hanging | outdated, LineAction.POST),
        }

    def with_claims(self, more: Iterable[Claim]) -> Schedule:
        """The room shared out once more, as if `more` had been planned too."""
        return make_schedule(spaces_of(self.boards), [*self.claims.values(), *more])


async def read_plan(session: ReadSession, municipality_id: int, day: date) -> Plan:
    """The plan of a day, today or to come."""
    boards = await list_boards(session, municipality_id)
    rounds = await list_open_rounds(session, municipality_id, until=day)
    since = min([day, clock.today(), *(one.on_day for one in rounds)])
    sheets = {one.posting.id: one for one in await list_live(session, municipality_id, since)}
    standing = {key: _standing_now(one) for key, one in sheets.items()}
    for ahead in rounds:
        for line in await list_lines(session, municipality_id, ahead.id):
            if line.posting_id in standing:
                standing[line.posting_id] = standing[line.posting_id].after(line.action, ahead.on_day, line.revision)
    claims = {key: claim for key, one in sheets.items() if (claim := _claim(one, standing[key], day)) is not None}
    schedule = make_schedule(spaces_of(boards), list(claims.values()))
    return Plan(day, boards, sheets, standing, claims, schedule)


def spaces_of(boards: Iterable[Board]) -> list[Space]:
    """The room of the boards."""
    return [
        Space(
            board.id,
            {
                SheetFormat.A4: board.room_a4,
                SheetFormat.A3: board.room_a3,
                SheetFormat.A2: board.room_a2,
            },
            closed_days(board),
        )
        for board in boards
    ]


def closed_days(board: Board) -> Span | None:
    """The days on which a board is out of service."""
    if not board.closed_reason:
        return None
    return Span(board.closed_from or date.min, board.closed_to or _FOR_EVER)


def is_closed(board: Board, day: date) -> bool:
    closed = closed_days(board)
    return closed is not None and closed.first <= day <= closed.last


def _standing_now(sheet: PostedSheet) -> Standing:
    posting = sheet.posting
    return Standing(posting.state is PostingState.HANGING, posting.seen_on, posting.days_hung, posting.revision)


def _claim(sheet: PostedSheet, stands: Standing, day: date) -> Claim | None:
    """The days from `day` on that a sheet still has to hang. What the law asks for hangs all its days, late or lost ones
    added at the end.
    """
    posting = sheet.posting
    if not sheet.is_wanted:
        return None
    last = posting.last_on
    missing = posting.days - stands.days_hung
    if posting.is_required and missing > 0:
        begins = stands.seen_on + _A_DAY if stands.is_hanging and stands.seen_on else max(posting.first_on, day)
        last = max(last, begins + timedelta(days=missing - 1))
    if last < day:
        return None
    return Claim(
        key=posting.id,
        board_id=posting.board_id,
        format=posting.format,
        sheets=posting.sheets,
        days=Span(day if stands.is_hanging else max(posting.first_on, day), last),
        is_required=posting.is_required,
        is_hanging=stands.is_hanging,
        order=posting.id,
        is_urgent=sheet.is_urgent,
    )
