"""A request reaches its town by path or by host, and nothing else."""

from sqlmodel import col, update

from server.core.database import Database
from server.municipalities.models import Municipality
from tests.browsing import Browser
from tests.cast import Cast


async def test_the_first_segment_names_the_town(client: Browser, cast: Cast) -> None:
    answer = await client.get("/look.css")
    assert answer.status_code == 200
    assert "--civic" in answer.text


async def test_the_towns_own_host_needs_no_segment(client: Browser, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        await session.execute(
            update(Municipality).where(col(Municipality.id) == cast.town_id).values(host="info.saint-aubin.example")
        )
    answer = await client.get("https://info.saint-aubin.example/look.css")
    assert answer.status_code == 200


async def test_an_unknown_town_is_not_found(client: Browser, cast: Cast) -> None:
    answer = await client.get("https://tambour.test/nowhere/look.css")
    assert answer.status_code == 404


async def test_a_town_without_its_slash_is_sent_to_its_first_page(client: Browser, cast: Cast) -> None:
    answer = await client.get("https://tambour.test/saint-aubin")
    assert (answer.status_code, answer.headers["location"]) == (308, "/saint-aubin/")


async def test_the_instance_lists_its_towns(client: Browser, cast: Cast) -> None:
    answer = await client.get("https://tambour.test/")
    assert answer.status_code == 200
    assert "Voisin-le-Bourg" in answer.text


async def test_every_answer_carries_the_security_headers(client: Browser, cast: Cast) -> None:
    for path in ("/look.css", "/nothing-here", "https://tambour.test/static/tambour.css"):
        headers = (await client.get(path)).headers
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["strict-transport-security"]
