"""F01 in short: three kills on each database. `make drills` does a hundred, with several seeds."""

import random
from pathlib import Path

from tests.drills.kills import Drill
from tests.sending import Office


async def test_killed_at_random_while_people_leave(office: Office, database_url: str, tmp_path: Path) -> None:
    drill = Drill(office, database_url, random.Random(7), tmp_path / "workers.log", letter=60)
    report = await drill.run(3)
    assert report.is_kept, report
    assert report.kills == 3
    assert report.messages + report.left >= 60
