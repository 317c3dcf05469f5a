"""The settings of a town: each section says what is wrong, keeps what was typed, and is the administrator's alone."""

import json

import pytest
from sqlmodel import col, select, update

from server.accounts.models import AuditEntry
from server.core.database import Database
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from tests.browsing import Browser, BrowserOf
from tests.cast import ROLES, Cast
from tests.corpora import corpus

SECTIONS = "/desk/settings/municipality"
IDENTITY = {
    "name": "Saint-Aubin-sur-Loire",
    "insee_code": "2a004",
    "department": "Loir-et-Cher",
    "population": "1\u202f240",
    "address": "Mairie\r\n4 place de l’Église",
    "postcode": "41000",
    "post_town": "Blois",
    "phone": "02 54 00 00 01",
    "email": "mairie@saint-aubin.example",
    "website": "www.saint-aubin.example",
    "opening_hours": "Lundi : 9 h – 12 h\n Mardi : fermé ",
}
SENDER = {"sender_name": "Mairie", "sender_address": "lettre@saint-aubin.example", "reply_address": ""}
PEOPLE = {
    "mayor_name": "Jeanne Moreau",
    "mayor_title": "maire",
    "publication_director": "",
    "dpo_contact": "dpo@x.example",
}


async def town(database: Database, cast: Cast) -> Municipality:
    async with database.reading() as session:
        return await get_municipality(session, cast.town_id)


async def test_the_first_page_leads_to_every_section(browser_of: BrowserOf) -> None:
    alice = await browser_of("Alice")
    answer = await alice.get("/desk/settings")
    assert answer.status_code == 200
    for path in ("identity", "languages", "sender", "people"):
        assert f"/saint-aubin{SECTIONS}/{path}" in answer.text
        assert (await alice.get(f"{SECTIONS}/{path}")).status_code == 200
    for path in ("look", "host", "places", "staff", "tokens", "audit"):
        assert f"/saint-aubin/desk/settings/{path}" in answer.text
    assert "Before the first sending" not in answer.text
    assert (await alice.get(f"{SECTIONS}/secrets")).status_code == 404


async def test_what_is_missing_before_the_first_sending_is_said(browser_of: BrowserOf, database: Database) -> None:
    async with database.writing() as session:
        await session.execute(update(Municipality).values(phone="", sender_address="", dpo_contact=""))
    answer = await (await browser_of("Alice")).get("/desk/settings")
    assert "Before the first sending" in answer.text
    assert "Give a telephone number" in answer.text


@pytest.mark.parametrize("name", [name for name in ROLES if name != "Alice"])
async def test_only_administrators_come_in(browser_of: BrowserOf, name: str) -> None:
    browser = await browser_of(name)
    for path in ("", "/municipality/identity", "/look", "/host", "/places", "/places/new", "/places/many", "/places/1"):
        assert (await browser.get(f"/desk/settings{path}")).status_code == 403
    assert (await browser.submit(f"{SECTIONS}/identity", IDENTITY)).status_code == 403


