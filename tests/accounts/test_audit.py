"""The audit trail: written with what it tells, read page by page by the town's own administrators."""

from datetime import timedelta

import pytest

from server.accounts import audit
from server.core import clock
from server.core.database import Database
from server.core.i18n import sentence
from server.web.pagination import Slice
from tests.browsing import BrowserOf
from tests.cast import Cast


async def test_the_page_tells_who_did_what(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        alice = cast.account_ids["Alice"]
        await audit.record(
            session, cast.town_id, alice, audit.TOKEN_CREATED, "token", 7, {"scopes": ["a", "b"], "n": 3}
        )
        await audit.record(session, cast.town_id, None, "unheard.of", detail={"none": None})
        await audit.record(session, cast.town_id, alice, audit.ROLES_CHANGED, "account", cast.account_ids["Bob"])
        await audit.record(session, cast.town_id, alice, audit.SIGNED_OUT, "session", cast.account_ids["Paula"])
        await audit.record(session, cast.neighbour_id, cast.account_ids["Charlie"], audit.STAFF_INVITED)
    answer = await (await browser_of("Alice")).get("/desk/settings/audit")
    assert answer.status_code == 200
    for words in ("Created an API token", "Alice", "token 7", "Bob", "scopes: a, b", "unheard.of", "nobody signed in"):
        assert words in answer.text
    assert "Invited somebody" not in answer.text
    assert "Paula" not in answer.text


async def test_the_trail_is_read_in_pages_newest_first(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        for number in range(120):
            await audit.record(session, cast.town_id, None, audit.SIGNED_IN, "session", number)
    alice = await browser_of("Alice")
    first, last = await alice.get("/desk/settings/audit"), await alice.get("/desk/settings/audit?page=3")
    assert "session 119" in first.text
    assert "session 69<" not in first.text
    assert "session 0<" in last.text
    assert (await alice.get("/desk/settings/audit?page=0")).status_code == 404


async def test_an_empty_trail_says_so(browser_of: BrowserOf) -> None:
    assert "Nothing was written down yet." in (await (await browser_of("Alice")).get("/desk/settings/audit")).text


async def test_lines_older_than_a_year_are_forgotten(cast: Cast, database: Database) -> None:
    today = clock.now()
    for age in (366, 364):
        with clock.frozen(today - timedelta(days=age)):
            async with database.writing() as session:
                await audit.record(session, cast.town_id, None, audit.SIGNED_IN)
    async with database.writing() as session:
        await audit.forget_old_entries(session)
        assert (await audit.list_entries(session, cast.town_id, Slice())).total == 1


def test_an_action_has_one_name() -> None:
    assert audit.action("session.opened", sentence("Signed in")) == audit.SIGNED_IN
    with pytest.raises(ValueError, match="two actions"):
        audit.action("session.opened", sentence("Came in"))
