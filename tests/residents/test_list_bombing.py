"""Somebody uses the form to flood mailboxes (E01, E02, S09): what leaves stays under the stated limits, and everybody
is answered alike.
"""

import logging
from collections import Counter
from datetime import timedelta

import pytest

from server.accounts.models import AuditEntry
from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.residents import joining, rules
from server.residents.addresses import limit_key
from server.residents.mails import Post
from server.residents.models import JoinRequest, Topic
from server.residents.schemas import EmailWish
from tests.browsing import Browser
from tests.cast import Cast
from tests.letterbox import Letterbox
from tests.residents.visiting import JEANNE, ask_to_join, count_rows

_INSTANCE = "https://tambour.test"


async def _fifty_towns(database: Database, secrets: Secrets) -> list[tuple[Post, int]]:
    """Fifty towns with a topic each."""
    async with database.writing() as session:
        towns = [
            Municipality(
                slug=f"town-{number}",
                name=f"Town {number}",
                sender_address=f"letter@town-{number}.example",
                languages=["fr"],
                created_at=clock.now(),
            )
            for number in range(50)
        ]
        session.add_all(towns)
        await session.flush()
        topics = [Topic(municipality_id=town.id, slug="letter", name="Letter") for town in towns]
        session.add_all(topics)
        await session.flush()
        return [(Post(town, secrets, _INSTANCE), topic.id) for town, topic in zip(towns, topics, strict=True)]


async def test_one_victim_and_fifty_towns(
    database: Database, secrets: Secrets, cast: Cast, letterbox: Letterbox
) -> None:
    towns = await _fifty_towns(database, secrets)
    async with database.writing() as session:
        for number, (post, topic_id) in enumerate(towns):
            wish = EmailWish(email=JEANNE, topic_ids=[topic_id])
            await joining.request_to_join(session, post, wish, f"198.51.{number}.7")
    assert len(await letterbox.mails()) == rules.PER_ADDRESS[0] == 3


async def test_a_hundred_variants_of_one_victim_are_one(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database, post: Post
) -> None:
    letters = "victimofmany"
    variants = [f"{letters[:cut]}.{letters[cut:]}+{tag}@gmail.com" for cut in range(1, 11) for tag in range(10)]
    assert len(set(variants)) == 100
    async with database.writing() as session:
        for number, variant in enumerate(variants):
            wish = EmailWish(email=variant, topic_ids=cast.topic_ids[:1])
            await joining.request_to_join(session, post, wish, f"203.0.{number}.9")
    assert len(await letterbox.mails()) == 1


async def test_many_victims_from_one_network_and_one_answer(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox
) -> None:
    answers = [await ask_to_join(client, secrets, cast, f"victim{number}@orange.example") for number in range(45)]
    assert Counter((answer.status_code, answer.headers["location"]) for answer in answers) == {
        (303, "/saint-aubin/receive/sent"): 45
    }
    assert len(await letterbox.mails()) == rules.PER_NETWORK[0]


async def test_eighty_victims_and_rotating_networks(
    database: Database, cast: Cast, letterbox: Letterbox, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    most = rules.per_town(1240)[0]
    async with database.writing() as session:
        for number in range(80):
            wish = EmailWish(email=f"victim{number}@orange.example", topic_ids=cast.topic_ids[:1])
            await joining.request_to_join(session, post, wish, f"198.{number}.100.7")
    assert len(await letterbox.mails()) == most == 62
    alarms = [record for record in caplog.records if "looks like an attack" in record.getMessage()]
    assert len(alarms) == 1
    assert "@" not in str(alarms[0].__dict__["limit"])


async def test_neighbours_of_a_network_share_its_limit(database: Database, cast: Cast, post: Post) -> None:
    """A /24 and a /56 are one asker: rented machines change their last figures for nothing."""
    hosts = [f"192.0.2.{number}" for number in range(40)] + [f"2001:db8:0:12{n:02x}::1" for n in range(40)]
    async with database.writing() as session:
        for number, host in enumerate(hosts):
            wish = EmailWish(email=f"victim{number}@orange.example", topic_ids=cast.topic_ids[:1])
            await joining.request_to_join(session, post, wish, host)
    assert await count_rows(database, JoinRequest) == 2 * rules.PER_NETWORK[0]


async def test_a_real_person_still_joins_during_an_attack_and_the_next_day(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database, post: Post
) -> None:
    async with database.writing() as session:
        for number in range(60):
            wish = EmailWish(email=f"victim{number}@orange.example", topic_ids=cast.topic_ids[:1])
            await joining.request_to_join(session, post, wish, f"198.51.{number % 3}.7")
    await ask_to_join(client, secrets, cast)
    assert (await letterbox.addresses())[-1] == JEANNE
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        await ask_to_join(client, secrets, cast)
    assert (await letterbox.addresses()).count(JEANNE) == 2


async def test_the_town_s_limit_follows_its_size(database: Database, cast: Cast) -> None:
    assert rules.per_town(0)[0] == 60
    assert rules.per_town(100_000)[0] == 5_000
    async with database.reading() as session:
        assert (await get_municipality(session, cast.town_id)).population == 1240


async def test_nothing_that_names_anybody_is_written_where_we_count(
    client: Browser, cast: Cast, secrets: Secrets, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="server"):
        await ask_to_join(client, secrets, cast)
    async with database.engine.connect() as connection:
        keys = (await connection.exec_driver_sql("SELECT key FROM limit_window")).scalars().all()
    assert len(keys) == 5
    for text in (*keys, *(str(record.__dict__) for record in caplog.records)):
        assert "jeanne" not in text
        assert limit_key(JEANNE) not in text
        assert "127.0.0" not in text
    assert await count_rows(database, AuditEntry) == 0
