"""When the rounds come by: those that are made, and after them one every week, as until now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.boards.queries.rounds import last_walked, list_open_rounds
from server.core.database import ReadSession

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The days of rounds that are still to come back, and the day of the last one that did."""

    days: Sequence[date] = ()
    walked_on: date | None = None

    @property
    def last(self) -> date | None:
        return max([*self.days, *([self.walked_on] if self.walked_on else [])], default=None)

    def on_or_after(self, day: date) -> date | None:
        """The first round that comes by then; None where no round tells of a rhythm yet."""
        if made := [one for one in self.days if one >= day]:
            return min(made)
        if self.last is None:
            return None
        weeks = -(-(day - self.last) // A_WEEK)
        return self.last + max(weeks, 1) * A_WEEK


async def read_rhythm(session: ReadSession, municipality_id: int) -> Rhythm:
    rounds = await list_open_rounds(session, municipality_id)
    return Rhythm([one.on_day for one in rounds], await last_walked(session, municipality_id))
