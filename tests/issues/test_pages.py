"""The Letters room in a browser without pictures: from the ticked notices to the page that follows the sending."""

import re

import pytest

from server.core.database import Database
from server.issues.models import Issue, IssueState
from server.mailings.models import Mailing
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.issues.composing import approved, in_state, subscribe
from tests.notices.writing import published

pytestmark = pytest.mark.usefixtures("monday")


def letter_form(cast: Cast, *notice_ids: int) -> dict[str, object]:
    return {
        "title": "Lettre de novembre",
        "editorial": "Voici les nouvelles.",
        "editorial_by": "La maire",
        "topic_ids": [str(cast.topic_ids[0])],
        "notice_ids": [str(one) for one in notice_ids],
        "has_agenda": "yes",
    }


async def test_the_first_letter_is_offered(browser_of: BrowserOf) -> None:
    answer = await (await browser_of("Bob")).get("/desk/issues")
    assert answer.status_code == 200
    assert "/desk/issues/new" in answer.text


async def test_a_letter_is_composed_read_approved_and_sent(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, "anne@example.org")
        notice = await published(session, cast)
    bob, paula = await browser_of("Bob"), await browser_of("Paula")

    answer = await bob.submit("/desk/issues", letter_form(cast, notice.id))
    assert answer.status_code == 303
    assert "Collecte des déchets verts" in (await bob.get("/desk/issues/1/preview")).text
    assert "Collecte des déchets verts" in (await bob.get("/desk/issues/1/preview.txt")).text
    await bob.submit("/desk/issues/1/submission")

    shown = (await paula.get("/desk/issues/1")).text
    (content_hash,) = re.findall(r'name="content_hash" value="([0-9a-f]{64})"', shown)
    await paula.submit("/desk/issues/1/approval", {"content_hash": content_hash})
    confirm = (await paula.get("/desk/issues/1/sending")).text
    fields = dict(re.findall(r'name="(content_hash|idempotency_key)" value="([^"]+)"', confirm))
    first = await paula.submit("/desk/issues/1/sending", fields)
    second = await paula.submit("/desk/issues/1/sending", fields)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert (await bob.get("/letters")).text.count("Lettre de novembre") == 1
    assert "Collecte des déchets verts" in (await bob.get("/letters/1")).text


async def test_a_wrong_answer_is_said_and_the_rest_is_kept(browser_of: BrowserOf, cast: Cast) -> None:
    form = letter_form(cast) | {"title": "", "topic_ids": []}
    answer = await (await browser_of("Bob")).submit("/desk/issues", form)
    assert answer.status_code == 422
    assert 'id="f-title-error"' in answer.text
    assert "Voici les nouvelles." in answer.text


async def test_a_save_over_somebody_elses_keeps_what_was_typed(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        issue = await in_state(session, cast, IssueState.DRAFT)
    bob, alice = await browser_of("Bob"), await browser_of("Alice")
    await alice.submit(f"/desk/issues/{issue.id}", letter_form(cast) | {"revision": "1"})
    mine = letter_form(cast) | {"revision": "1", "editorial": "Mon texte à moi."}
    answer = await bob.submit(f"/desk/issues/{issue.id}", mine)
    assert answer.status_code == 422
    assert "Mon texte à moi." in answer.text
    assert 'name="revision" value="2"' in answer.text


async def test_a_letter_planned_for_the_past_is_refused(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    issue = await approved(database, cast, "anne@example.org")
    fields = {"content_hash": issue.content_hash, "scheduled_at": "2026-11-01T08:00"}
    answer = await (await browser_of("Paula")).submit(f"/desk/issues/{issue.id}/sending", fields)
    assert answer.status_code == 422
    assert 'id="f-scheduled_at-error"' in answer.text


async def test_a_trial_reaches_its_author_only(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        issue = await in_state(session, cast, IssueState.DRAFT)
    answer = await (await browser_of("Bob")).submit(f"/desk/issues/{issue.id}/trial")
    assert answer.status_code == 303
    async with database.reading() as session:
        mailing = await session.get_one(Mailing, 1)
        assert (await session.get_one(Issue, issue.id)).state is IssueState.DRAFT
    assert mailing.kind == "trial"


@pytest.mark.parametrize("name", ["Denise", "Paul"])
async def test_who_neither_writes_nor_publishes_has_no_letters(browser_of: BrowserOf, name: str) -> None:
    assert (await (await browser_of(name)).get("/desk/issues")).status_code == 403


async def test_an_editor_cannot_approve_or_send(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    issue = await approved(database, cast, "anne@example.org")
    bob = await browser_of("Bob")
    for act in ("approval", "sending"):
        assert (await bob.submit(f"/desk/issues/{issue.id}/{act}")).status_code == 403


async def test_the_public_sees_only_letters_that_left(client: Browser, database: Database, cast: Cast) -> None:
    await approved(database, cast, "anne@example.org")
    assert (await client.get("/letters")).status_code == 200
    assert (await client.get("/letters/1")).status_code == 404
