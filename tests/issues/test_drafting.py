"""Choosing notices, putting them in order, and not writing over somebody else."""

import pytest

from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid, NotFound
from server.issues import drafting, queries
from tests.cast import Cast
from tests.issues.composing import composed, draft_of
from tests.notices.writing import written

pytestmark = pytest.mark.usefixtures("monday")


async def test_letters_are_numbered_one_after_the_other(session: WriteSession, cast: Cast) -> None:
    assert [(await composed(session, cast)).number for _ in range(3)] == [1, 2, 3]


async def test_notices_keep_the_order_they_were_given(session: WriteSession, cast: Cast) -> None:
    draft = await draft_of(session, cast)
    turned = draft.model_copy(update={"notice_ids": draft.notice_ids[::-1]})
    issue = await drafting.create_issue(session, cast.town_id, cast.actor("Bob"), turned)
    items = await queries.list_items(session, cast.town_id, issue.id)
    assert [item.notice_id for item in items] == turned.notice_ids


async def test_another_order_is_another_content(session: WriteSession, cast: Cast) -> None:
    issue = await composed(session, cast)
    before, ids = (
        issue.content_hash,
        [item.notice_id for item in await queries.list_items(session, cast.town_id, issue.id)],
    )
    draft = (await draft_of(session, cast)).model_copy(update={"notice_ids": ids[::-1]})
    issue = await drafting.save_issue(session, cast.town_id, cast.actor("Bob"), issue.id, draft, 1)
    assert issue.content_hash != before


async def test_a_save_over_somebody_elses_is_refused(session: WriteSession, cast: Cast) -> None:
    issue = await composed(session, cast)
    draft = await draft_of(session, cast, title="Une autre lettre")
    await drafting.save_issue(session, cast.town_id, cast.actor("Bob"), issue.id, draft, 1)
    with pytest.raises(Conflict):
        await drafting.save_issue(session, cast.town_id, cast.actor("Alice"), issue.id, draft, 1)


async def test_a_notice_that_is_not_published_cannot_be_taken(session: WriteSession, cast: Cast) -> None:
    notice = await written(session, cast)
    with pytest.raises(Invalid) as refusal:
        await composed(session, cast, notice_ids=[notice.id])
    assert "notice_ids" in refusal.value.fields


@pytest.mark.parametrize("topic_ids", [[], [999_999]])
async def test_a_letter_is_for_somebody(session: WriteSession, cast: Cast, topic_ids: list[int]) -> None:
    with pytest.raises(Invalid) as refusal:
        await composed(session, cast, topic_ids=topic_ids)
    assert "topic_ids" in refusal.value.fields


async def test_a_letter_of_one_town_is_not_found_in_another(session: WriteSession, cast: Cast) -> None:
    issue = await composed(session, cast)
    with pytest.raises(NotFound):
        await queries.get_issue(session, cast.neighbour_id, issue.id)
