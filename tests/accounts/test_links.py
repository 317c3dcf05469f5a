"""One-time links: one use, a short life, nothing usable in the table (S04)."""

from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from server.accounts import queries, service
from server.accounts import staff as staffing
from server.accounts.dependencies import COOKIE
from server.accounts.models import Account, LinkPurpose, OneTimeLink
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.secrets import token_hash
from server.municipalities.schemas import MunicipalityDraft
from server.municipalities.service import create_municipality
from tests.accounts.doors import RIGHT, knock
from tests.browsing import Browser
from tests.cast import Cast

NEW = "quatre autres mots, encore"


async def make_link(database: Database, account_id: int, purpose: LinkPurpose = LinkPurpose.RESET) -> str:
    async with database.writing() as session:
        return await service.make_link(session, account_id, purpose)


async def choose(client: Browser, token: str, password: str = NEW, again: str | None = None) -> int:
    fields = {"password": password, "again": password if again is None else again}
    return (await client.submit(f"/desk/welcome/{token}", fields)).status_code


async def test_a_link_sets_the_password_once(client: Browser, staff: Cast, database: Database) -> None:
    token = await make_link(database, staff.account_ids["Alice"])
    shown = await client.get(f"/desk/welcome/{token}")
    assert shown.status_code == 200
    assert "alice@mairie.example" in shown.text
    assert await choose(client, token) == 303
    assert (await knock(client, password=RIGHT)).status_code == 422
    assert (await knock(client, password=NEW)).status_code == 303
    for answer in (await client.get(f"/desk/welcome/{token}"), await client.submit(f"/desk/welcome/{token}")):
        assert answer.status_code == 404
        assert "This link no longer works" in answer.text


async def test_looking_at_a_link_changes_nothing(client: Browser, staff: Cast, database: Database) -> None:
    token = await make_link(database, staff.account_ids["Alice"])
    for _time in range(5):
        await client.get(f"/desk/welcome/{token}")
        await client.head(f"/desk/welcome/{token}")
    assert await choose(client, token) == 303


@pytest.mark.parametrize(
    "purpose, lasts", [(LinkPurpose.WELCOME, timedelta(days=7)), (LinkPurpose.RESET, timedelta(hours=1))]
)
async def test_a_link_dies(
    client: Browser, staff: Cast, database: Database, purpose: LinkPurpose, lasts: timedelta
) -> None:
    start = clock.now()
    with clock.frozen(start):
        token = await make_link(database, staff.account_ids["Alice"], purpose)
    with clock.frozen(start + lasts - timedelta(seconds=1)):
        assert (await client.get(f"/desk/welcome/{token}")).status_code == 200
    with clock.frozen(start + lasts):
        assert (await client.get(f"/desk/welcome/{token}")).status_code == 404
        assert await choose(client, token) == 404


async def test_the_table_holds_nothing_usable(client: Browser, staff: Cast, database: Database) -> None:
    token = await make_link(database, staff.account_ids["Alice"])
    async with database.reading() as session:
        row = (await session.scalars(select(OneTimeLink))).one()
    assert token not in str(row)
    assert await choose(client, row.token_hash) == 404


async def test_a_new_link_or_a_new_password_closes_the_older_links(
    client: Browser, staff: Cast, database: Database
) -> None:
    alice = staff.account_ids["Alice"]
    first, second = await make_link(database, alice), await make_link(database, alice)
    assert await choose(client, first) == 404
    assert await choose(client, second) == 303
    third = await make_link(database, alice)
    async with database.writing() as session:
        await service.set_password(session, await queries.get_account(session, alice), "x")
    assert await choose(client, third) == 404


async def test_a_chosen_password_ends_every_session(client: Browser, staff: Cast, database: Database) -> None:
    await knock(client)
    assert (await client.get("/desk/account")).status_code == 200
    await choose(client, await make_link(database, staff.account_ids["Alice"]))
    assert (await client.get("/desk/account")).status_code == 303


@pytest.mark.parametrize("password", ["mairie2026", "court", "saintaubin41", "alice2026!"])
async def test_a_weak_password_is_refused_and_the_link_still_works(
    client: Browser, staff: Cast, database: Database, password: str
) -> None:
    token = await make_link(database, staff.account_ids["Alice"])
    answer = await client.submit(f"/desk/welcome/{token}", {"password": password, "again": password})
    assert answer.status_code == 422
    assert 'id="f-password-error"' in answer.text
    assert password not in answer.text
    assert await choose(client, token) == 303


async def test_the_two_passwords_must_be_the_same(client: Browser, staff: Cast, database: Database) -> None:
    token = await make_link(database, staff.account_ids["Alice"])
    assert await choose(client, token, again="another") == 422


async def test_a_long_password_in_any_letters_opens_unchanged(client: Browser, staff: Cast, database: Database) -> None:
    for password in ("é🦊" * 32, "密码" * 16 + " и слова " * 4, "  espaces au bord  "):
        await choose(client, await make_link(database, staff.account_ids["Alice"]), password)
        assert (await knock(client, password=password)).status_code == 303
        client.cookies.delete(COOKIE)


async def test_a_link_opens_in_the_towns_where_its_owner_works_only(
    client: Browser, staff: Cast, database: Database
) -> None:
    token = await make_link(database, staff.account_ids["Charlie"])
    assert await choose(client, token) == 404
    assert (await client.get(f"https://tambour.test/voisin/desk/welcome/{token}")).status_code == 200


async def test_the_disabled_cannot_come_back_by_a_link(client: Browser, staff: Cast, database: Database) -> None:
    token = await make_link(database, staff.account_ids["Bob"])
    async with database.writing() as session:
        bob = col(Account.id) == staff.account_ids["Bob"]
        await session.execute(update(Account).where(bob).values(disabled_at=clock.now()))
    assert await choose(client, token) == 404


async def test_the_first_administrator_of_a_town_gets_a_link(client: Browser, cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        town = await _town_without_staff(session)
        invited = await staffing.create_first_administrator(
            session, town, name="Zoé Bertin", email="Zoe@Mairie.example", language="en"
        )
        assert invited.token is not None
        assert await queries.find_link(session, town, token_hash(invited.token)) is not None
    answer = await client.get(f"https://tambour.test/neuve/desk/welcome/{invited.token}")
    assert "Zoé Bertin" in answer.text
    assert "zoe@mairie.example" in answer.text


async def test_a_town_has_its_first_administrator_once(cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        with pytest.raises(Conflict):
            await staffing.create_first_administrator(session, cast.town_id, name="Mallory", email="m@evil.example")


async def test_an_address_that_is_none_is_refused(cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        town = await _town_without_staff(session)
        with pytest.raises(Invalid) as refused:
            await staffing.create_first_administrator(session, town, name="", email="not an address")
    assert set(refused.value.fields) == {"name", "email"}


async def _town_without_staff(session: WriteSession) -> int:
    draft = MunicipalityDraft(slug="neuve", name="Neuve-Ville")
    return (await create_municipality(session, draft)).id