async def test_the_identity_is_changed_and_recorded(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    answer = await (await browser_of("Alice")).submit(f"{SECTIONS}/identity", IDENTITY)
    assert answer.headers["location"] == "/saint-aubin/desk/settings?said=settings-saved"
    changed = await town(database, cast)
    assert (changed.name, changed.insee_code, changed.population) == ("Saint-Aubin-sur-Loire", "2A004", 1240)
    assert changed.address == "Mairie\n4 place de l’Église"
    assert changed.opening_hours == "Lundi : 9 h – 12 h\nMardi : fermé"
    assert changed.website == "https://www.saint-aubin.example"
    assert changed.sender_address == "lettre@saint-aubin.example"
    async with database.reading() as session:
        line = (await session.scalars(select(AuditEntry))).one()
    assert (line.action, line.detail) == ("settings.changed", {"section": "identity"})


@pytest.mark.parametrize(
    "section, given, field, typed",
    [
        ("identity", IDENTITY, "name", " "),
        ("identity", IDENTITY, "name", "x" * 121),
        ("identity", IDENTITY, "insee_code", "410"),
        ("identity", IDENTITY, "population", "many"),
        ("identity", IDENTITY, "population", "-3"),
        ("identity", IDENTITY, "postcode", "4100"),
        ("identity", IDENTITY, "phone", "javascript:alert(1)"),
        ("identity", IDENTITY, "email", "mairie"),
        ("identity", IDENTITY, "website", "javascript:alert(1)"),
        ("identity", IDENTITY, "website", "https://a b.example"),
        ("identity", IDENTITY, "website", "http://[::1"),
        ("identity", IDENTITY, "website", "https://user:pass@site.example"),
        ("identity", IDENTITY, "opening_hours", "h" * 1001),
        ("sender", SENDER, "sender_name", ""),
        ("sender", SENDER, "sender_address", ""),
        ("sender", SENDER, "sender_address", "Mairie <a@b.example>"),
        ("sender", SENDER, "sender_address", "a@b.example, c@d.example"),
        ("sender", SENDER, "reply_address", "nobody"),
        ("people", PEOPLE, "dpo_contact", "x" * 301),
        ("languages", {"languages": ["fr"], "first": "fr"}, "languages", []),
        ("languages", {"languages": ["fr"], "first": "fr"}, "languages", ["tlh"]),
        ("languages", {"languages": ["fr"], "first": "fr"}, "first", "en"),
    ],
)
async def test_a_wrong_answer_is_said_and_the_rest_is_kept(
    browser_of: BrowserOf,
    cast: Cast,
    database: Database,
    section: str,
    given: dict[str, object],
    field: str,
    typed: str,
) -> None:
    before = await town(database, cast)
    answer = await (await browser_of("Alice")).submit(f"{SECTIONS}/{section}", given | {field: typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert f'href="#f-{field}"' in answer.text
    for name, value in given.items():
        if name != field and isinstance(value, str) and value and section != "languages" and "\n" not in value:
            assert f'value="{value}"' in answer.text
    assert (await town(database, cast)).model_dump() == before.model_dump()


async def test_the_first_language_opens_the_pages(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    alice = await browser_of("Alice")
    await alice.submit(f"{SECTIONS}/languages", {"languages": ["fr", "en"], "first": "en"})
    assert (await town(database, cast)).languages == ["en", "fr"]
    async with Browser(alice._transport.app) as visitor:  # type: ignore[attr-defined]  # httpx hides its transport
        assert '<html lang="en">' in (await visitor.get("/desk/sign-in")).text
        assert '<html lang="fr">' in (await visitor.get("/desk/sign-in?lang=fr")).text


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x00", "\u2028", "\u0085", "\x1b[31m", "\u202e"])
async def test_nothing_hidden_stays_in_a_line(browser_of: BrowserOf, cast: Cast, database: Database, end: str) -> None:
    hostile = f"Mairie{end}Bcc: x@evil.example"
    alice = await browser_of("Alice")
    await alice.submit(f"{SECTIONS}/sender", SENDER | {"sender_name": hostile})
    await alice.submit(f"{SECTIONS}/people", PEOPLE | {"publication_director": hostile})
    changed = await town(database, cast)
    for kept in (changed.sender_name, changed.publication_director):
        assert kept.startswith("Mairie")
        assert kept.isprintable()
    for field in ("sender_address", "reply_address"):
        assert (
            await alice.submit(f"{SECTIONS}/sender", SENDER | {field: f"a@b.example{end}x@evil.example"})
        ).status_code == 422


@pytest.mark.corpus
async def test_difficult_words_are_kept_and_shown_as_they_are(
    browser_of: BrowserOf, cast: Cast, database: Database
) -> None:
    strings = json.loads((corpus("naughty-strings") / "blns.json").read_text("utf-8"))
    alice = await browser_of("Alice")
    for words in [one for one in strings if one.strip() and len(one) <= 120][::17]:
        answer = await alice.submit(f"{SECTIONS}/people", PEOPLE | {"mayor_name": words})
        assert answer.status_code == 303
        shown = await alice.get(f"{SECTIONS}/people")
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("info.saint-aubin.example", "info.saint-aubin.example"),
        ("HTTPS://Info.Saint-Aubin.example/", "info.saint-aubin.example"),
        ("info.saint-évêque.example", "info.xn--saint-vque-g7an.example"),
        ("", None),
    ],
)
async def test_the_towns_own_name_leads_to_it(
    browser_of: BrowserOf, client: Browser, cast: Cast, database: Database, typed: str, kept: str | None
) -> None:
    alice = await browser_of("Alice")
    assert (await alice.submit("/desk/settings/host", {"host": typed})).status_code == 303
    assert (await town(database, cast)).host == kept
    if kept:
        answer = await client.get(f"https://{kept}/desk/sign-in")
        assert answer.status_code == 200
        assert "Saint-Aubin-les-Prés" in answer.text


@pytest.mark.parametrize(
    "typed",
    [
        "localhost",
        "192.0.2.1",
        "2001:db8::1",
        "tambour.test",
        "TAMBOUR.test.",
        "info.voisin.example",
        "a b.example",
        "a.example/path",
        "a.example:8000",
        "-a.example",
        "x" * 64 + ".example",
        "a." * 130 + "example",
        "a..example",
        "user@a.example",
    ],
)
async def test_a_name_that_cannot_be_the_towns_is_refused(
    browser_of: BrowserOf, cast: Cast, database: Database, typed: str
) -> None:
    async with database.writing() as session:
        neighbour = col(Municipality.id) == cast.neighbour_id
        await session.execute(update(Municipality).where(neighbour).values(host="info.voisin.example"))
    answer = await (await browser_of("Alice")).submit("/desk/settings/host", {"host": typed})
    assert answer.status_code == 422
    assert 'id="f-host-error"' in answer.text
    assert (await town(database, cast)).host is None


async def test_another_towns_settings_stay_as_they_are(browser_of: BrowserOf, cast: Cast, database: Database) -> None:
    await (await browser_of("Alice")).submit(f"{SECTIONS}/identity", IDENTITY)
    answer = await (await browser_of("Alice")).submit(f"https://tambour.test/voisin{SECTIONS}/identity", IDENTITY)
    assert answer.status_code == 404
    async with database.reading() as session:
        assert (await get_municipality(session, cast.neighbour_id)).name == "Voisin-le-Bourg"
