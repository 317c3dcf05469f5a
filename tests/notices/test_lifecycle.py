"""Every state and every verb; approval bound to exactly what was read; what residents see meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

import pytest

from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid, NotFound
from server.notices import queries, service
from server.notices.models import Notice, NoticeKind, NoticeState, NoticeStepKind, PublicationEnd
from server.notices.schemas import NoticeContent, NoticeDraft
from tests.cast import Cast
from tests.notices.writing import draft, in_state, published, written

D, S, A, P, E, W = NoticeState
DISCARDED = W

Verb = Callable[[WriteSession, Cast, Notice], Awaitable[object]]


async def save(session: WriteSession, cast: Cast, notice: Notice) -> object:
    changed = draft(title="Un autre titre", topic_ids=cast.topic_ids[:1])
    return await service.save_notice(session, cast.town_id, cast.actor("Bob"), notice.id, changed, notice.revision)


async def submit(session: WriteSession, cast: Cast, notice: Notice) -> object:
    return await service.submit_notice(session, cast.town_id, cast.actor("Bob"), notice.id)


async def give_back(session: WriteSession, cast: Cast, notice: Notice) -> object:
    return await service.return_notice(session, cast.town_id, cast.actor("Paula"), notice.id, "Quelle rue ?")


async def approve(session: WriteSession, cast: Cast, notice: Notice) -> object:
    paula = cast.actor("Paula")
    return await service.approve_notice(session, cast.town_id, paula, notice.id, notice.revision, notice.content_hash)


async def publish(session: WriteSession, cast: Cast, notice: Notice) -> object:
    return await service.publish_notice(session, cast.town_id, cast.actor("Paula"), notice.id, notice.content_hash)


async def withdraw(session: WriteSession, cast: Cast, notice: Notice) -> object:
    return await service.withdraw_notice(session, cast.town_id, cast.actor("Paula"), notice.id)


async def discard(session: WriteSession, cast: Cast, notice: Notice) -> object:
    return await service.discard_notice(session, cast.town_id, cast.actor("Bob"), notice.id)


async def expire(session: WriteSession, cast: Cast, notice: Notice) -> object:
    return await service.expire_due(session, datetime(2026, 11, 27, 3, tzinfo=UTC))


# Where each verb leads from each state; None: refused.
TABLE: list[tuple[Verb, dict[NoticeState, NoticeState | None]]] = [
    (save, {D: D, S: D, A: D, P: D, E: D, W: D}),
    (submit, {D: S, S: None, A: None, P: None, E: None, W: None}),
    (give_back, {D: None, S: D, A: D, P: None, E: None, W: None}),
    (approve, {D: A, S: A, A: None, P: None, E: None, W: None}),
    (publish, {D: None, S: None, A: P, P: None, E: None, W: None}),
    (withdraw, {D: None, S: None, A: None, P: W, E: W, W: None}),
    (discard, {D: W, S: W, A: W, P: None, E: None, W: None}),
    (expire, {D: D, S: S, A: A, P: E, E: E, W: W}),
]


@pytest.mark.usefixtures("monday")
@pytest.mark.parametrize(("verb", "row"), [pytest.param(verb, row, id=verb.__name__) for verb, row in TABLE])
async def test_every_verb_in_every_state(
    session: WriteSession, cast: Cast, verb: Verb, row: dict[NoticeState, NoticeState | None]
) -> None:
    for before, after in row.items():
        notice = await in_state(session, cast, before)
        assert notice.state is before
        if after is None:
            with pytest.raises(Conflict):
                await verb(session, cast, notice)
        else:
            await verb(session, cast, notice)
        await session.refresh(notice)
        assert notice.state is (after or before), before


@pytest.mark.usefixtures("monday")
async def test_each_step_says_who_when_and_of_which_text(session: WriteSession, cast: Cast) -> None:
    notice = await published(session, cast)
    steps = [taken.step for taken in await queries.list_steps(session, cast.town_id, notice.id)]
    assert [step.kind for step in steps] == [
        NoticeStepKind.PUBLISHED,
        NoticeStepKind.APPROVED,
        NoticeStepKind.SUBMITTED,
    ]
    assert {step.content_hash for step in steps} == {notice.content_hash}
    assert [step.by_id for step in steps] == [cast.account_ids[name] for name in ("Paula", "Paula", "Bob")]


@pytest.mark.usefixtures("monday")
@pytest.mark.parametrize(("revision", "content_hash"), [(2, None), (None, "0" * 64), (7, "x")])
async def test_an_approval_names_what_was_read(
    session: WriteSession, cast: Cast, revision: int | None, content_hash: str | None
) -> None:
    notice = await in_state(session, cast, S)
    with pytest.raises(Conflict) as refusal:
        await service.approve_notice(
            session,
            cast.town_id,
            cast.actor("Paula"),
            notice.id,
            revision or notice.revision,
            content_hash or notice.content_hash,
        )
    assert refusal.value.code == "content_changed"


@pytest.mark.usefixtures("monday")
async def test_a_publication_names_what_was_read(session: WriteSession, cast: Cast) -> None:
    notice = await in_state(session, cast, A)
    with pytest.raises(Conflict):
        await service.publish_notice(session, cast.town_id, cast.actor("Paula"), notice.id, "0" * 64)


@pytest.mark.usefixtures("monday")
async def test_a_change_after_approval_undoes_it(session: WriteSession, cast: Cast) -> None:
    notice = await in_state(session, cast, A)
    outcome = await save(session, cast, notice)
    assert isinstance(outcome, service.Saved)
    assert outcome.is_reopened
    (last, *_) = await queries.list_steps(session, cast.town_id, notice.id)
    assert last.step.kind is NoticeStepKind.APPROVAL_UNDONE
    with pytest.raises(Conflict):
        await publish(session, cast, notice)


@pytest.mark.usefixtures("monday")
async def test_saving_the_same_text_undoes_nothing(session: WriteSession, cast: Cast) -> None:
    notice = await in_state(session, cast, A)
    same = NoticeDraft.of(NoticeContent.of(notice))
    outcome = await service.save_notice(session, cast.town_id, cast.actor("Bob"), notice.id, same, notice.revision)
    assert outcome == service.Saved(1, notice.updated_at)
    await session.refresh(notice)
    assert (notice.state, notice.revision) == (A, 1)


@pytest.mark.usefixtures("monday")
async def test_residents_see_the_approved_text_while_another_is_written(session: WriteSession, cast: Cast) -> None:
    notice = await published(session, cast)
    await save(session, cast, notice)
    seen = await queries.find_public(session, cast.town_id, notice.number)
    assert seen is not None
    assert seen.title == "Collecte des déchets verts décalée au jeudi 26"
    await approve(session, cast, notice)
    await publish(session, cast, notice)
    seen = await queries.find_public(session, cast.town_id, notice.number)
    assert seen is not None
    assert (seen.title, seen.revision) == ("Un autre titre", 2)
    assert seen.content_hash == notice.content_hash == NoticeContent.thawed(seen.content).content_hash


@pytest.mark.usefixtures("monday")
async def test_what_ended_while_another_text_is_written_ends(session: WriteSession, cast: Cast) -> None:
    notice = await published(session, cast)
    await save(session, cast, notice)
    await expire(session, cast, notice)
    await session.refresh(notice)
    assert notice.state is D
    assert await queries.find_in_force(session, cast.town_id, notice.id) is None
    assert [one.number for one in (await queries.archived_notices(session, cast.town_id, 2026)).items] == [
        notice.number
    ]


@pytest.mark.usefixtures("monday")
async def test_an_expired_notice_can_be_prolonged(session: WriteSession, cast: Cast) -> None:
    notice = await in_state(session, cast, E)
    longer = draft(valid_to=date(2026, 12, 31), topic_ids=cast.topic_ids[:1])
    await service.save_notice(session, cast.town_id, cast.actor("Bob"), notice.id, longer, notice.revision)
    await approve(session, cast, notice)
    await publish(session, cast, notice)
    (current,) = await queries.current_notices(session, cast.town_id)
    assert current.first_published_at == notice.published_at
    assert (await queries.archived_notices(session, cast.town_id, 2026)).total == 0


@pytest.mark.usefixtures("monday")
async def test_what_is_withdrawn_is_gone_from_the_archive_too(session: WriteSession, cast: Cast) -> None:
    notice = await in_state(session, cast, E)
    await withdraw(session, cast, notice)
    seen = await queries.find_public(session, cast.town_id, notice.number)
    assert seen is not None
    assert seen.ended_as is PublicationEnd.WITHDRAWN
    assert (await queries.archived_notices(session, cast.town_id, 2026)).total == 0


@pytest.mark.usefixtures("monday")
async def test_withdrawing_reaches_what_is_public_behind_a_draft(session: WriteSession, cast: Cast) -> None:
    notice = await published(session, cast)
    shown = notice.content_hash
    await save(session, cast, notice)
    with pytest.raises(Conflict):
        await discard(session, cast, notice)
    await withdraw(session, cast, notice)
    assert await queries.current_notices(session, cast.town_id) == []
    (last, *_) = await queries.list_steps(session, cast.town_id, notice.id)
    assert (last.step.kind, last.step.content_hash) == (NoticeStepKind.WITHDRAWN, shown)


@pytest.mark.usefixtures("monday")
async def test_a_posted_act_is_not_changed(session: WriteSession, cast: Cast) -> None:
    act = {
        "kind": NoticeKind.OFFICIAL_ACT,
        "author_name": "Jeanne Moreau",
        "author_title": "maire",
        "valid_to": date(2027, 2, 1),
    }
    notice = await published(session, cast, **act)
    with pytest.raises(Conflict) as refusal:
        await save(session, cast, notice)
    assert refusal.value.code == "act_is_posted"


BLOCKED: list[tuple[dict[str, object], str]] = [
    ({"contact_phone": ""}, "contact_phone"),
    ({"summary": ""}, "summary"),
    ({"body": ""}, "body"),
    ({"body": "![](picture:1)"}, "body"),
    ({"body": "![Un plan](picture:987654)"}, "body"),
    ({"body": "[le plan](https://example.org/?utm_source=lettre)"}, "body"),
    ({"summary": "Voir https://example.org/?fbclid=abc"}, "summary"),
    ({"valid_to": date(2026, 11, 22)}, "valid_to"),
    ({"kind": NoticeKind.OFFICIAL_ACT, "author_name": "Jeanne Moreau"}, "author_title"),
]


@pytest.mark.usefixtures("monday")
async def test_what_blocks_is_said_at_its_field(session: WriteSession, cast: Cast) -> None:
    for changes, field in BLOCKED:
        notice = await written(session, cast, **changes)
        for verb in (submit, approve):
            with pytest.raises(Invalid) as refusal:
                await verb(session, cast, notice)
            assert list(refusal.value.fields) == [field]
        await session.refresh(notice)
        assert notice.state is D


@pytest.mark.usefixtures("monday")
async def test_a_return_says_why(session: WriteSession, cast: Cast) -> None:
    notice = await in_state(session, cast, S)
    with pytest.raises(Invalid):
        await service.return_notice(session, cast.town_id, cast.actor("Paula"), notice.id, "  ")
    await give_back(session, cast, notice)
    (last, *_) = await queries.list_steps(session, cast.town_id, notice.id)
    assert (last.step.note, last.by) == ("Quelle rue ?", "Paula")


@pytest.mark.usefixtures("monday")
async def test_another_towns_notice_is_not_found(session: WriteSession, cast: Cast) -> None:
    notice = await written(session, cast)
    charlie = cast.actor("Charlie")
    for verb in (
        service.submit_notice(session, cast.neighbour_id, charlie, notice.id),
        service.withdraw_notice(session, cast.neighbour_id, charlie, notice.id),
        service.discard_notice(session, cast.neighbour_id, charlie, notice.id),
        service.duplicate_notice(session, cast.neighbour_id, charlie, notice.id),
        service.save_notice(session, cast.neighbour_id, charlie, notice.id, draft(), 1),
    ):
        with pytest.raises(NotFound):
            await verb


@pytest.mark.usefixtures("monday")
async def test_days_are_those_of_the_town(session: WriteSession, cast: Cast) -> None:
    """At half past midnight on the 27th in France, it is still the 26th in UTC."""
    notice = await published(session, cast)
    assert await service.expire_due(session, datetime(2026, 11, 26, 22, 30, tzinfo=UTC)) == 0
    assert await service.expire_due(session, datetime(2026, 11, 26, 23, 30, tzinfo=UTC)) == 1
    assert await service.expire_due(session, datetime(2026, 11, 26, 23, 30, tzinfo=UTC)) == 0
    await session.refresh(notice)
    assert notice.state is E
