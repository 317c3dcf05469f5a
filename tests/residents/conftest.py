"""People who come to the page of Saint-Aubin, and what waits for them in the letterbox."""

import pytest

from server.core.database import Database
from server.core.secrets import Secrets
from server.municipalities.queries import get_municipality
from server.residents.mails import Post
from tests.cast import Cast
from tests.letterbox import Letterbox


@pytest.fixture
def letterbox(database: Database, secrets: Secrets) -> Letterbox:
    return Letterbox(database, secrets)


@pytest.fixture
async def post(database: Database, secrets: Secrets, cast: Cast) -> Post:
    """What use cases that may write a mail are given."""
    async with database.reading() as session:
        return Post(await get_municipality(session, cast.town_id), secrets, "https://tambour.test")
