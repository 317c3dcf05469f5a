"""Opens the demonstration town: the stage, its people, and the year that ends today."""

from datetime import UTC, datetime, time, timedelta

from server.core import clock
from server.core.clock import PARIS
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.demo.people import town_data
from server.demo.stage import set_stage
from server.demo.year import play
from server.mailings.upkeep import forget_single_messages

_A_YEAR = timedelta(days=365)


async def open_demonstration(database: Database, secrets: Secrets, files: FileStore, url: str) -> dict[str, str]:
    """A town with a past; gives a one-time link, good for seven days, for each person of its staff."""
    today = clock.today()
    beginning = datetime.combine(today - _A_YEAR, time(9), PARIS).astimezone(UTC)
    with clock.frozen(beginning):
        stage = await set_stage(database, secrets, files, url)
    await play(stage, today)
    async with database.writing() as session:
        await forget_single_messages(session)
        links = await stage.renew_links(session)
    address = f"{url}/{town_data()['identity']['slug']}/desk/welcome"
    return {person: f"{address}/{token}" for person, token in links.items()}
