"""A decision holds for exactly what was read, and for nothing else."""

import pytest

from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid
from server.issues import approval, drafting, queries
from server.issues.models import IssueState, IssueStepKind
from server.notices import service as notices
from tests.cast import Cast
from tests.issues.composing import composed, content_hash, draft_of, in_state

pytestmark = pytest.mark.usefixtures("monday")


async def test_a_letter_goes_from_its_author_to_its_publisher(session: WriteSession, cast: Cast) -> None:
    issue = await in_state(session, cast, IssueState.APPROVED)
    assert issue.state is IssueState.APPROVED
    steps = await queries.list_steps(session, cast.town_id, issue.id)
    assert [(step.kind, name) for step, name in steps] == [
        (IssueStepKind.APPROVED, "Paula"),
        (IssueStepKind.SUBMITTED, "Bob"),
    ]
    assert {step.content_hash for step, _ in steps} == {issue.content_hash}


async def test_an_empty_letter_cannot_be_submitted(session: WriteSession, cast: Cast) -> None:
    issue = await composed(session, cast, editorial="", notice_ids=[])
    with pytest.raises(Invalid) as refusal:
        await approval.submit_issue(session, cast.town_id, cast.actor("Bob"), issue.id)
    assert "notice_ids" in refusal.value.fields


async def test_what_was_not_read_cannot_be_approved(session: WriteSession, cast: Cast) -> None:
    issue = await in_state(session, cast, IssueState.SUBMITTED)
    with pytest.raises(Conflict):
        await approval.approve_issue(session, cast.town_id, cast.actor("Paula"), issue.id, "0" * 64)


async def test_a_notice_withdrawn_since_the_letter_was_read_is_noticed(session: WriteSession, cast: Cast) -> None:
    issue = await in_state(session, cast, IssueState.SUBMITTED)
    read = await content_hash(session, issue)
    items = await queries.list_items(session, cast.town_id, issue.id)
    await notices.withdraw_notice(session, cast.town_id, cast.actor("Paula"), items[0].notice_id, "reportée")
    with pytest.raises(Conflict):
        await approval.approve_issue(session, cast.town_id, cast.actor("Paula"), issue.id, read)


async def test_a_change_undoes_the_approval(session: WriteSession, cast: Cast) -> None:
    issue = await in_state(session, cast, IssueState.APPROVED)
    draft = await draft_of(session, cast, editorial="Une phrase de plus.")
    issue = await drafting.save_issue(session, cast.town_id, cast.actor("Bob"), issue.id, draft, issue.revision)
    assert issue.state is IssueState.DRAFT
    steps = await queries.list_steps(session, cast.town_id, issue.id)
    assert steps[0][0].kind is IssueStepKind.APPROVAL_UNDONE


async def test_a_letter_sent_back_is_a_draft_with_a_word(session: WriteSession, cast: Cast) -> None:
    issue = await in_state(session, cast, IssueState.SUBMITTED)
    await approval.return_issue(session, cast.town_id, cast.actor("Paula"), issue.id, "ajoutez la date")
    issue = await queries.get_issue(session, cast.town_id, issue.id)
    assert issue.state is IssueState.DRAFT
    assert (await queries.list_steps(session, cast.town_id, issue.id))[0][0].note == "ajoutez la date"


async def test_a_step_out_of_order_is_a_conflict(session: WriteSession, cast: Cast) -> None:
    issue = await in_state(session, cast, IssueState.DRAFT)
    read = await content_hash(session, issue)
    with pytest.raises(Conflict):
        await approval.approve_issue(session, cast.town_id, cast.actor("Paula"), issue.id, read)
    with pytest.raises(Conflict):
        await approval.return_issue(session, cast.town_id, cast.actor("Paula"), issue.id, "")
