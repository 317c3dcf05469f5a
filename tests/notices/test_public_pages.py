"""What residents read: current notices, one of them, the archive, the agenda."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from server.core import clock
from server.core.database import Database
from server.notices import queries, service
from server.notices.models import NoticeState
from tests.browsing import Browser
from tests.cast import Cast
from tests.notices.reading import says
from tests.notices.writing import draft, in_state, published

pytestmark = pytest.mark.usefixtures("monday")

ACT = {
    "kind": "official_act",
    "title": "Arrêté n° 2026-112",
    "author_name": "Jeanne Moreau",
    "author_title": "maire",
    "valid_to": date(2027, 2, 1),
}


async def post(database: Database, cast: Cast, **changes: object) -> str:
    """A published notice; its number."""
    async with database.writing() as session:
        return (await published(session, cast, **changes)).number


async def test_a_town_without_notices_says_so(client: Browser, cast: Cast) -> None:
    answer = await client.get("/notices")
    assert answer.status_code == 200
    assert says(
        "No notice at the moment. When there is one, it stands here, and on the boards of the town.", answer.text
    )
    assert (await client.get("/agenda")).status_code == 200
    assert (await client.get("/notices?year=2026")).status_code == 200


async def test_urgent_ones_stand_first(client: Browser, database: Database, cast: Cast) -> None:
    for title, is_urgent in (("Coupure d’eau", True), ("Marché", False)):
        await post(database, cast, title=title, is_urgent=is_urgent)
    page = (await client.get("/notices")).text
    assert page.index("Coupure d’eau") < page.index("Marché")
    assert 'class="warn"' in page
    assert "set-cookie" not in (await client.get("/notices")).headers


async def test_the_list_is_filtered_by_topic_and_place(client: Browser, database: Database, cast: Cast) -> None:
    await post(database, cast, title="Du Bourg", topic_ids=cast.topic_ids[1:2], place_ids=cast.sector_ids[:1])
    await post(database, cast, title="De partout", topic_ids=cast.topic_ids[2:])

    async def titles(query: str) -> set[str]:
        page = (await client.get(f"/notices?{query}")).text
        return {title for title in ("Du Bourg", "De partout") if title in page}

    assert await titles("") == {"Du Bourg", "De partout"}
    assert await titles(f"topic={cast.topic_ids[1]}") == {"Du Bourg"}
    assert await titles(f"place={cast.sector_ids[0]}") == {"Du Bourg", "De partout"}
    assert await titles(f"place={cast.sector_ids[1]}") == {"De partout"}
    assert await titles(f"topic={cast.topic_ids[0]}") == set()


async def test_a_notice_says_everything(client: Browser, database: Database, cast: Cast) -> None:
    number = await post(database, cast, short_title="Déchets verts")
    answer = await client.get(f"/notices/{number}")
    assert answer.status_code == 200
    for words in (
        "<h1",
        "Collecte des déchets verts décalée au jeudi 26",
        "En raison du jour férié, la tournée du mercredi passe au lendemain.",
        "jeudi 26\u00a0novembre 2026 à 6\u00a0h",
        "devant chaque maison",
        'href="tel:0254000001"',
        "<strong>la veille au soir</strong>",
        "jusqu’au 26\u00a0novembre 2026",
        f"/saint-aubin/notices/{number}/poster.pdf",
    ):
        assert words in answer.text, words
    assert answer.headers["cache-control"] == "public, no-cache"
    assert len(answer.content) < 20_000


async def test_an_act_names_its_author_and_the_day_it_was_posted(
    client: Browser, database: Database, cast: Cast
) -> None:
    page = (await client.get(f"/notices/{await post(database, cast, **ACT)}")).text
    assert "Jeanne Moreau, maire" in page
    assert says("Posted on %(day)s", page)
    assert says("A paper copy is given to anybody who asks, at the town hall or on the telephone.", page)


async def test_the_poster_is_public(client: Browser, database: Database, cast: Cast) -> None:
    number = await post(database, cast, short_title="Déchets verts")
    sheet = await client.get(f"/notices/{number}/poster.pdf")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "application/pdf")
    assert sheet.headers["cache-control"].startswith("public")


@pytest.mark.parametrize("state", [NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED])
async def test_what_is_not_published_is_nowhere(
    client: Browser, database: Database, cast: Cast, state: NoticeState
) -> None:
    async with database.writing() as session:
        notice = await in_state(session, cast, state)
    assert (await client.get(f"/notices/{notice.number}")).status_code == 404
    assert (await client.get(f"/notices/{notice.number}/poster.pdf")).status_code == 404
    for path in ("/notices", "/notices?year=2026", "/agenda", "/agenda.ics", "/notices.atom"):
        assert "Collecte" not in (await client.get(path)).text


async def test_a_number_that_is_none_is_not_found(client: Browser, cast: Cast) -> None:
    for number in ["2026-999", "1", "x", "%00", "2026-001'--", "2026-" + "9" * 400, "..%2f..%2fetc"]:
        assert (await client.get(f"/notices/{number}")).status_code == 404, number
        assert (await client.get(f"/notices/{number}/poster.pdf")).status_code == 404, number


async def test_another_towns_notice_is_not_found(client: Browser, database: Database, cast: Cast) -> None:
    number = await post(database, cast)
    assert (await client.get(f"https://tambour.test/voisin/notices/{number}")).status_code == 404
    for path in ("/notices", "/agenda", "/notices.atom", "/agenda.ics"):
        assert "Collecte" not in (await client.get(f"https://tambour.test/voisin{path}")).text


async def test_a_first_day_of_display_is_waited_for(client: Browser, database: Database, cast: Cast) -> None:
    number = await post(database, cast, valid_from=date(2026, 11, 25))
    assert (await client.get(f"/notices/{number}")).status_code == 404
    assert "Collecte" not in (await client.get("/notices")).text
    with clock.frozen(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)):
        assert (await client.get(f"/notices/{number}")).status_code == 200
        assert "Collecte" in (await client.get("/notices")).text


async def test_what_is_over_goes_to_the_archive_even_if_the_clock_is_late(
    client: Browser, database: Database, cast: Cast
) -> None:
    number = await post(database, cast)
    with clock.frozen(datetime(2026, 11, 27, 8, tzinfo=UTC)):
        for _ in range(2):
            assert "Collecte" not in (await client.get("/notices")).text
            assert "Collecte" in (await client.get("/notices?year=2026")).text
            assert "Collecte" not in (await client.get("/notices?year=2025")).text
            page = (await client.get(f"/notices/{number}")).text
            assert says("This notice is over: it stands here for the record.", page)
            assert "poster.pdf" not in page
            async with database.writing() as session:
                await service.expire_due(session, clock.now())


async def test_a_correction_says_when(client: Browser, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await published(session, cast)
    page = await client.get(f"/notices/{notice.number}")
    assert page.status_code == 200
    assert not says("corrected on %(when)s", page.text)
    town, paula = cast.town_id, cast.actor("Paula")
    with clock.frozen(clock.now() + timedelta(hours=2)):
        async with database.writing() as session:
            changed = draft(title="Corrigé", topic_ids=cast.topic_ids[:1])
            await service.save_notice(session, town, paula, notice.id, changed, 1)
            found = await queries.get_notice(session, town, notice.id)
            await service.approve_notice(session, town, paula, notice.id, 2, found.content_hash)
            await service.publish_notice(session, town, paula, notice.id, found.content_hash)
        assert says("corrected on %(when)s", (await client.get(f"/notices/{notice.number}")).text)


async def test_the_agenda_goes_by_month(client: Browser, database: Database, cast: Cast) -> None:
    await post(database, cast, title="En novembre")
    await post(database, cast, title="En décembre", starts_on=date(2026, 12, 1), starts_at="18:30", valid_to=None)
    await post(database, cast, title="Sans date", starts_on=None, starts_at=None)
    page = (await client.get("/agenda")).text
    assert re.search(r"novembre 2026</h2>.*En novembre.*décembre 2026</h2>.*En décembre", page, re.DOTALL)
    assert "mardi 1ᵉʳ\u00a0décembre à 18\u00a0h\u00a030" in page
    assert 'datetime="2026-12-01T18:30+01:00"' in page
    assert "Sans date" not in page
    december = (await client.get("/agenda?month=2026-12")).text
    assert "En décembre" in december
    assert "En novembre" not in december
    for nonsense in ("2026-13", "x", "0000-00", "9999-12"):
        assert (await client.get(f"/agenda?month={nonsense}")).status_code == 404


async def test_the_second_language_is_kept_on_the_way(client: Browser, database: Database, cast: Cast) -> None:
    number = await post(database, cast)
    page = (await client.get("/notices?lang=en")).text
    assert "Current notices" in page
    assert f"/saint-aubin/notices/{number}?lang=en" in page
    page = (await client.get(f"/notices/{number}?lang=en")).text
    assert "Thursday 26\u00a0November 2026 at 6:00" in page
    assert 'lang="fr"' in page
