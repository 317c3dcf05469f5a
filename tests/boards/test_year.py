"""A season at the boards: register, sheets and calendar agree at every round, no board is over its room, nothing required is
cut short unsaid, and certificates count the days that somebody counts by hand.
"""

from server.core.database import Database
from tests.boards.year import Scale, play
from tests.cast import Cast


async def test_a_season(database: Database, cast: Cast) -> None:
    """From November past the change of the clock at the end of March: a holiday, a round that was not walked."""
    await play(
        database, cast, Scale(boards=14, legal_boards=6, notices_a_week=4, acts_a_week=1, weeks=19, certificates=30)
    )
