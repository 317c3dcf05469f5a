"""The to-do page: what waits for a hand, and only for whose hand."""

import pytest

from server.core.database import Database, WriteSession
from server.desk.service import list_tasks
from server.issues.models import IssueState
from server.notices.models import NoticeState
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.issues import composing
from tests.notices.writing import in_state, written

pytestmark = pytest.mark.usefixtures("monday")


async def _told(session: WriteSession, cast: Cast, name: str) -> list[tuple[str, bool]]:
    """Where somebody is sent, and whether it presses."""
    return [
        (f"{task.route}?{task.query}", task.is_pressing)
        for task in await list_tasks(session, cast.town_id, cast.actor(name))
    ]


async def test_nothing_to_do_is_said(browser_of: BrowserOf) -> None:
    answer = await (await browser_of("Bob")).get("/desk")
    assert answer.status_code == 200
    assert 'class="empty"' in answer.text


async def test_what_waits_for_approval_presses_its_publisher_only(session: WriteSession, cast: Cast) -> None:
    await in_state(session, cast, NoticeState.SUBMITTED)
    assert await _told(session, cast, "Paula") == [("notices?state=submitted", True)]
    assert await _told(session, cast, "Bob") == [("notices?state=submitted", False)]
    assert await _told(session, cast, "Denise") == []


async def test_drafts_and_letters_are_counted_by_state(session: WriteSession, cast: Cast) -> None:
    await written(session, cast)
    await composing.in_state(session, cast, IssueState.APPROVED)
    assert ("notices?state=draft", False) in await _told(session, cast, "Bob")
    assert (await _told(session, cast, "Paula"))[0] == ("issues?", True)


async def test_every_task_leads_to_a_page(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await in_state(session, cast, NoticeState.SUBMITTED)
        await composing.in_state(session, cast, IssueState.SUBMITTED)
    page = (await (await browser_of("Paula")).get("/desk")).text
    assert "/saint-aubin/desk/notices?state=submitted" in page
    assert "/saint-aubin/desk/issues" in page
