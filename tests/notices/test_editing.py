"""Writing: nothing that anybody typed is lost, history stays readable, numbers have no gaps."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.core import clock
from server.core.database import Database, WriteSession
from server.core.errors import Invalid
from server.notices import queries, service
from server.notices.models import Notice, NoticeState
from server.notices.schemas import NoticeContent, NoticeDraft
from tests.cast import Cast
from tests.notices.writing import draft, in_state, written


async def test_two_people_editing_lose_nothing(session: WriteSession, cast: Cast) -> None:
    notice = await written(session, cast)
    bob, paula = cast.actor("Bob"), cast.actor("Paula")
    first = await service.save_notice(session, cast.town_id, bob, notice.id, draft(title="De Bob"), 1)
    assert isinstance(first, service.Saved)
    second = await service.save_notice(session, cast.town_id, paula, notice.id, draft(title="De Paula"), 1)
    assert isinstance(second, service.SetAside)
    assert second.by == "Bob"
    await session.refresh(notice)
    assert (notice.title, notice.revision) == ("De Bob", 2)
    (aside,) = await queries.list_open_asides(session, cast.town_id, notice.id)
    assert aside.author == "Paula"
    assert NoticeContent.thawed(aside.version.content).title == "De Paula"


async def test_a_form_that_goes_on_trying_fills_one_aside(session: WriteSession, cast: Cast) -> None:
    notice = await written(session, cast)
    bob, paula = cast.actor("Bob"), cast.actor("Paula")
    await service.save_notice(session, cast.town_id, bob, notice.id, draft(title="De Bob"), 1)
    for title in ("De P", "De Pau", "De Paula"):
        await service.save_notice(session, cast.town_id, paula, notice.id, draft(title=title), 1, is_autosave=True)
    (aside,) = await queries.list_open_asides(session, cast.town_id, notice.id)
    assert NoticeContent.thawed(aside.version.content).title == "De Paula"


async def test_choosing_settles_what_was_set_aside(session: WriteSession, cast: Cast) -> None:
    notice = await written(session, cast)
    bob, paula = cast.actor("Bob"), cast.actor("Paula")
    await service.save_notice(session, cast.town_id, bob, notice.id, draft(title="De Bob"), 1)
    aside = await service.save_notice(session, cast.town_id, paula, notice.id, draft(title="De Paula"), 1)
    assert isinstance(aside, service.SetAside)
    merged = draft(title="De Bob et Paula")
    outcome = await service.settle_aside(session, cast.town_id, paula, notice.id, aside.version_id, merged, 2)
    assert isinstance(outcome, service.Saved)
    assert await queries.list_open_asides(session, cast.town_id, notice.id) == []
    titles = [
        NoticeContent.thawed(saved.version.content).title
        for saved in await queries.list_versions(session, cast.town_id, notice.id)
    ]
    assert titles == ["De Bob et Paula", "De Bob", draft().title]


async def test_keeping_the_faster_text_settles_it_too(session: WriteSession, cast: Cast) -> None:
    notice = await written(session, cast)
    await service.save_notice(session, cast.town_id, cast.actor("Bob"), notice.id, draft(title="De Bob"), 1)
    aside = await service.save_notice(session, cast.town_id, cast.actor("Paula"), notice.id, draft(title="De P"), 1)
    assert isinstance(aside, service.SetAside)
    await service.drop_aside(session, cast.town_id, notice.id, aside.version_id)
    assert await queries.list_open_asides(session, cast.town_id, notice.id) == []
    await session.refresh(notice)
    assert notice.title == "De Bob"


async def test_autosaves_of_one_sitting_are_one_version(session: WriteSession, cast: Cast, monday: object) -> None:
    notice = await written(session, cast)
    bob = cast.actor("Bob")
    for minute, title in enumerate(("D", "De", "De B", "De Bob"), start=1):
        with clock.frozen(clock.now() + timedelta(minutes=minute)):
            await service.save_notice(
                session, cast.town_id, bob, notice.id, draft(title=title), notice.revision, is_autosave=True
            )
        await session.refresh(notice)
    versions = await queries.list_versions(session, cast.town_id, notice.id)
    assert [saved.version.revision for saved in versions] == [5, 1]
    with clock.frozen(clock.now() + timedelta(minutes=30)):
        await service.save_notice(
            session, cast.town_id, bob, notice.id, draft(title="Plus tard"), notice.revision, is_autosave=True
        )
    versions = await queries.list_versions(session, cast.town_id, notice.id)
    assert [saved.version.revision for saved in versions] == [6, 5, 1]


async def test_the_form_of_a_new_notice_makes_one_however_often_it_is_sent(session: WriteSession, cast: Cast) -> None:
    async def sent(title: str, base: int, *, person: str = "Bob", key: str = "form", by_itself: bool = False) -> Notice:
        notice, _ = await service.save_new_notice(
            session,
            cast.town_id,
            cast.actor(person),
            draft(title=title),
            form_key=key,
            base_revision=base,
            is_autosave=by_itself,
        )
        return notice

    notice = await sent("D", 0, by_itself=True)
    for title, base in (("De", 1), ("De Bob", 2)):
        assert (await sent(title, base, by_itself=True)).id == notice.id
    await session.refresh(notice)
    assert (notice.title, notice.revision) == ("De Bob", 3)
    assert len(await queries.list_versions(session, cast.town_id, notice.id)) == 1
    assert (await sent("De Bob", 0)).id == notice.id  # its button was pressed twice
    others = [await sent("De", 0, person=person, key=key) for person, key in (("Paula", "form"), ("Bob", "new"))]
    keyless = [await sent("De", 0, key="") for _ in range(2)]
    assert len({one.id for one in (notice, *others, *keyless)}) == 5


async def test_the_button_pressed_while_a_new_notice_saves_itself_makes_no_second_one(
    database: Database, cast: Cast
) -> None:
    async def send(title: str) -> service.SaveOutcome:
        async with database.writing() as session:
            _, outcome = await service.save_new_notice(
                session, cast.town_id, cast.actor("Bob"), draft(title=title), form_key="form", base_revision=0
            )
            return outcome

    await asyncio.gather(send("De"), send("De Bob"))
    async with database.reading() as session:
        (only,) = await session.scalars(select(Notice).where(col(Notice.municipality_id) == cast.town_id))
        versions = await queries.list_versions(session, cast.town_id, only.id)
    assert {NoticeContent.thawed(saved.version.content).title for saved in versions} == {"De", "De Bob"}


async def test_a_step_makes_a_version_stay(session: WriteSession, cast: Cast, monday: object) -> None:
    notice = await written(session, cast)
    bob = cast.actor("Bob")
    given = {"topic_ids": cast.topic_ids[:1]}
    await service.save_notice(
        session, cast.town_id, bob, notice.id, draft(title="Soumis", **given), 1, is_autosave=True
    )
    await service.submit_notice(session, cast.town_id, bob, notice.id)
    await service.return_notice(session, cast.town_id, cast.actor("Paula"), notice.id, "Où ?")
    await service.save_notice(session, cast.town_id, bob, notice.id, draft(title="Après", **given), 2, is_autosave=True)
    versions = await queries.list_versions(session, cast.town_id, notice.id)
    assert [NoticeContent.thawed(saved.version.content).title for saved in versions][:2] == ["Après", "Soumis"]


async def test_a_form_left_open_does_not_reopen_a_notice(session: WriteSession, cast: Cast, monday: object) -> None:
    notice = await in_state(session, cast, NoticeState.SUBMITTED)
    late = draft(title="Encore un mot")
    outcome = await service.save_notice(
        session, cast.town_id, cast.actor("Bob"), notice.id, late, notice.revision, is_autosave=True
    )
    assert isinstance(outcome, service.SetAside)
    await session.refresh(notice)
    assert notice.state is NoticeState.SUBMITTED


async def test_a_copy_says_the_same_without_its_days(session: WriteSession, cast: Cast) -> None:
    notice = await written(session, cast)
    copy = await service.duplicate_notice(session, cast.town_id, cast.actor("Paula"), notice.id)
    assert (copy.title, copy.body, copy.topic_ids) == (notice.title, notice.body, notice.topic_ids)
    assert (copy.happens_from, copy.valid_to, copy.state) == (None, None, NoticeState.DRAFT)
    assert copy.uid != notice.uid


@pytest.mark.parametrize("field", ["topic_ids", "place_ids"])
async def test_topics_and_places_are_the_towns_own(session: WriteSession, cast: Cast, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await service.create_notice(session, cast.town_id, cast.actor("Bob"), draft(**{field: [987654]}))
    assert list(refusal.value.fields) == [field]


async def test_numbers_follow_each_other_by_town_and_year(session: WriteSession, cast: Cast, monday: object) -> None:
    numbers = [(await written(session, cast)).number for _ in range(3)]
    assert numbers == ["2026-001", "2026-002", "2026-003"]
    charlie = cast.actor("Charlie")
    assert (await service.create_notice(session, cast.neighbour_id, charlie, draft())).number == "2026-001"
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert (await written(session, cast)).number == "2027-001"


async def test_the_thousandth_notice_has_its_number(session: WriteSession, cast: Cast, monday: object) -> None:
    notice = await written(session, cast)
    notice.number = "2026-999"
    session.add(notice)
    assert (await written(session, cast)).number == "2026-1000"
    assert (await written(session, cast)).number == "2026-1001"


async def test_numbers_under_concurrency_have_no_gap(database: Database, cast: Cast, monday: object) -> None:
    async def write_one() -> str:
        async with database.writing() as session:
            return (await written(session, cast)).number

    numbers = await asyncio.gather(*(write_one() for _ in range(12)))
    assert sorted(numbers) == [f"2026-{serial:03}" for serial in range(1, 13)]


async def test_saves_at_once_make_one_winner(database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await written(session, cast)

    async def save_one(title: str) -> object:
        async with database.writing() as session:
            return await service.save_notice(session, cast.town_id, cast.actor("Bob"), notice.id, draft(title=title), 1)

    outcomes = await asyncio.gather(*(save_one(f"Titre {serial}") for serial in range(4)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Saved", "SetAside", "SetAside", "SetAside"]


def test_a_form_filled_again_says_the_same() -> None:
    content = draft(ends_at="20:15", place_ids=[3, 1, 3]).content
    assert NoticeDraft.of(content).content == content
    assert NoticeContent.thawed(content.frozen()) == content
    assert content.place_ids == [1, 3]
