"""The sending side of Saint-Aubin, for drills."""

import pytest

from server.core.database import Database
from server.core.secrets import Secrets
from tests.cast import Cast
from tests.sending import Office


@pytest.fixture
def office(database: Database, secrets: Secrets, cast: Cast) -> Office:
    return Office(database, secrets, cast.town_id)
