"""The settings page of topics: added, renamed, ordered, archived, by the administrator alone."""

from sqlmodel import col, select

from server.accounts.models import AuditEntry
from server.core.database import Database
from server.residents import queries
from server.residents.models import Topic
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.residents.visiting import joined

PAGE = "/desk/settings/topics"


async def _names(database: Database, cast: Cast) -> list[str]:
    async with database.reading() as session:
        return [topic.name for topic in await queries.list_topics(session, cast.town_id)]


async def test_the_list_says_how_many_have_each(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await joined(session, cast, "jeanne@orange.example", topics=(0, 1))
        await joined(session, cast, "paul@orange.example", topics=(0,))
    answer = await (await browser_of("Alice")).get(PAGE)
    assert answer.status_code == 200
    assert "La lettre du mois" in answer.text
    assert '<td class="n">2</td>' in answer.text


async def test_a_topic_is_added_renamed_and_told_in_the_trail(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    alice = await browser_of("Alice")
    answer = await alice.submit(PAGE, {"name": "Été & culture", "description": "Concerts et lectures."})
    assert answer.status_code == 303
    async with database.reading() as session:
        topic = (await session.scalars(select(Topic).order_by(Topic.id.desc()))).first()  # type: ignore[attr-defined]  # a column
        assert topic is not None
    assert (topic.slug, topic.position) == ("ete-culture", 3)
    await alice.submit(f"{PAGE}/{topic.id}", {"name": "Culture", "description": ""})
    assert (await _names(database, cast))[-1] == "Culture"
    async with database.reading() as session:
        actions = list(await session.scalars(select(AuditEntry.action).order_by(col(AuditEntry.id))))
    assert actions == ["topic.added", "topic.changed"]


async def test_a_wrong_name_is_said_and_kept(browser_of: BrowserOf, cast: Cast) -> None:
    alice = await browser_of("Alice")
    for name, words in (
        ("", "Fill in this field."),
        ("LA LETTRE du mois", "Another topic has this name"),
        ("x" * 81, "80"),
    ):
        for path in (PAGE, f"{PAGE}/{cast.topic_ids[1]}"):
            answer = await alice.submit(path, {"name": name, "description": "Une phrase gardée."})
            assert (answer.status_code, words in answer.text) == (422, True)
            assert "Une phrase gardée." in answer.text


async def test_topics_are_put_in_order(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    alice = await browser_of("Alice")
    letter, works, school = cast.topic_ids
    await alice.submit(
        f"{PAGE}/order", {f"place-{school}": "1", f"place-{letter}": "3", f"place-{works}": "2", "place-x": "y"}
    )
    assert await _names(database, cast) == ["École et jeunesse", "Travaux et circulation", "La lettre du mois"]


async def test_an_archived_topic_is_offered_to_nobody_and_comes_back(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    alice = await browser_of("Alice")
    await alice.submit(f"{PAGE}/{cast.topic_ids[2]}/archive")
    assert "École et jeunesse" not in (await alice.get("/receive")).text
    assert "archived" in (await alice.get(PAGE)).text
    await alice.submit(f"{PAGE}/{cast.topic_ids[2]}/return")
    assert "École et jeunesse" in (await alice.get("/receive")).text


async def test_the_only_topic_stays(browser_of: BrowserOf, cast: Cast) -> None:
    alice = await browser_of("Alice")
    for topic_id in cast.topic_ids[:2]:
        assert (await alice.submit(f"{PAGE}/{topic_id}/archive")).status_code == 303
    answer = await alice.submit(f"{PAGE}/{cast.topic_ids[2]}/archive")
    assert answer.status_code == 422
    assert "This is the only topic" in answer.text
    assert f'name="topic_ids" value="{cast.topic_ids[2]}"' in (await alice.get("/receive")).text


async def test_a_town_without_topics_can_be_looked_at(browser_of: BrowserOf, client: object, cast: Cast) -> None:
    bob = await browser_of("Bob")
    answer = await bob.get("https://tambour.test/voisin/receive")
    assert answer.status_code == 200
    assert "nothing to receive by email yet" in answer.text


async def test_only_the_administrator_of_this_town(browser_of: BrowserOf, cast: Cast) -> None:
    assert (await (await browser_of("Denise")).get(PAGE)).status_code == 403
    charlie = await browser_of("Charlie")
    assert (await charlie.get(PAGE)).status_code == 404
    assert (
        await charlie.get(f"https://tambour.test/voisin/desk/settings/topics/{cast.topic_ids[0]}")
    ).status_code == 404
