"""F30 in short: an import killed at three rows and four statements on each database. `make drills` does it with 50,000 rows."""

from server.core.database import Database
from tests.cast import Cast
from tests.drills.imports import ImportDrill


async def test_an_import_killed_anywhere_is_whole_or_not_there(
    database: Database, database_url: str, cast: Cast
) -> None:
    drill = ImportDrill(database, database_url, cast.town_id, cast.actor("Alice"), rows=400, piece=100)
    report = await drill.run(at_rows=(1, 150, 400), at_statements=(8, 14, 22, 26))
    assert report.is_kept, report
    assert report.kills >= 6
