"""A new town, and what programs are told of it."""

import pytest

from server.accounts.schemas import TokenDraft
from server.accounts.tokens import create_token
from server.core.database import Database
from server.core.errors import Invalid
from server.municipalities.queries import get_municipality
from server.municipalities.schemas import RESERVED_SLUGS, MunicipalityDraft
from server.municipalities.service import create_municipality
from server.web.forms import validated
from tests.browsing import Browser
from tests.cast import Cast


async def test_a_town_is_created_and_answers(client: Browser, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        draft = MunicipalityDraft(slug="neuve-ville", name="Neuve-Ville", email="mairie@neuve.example")
        made = await create_municipality(session, draft)
    assert (made.sender_name, made.reply_address, made.languages) == ("Neuve-Ville", "mairie@neuve.example", ["fr"])
    answer = await client.get("https://tambour.test/neuve-ville/desk/sign-in")
    assert "Neuve-Ville" in answer.text


@pytest.mark.parametrize(
    "slug",
    ["", "Saint-Aubin", "saint_aubin", "évêque", "-a", "a-", "a/b", "..", "x" * 61, "a b", *sorted(RESERVED_SLUGS)],
)
def test_a_slug_that_cannot_be_one_is_refused(slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        validated(MunicipalityDraft, {"slug": slug, "name": "Neuve-Ville"})
    assert set(refused.value.fields) == {"slug"}


@pytest.mark.parametrize("slug", ["a", "saint-aubin-les-pres", "41018", "x" * 60])
def test_a_usual_slug_is_taken(slug: str) -> None:
    assert validated(MunicipalityDraft, {"slug": slug, "name": "Neuve-Ville"}).slug == slug


async def test_a_slug_belongs_to_one_town(cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        with pytest.raises(Invalid) as refused:
            await create_municipality(session, MunicipalityDraft(slug="voisin", name="Voisin"))
        assert set(refused.value.fields) == {"slug"}
        assert (await get_municipality(session, cast.neighbour_id)).name == "Voisin-le-Bourg"


async def test_a_program_is_told_who_it_speaks_to(client: Browser, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        draft = TokenDraft(name="Site", scopes=["boards:read"])
        token = await create_token(session, cast.town_id, cast.actor("Alice"), draft)
    answer = await client.get("/api/v1/municipality", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    told = answer.json()
    assert told["name"] == "Saint-Aubin-les-Prés"
    assert told["url"] == "https://tambour.test/saint-aubin"
    assert "sender_address" not in told
    stranger = await client.get("/api/v1/municipality")
    assert (stranger.status_code, stranger.headers["content-type"]) == (401, "application/problem+json")
