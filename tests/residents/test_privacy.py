"""What is stored is declared: a column without a line in server/residents/privacy.py fails here."""

import pytest

from server.models import metadata
from server.residents.other_tables import NOT_OF_RESIDENTS
from server.residents.privacy import KEEPINGS
from tests.browsing import Browser
from tests.cast import Cast

ADVICE = "say in server/residents/privacy.py what it is for, or that it says nothing of residents"


def test_every_table_is_declared() -> None:
    declared = set(KEEPINGS) | set(NOT_OF_RESIDENTS)
    assert set(metadata.tables) - declared == set(), ADVICE
    assert declared - set(metadata.tables) == set(), "a table that is gone"
    assert set(KEEPINGS) & set(NOT_OF_RESIDENTS) == set()


@pytest.mark.parametrize("name", sorted(KEEPINGS))
def test_every_column_of_a_table_that_names_residents_is_declared(name: str) -> None:
    keeping, columns = KEEPINGS[name], {column.name for column in metadata.tables[name].c}
    declared = set(keeping.personal) | keeping.plain
    assert columns - declared == set(), ADVICE
    assert declared - columns == set(), "a column that is gone"
    assert set(keeping.personal) & keeping.plain == set()
    assert not keeping.tie or keeping.tie in columns


@pytest.mark.parametrize("name", sorted(NOT_OF_RESIDENTS))
def test_no_other_table_points_at_a_resident(name: str) -> None:
    pointed_at = {key.column.table.name for key in metadata.tables[name].foreign_keys}
    assert not pointed_at & {"resident", "join_request", "subscription", "consent"}, ADVICE


async def test_the_page_says_what_is_kept(client: Browser, cast: Cast) -> None:
    answer = await client.get("/privacy")
    assert answer.status_code == 200
    for keeping in KEEPINGS.values():
        for words in (keeping.title, keeping.purpose, keeping.kept, *keeping.personal.values()):
            assert str(words).replace("’", "’") in answer.text
