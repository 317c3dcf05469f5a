"""Who works in a town: roles, disabling, the last administrator, and towns that cannot reach into one another (S05, S08)."""

import asyncio

import pytest
from sqlmodel import col, select
from starlette.types import ASGIApp

from server.accounts import queries
from server.accounts import staff as staffing
from server.accounts.actors import Actor
from server.accounts.models import ApiToken, AuditEntry, Role, RoleGrant
from server.accounts.schemas import StaffDraft, TokenDraft
from server.accounts.tokens import create_token
from server.core import clock
from server.core.database import Database
from server.core.errors import Invalid, NotFound
from server.core.secrets import Secrets, token_hash
from tests.accounts.doors import knock, signed_in
from tests.browsing import Browser, BrowserOf
from tests.cast import ROLES, Cast


async def test_the_list_shows_people_roles_and_states(browser_of: BrowserOf, staff: Cast, database: Database) -> None:
    async with database.writing() as session:
        await staffing.disable_staff(session, staff.town_id, staff.actor("Alice"), staff.account_ids["Bob"])
    answer = await (await browser_of("Alice")).get("/desk/settings/staff")
    assert answer.status_code == 200
    for words in ("Paula", "denise@mairie.example", "disabled", "active", "Publisher"):
        assert words in answer.text
    assert "Charlie" not in answer.text


@pytest.mark.parametrize("name", [name for name in ROLES if name != "Alice"])
@pytest.mark.parametrize("path", ["staff", "staff/1", "staff/new", "tokens", "tokens/new", "audit"])
async def test_only_administrators_come_in(browser_of: BrowserOf, name: str, path: str) -> None:
    assert (await (await browser_of(name)).get(f"/desk/settings/{path}")).status_code == 403


async def test_roles_are_changed_and_used_at_the_next_sign_in(
    app: ASGIApp, secrets: Secrets, staff: Cast, database: Database
) -> None:
    alice, bob = await signed_in(app, secrets, "alice"), await signed_in(app, secrets, "bob")
    answer = await alice.submit(f"/desk/settings/staff/{staff.account_ids['Bob']}", {"roles": ["counter", "poster"]})
    assert answer.status_code == 303
    assert (await bob.get("/desk/account")).status_code == 303
    async with database.reading() as session:
        assert await queries.roles_of(session, staff.town_id, staff.account_ids["Bob"]) == {Role.COUNTER, Role.POSTER}
        last = list(await session.scalars(select(AuditEntry).order_by(col(AuditEntry.id))))[-1]
    assert last.detail == {"from": ["editor"], "to": ["counter", "poster"]}


async def test_nobody_is_left_without_a_role(browser_of: BrowserOf, cast: Cast) -> None:
    alice = await browser_of("Alice")
    for wrong in ({}, {"roles": ["emperor"]}):
        answer = await alice.submit(f"/desk/settings/staff/{cast.account_ids['Bob']}", wrong)
        assert answer.status_code == 422
        assert 'id="f-roles-error"' in answer.text


async def test_the_last_administrator_stays(browser_of: BrowserOf, cast: Cast) -> None:
    alice = await browser_of("Alice")
    own = f"/desk/settings/staff/{cast.account_ids['Alice']}"
    for path, fields in ((own, {"roles": ["editor"]}), (f"{own}/disablement", {})):
        answer = await alice.submit(path, fields)
        assert answer.status_code == 422
        assert "Name another administrator first." in answer.text
    assert (await alice.get("/desk/settings/staff")).status_code == 200


async def test_an_administrator_who_gives_the_role_away_keeps_this_session_only(
    app: ASGIApp, secrets: Secrets, staff: Cast
) -> None:
    alice, elsewhere = await signed_in(app, secrets, "alice"), await signed_in(app, secrets, "alice")
    await alice.submit(f"/desk/settings/staff/{staff.account_ids['Bob']}", {"roles": ["administrator"]})
    await alice.submit(f"/desk/settings/staff/{staff.account_ids['Alice']}", {"roles": ["editor"]})
    assert (await alice.get("/desk/account")).status_code == 200
    assert (await alice.get("/desk/settings/staff")).status_code == 403
    assert (await elsewhere.get("/desk/account")).status_code == 303


async def test_two_administrators_cannot_remove_each_other_at_once(cast: Cast, database: Database) -> None:
    alice, bob = cast.actor("Alice"), cast.actor("Bob")
    async with database.writing() as session:
        await staffing.change_roles(session, cast.town_id, alice, bob.account_id, [Role.ADMINISTRATOR])

    async def disable(actor: Actor, whom: Actor) -> bool:
        try:
            async with database.writing() as session:
                await staffing.disable_staff(session, cast.town_id, actor, whom.account_id)
        except Invalid:
            return False
        return True

    assert sorted(await asyncio.gather(disable(alice, bob), disable(bob, alice))) == [False, True]


async def test_disabling_closes_every_door_at_once(
    app: ASGIApp, secrets: Secrets, staff: Cast, database: Database
) -> None:
    alice, bob = await signed_in(app, secrets, "alice"), await signed_in(app, secrets, "bob")
    bob_id = staff.account_ids["Bob"]
    async with database.writing() as session:
        link = await staffing.renew_link(session, staff.town_id, None, bob_id)
        token = await create_token(
            session, staff.town_id, staff.actor("Bob"), TokenDraft(name="site", scopes=["notices:read"])
        )
    assert (await alice.submit(f"/desk/settings/staff/{bob_id}/disablement")).status_code == 303
    assert (await bob.get("/desk/account")).status_code == 303
    assert (await bob.get(f"/desk/welcome/{link}")).status_code == 404
    assert (await knock(bob, "bob")).status_code == 422
    program = await bob.get("/api/v1/municipality", headers={"authorization": f"Bearer {token}"})
    assert program.status_code == 401
    await alice.submit(f"/desk/settings/staff/{bob_id}/enablement")
    async with Browser(app) as again:
        assert (await knock(again, "bob")).status_code == 303
        program = await again.get("/api/v1/municipality", headers={"authorization": f"Bearer {token}"})
        assert program.status_code == 401


async def test_a_town_disables_for_itself_only(app: ASGIApp, secrets: Secrets, staff: Cast, database: Database) -> None:
    charlie = staff.account_ids["Charlie"]
    async with database.writing() as session:
        session.add(
            RoleGrant(municipality_id=staff.town_id, account_id=charlie, role=Role.EDITOR, granted_at=clock.now())
        )
    alice = await signed_in(app, secrets, "alice")
    await alice.submit(f"/desk/settings/staff/{charlie}/disablement")
    async with Browser(app) as here, Browser(app, town="/voisin") as there:
        assert (await knock(here, "charlie")).status_code == 422
        assert (await knock(there, "charlie")).status_code == 303


@pytest.mark.parametrize("act", ["", "/disablement", "/enablement", "/link"])
async def test_who_works_elsewhere_is_not_found(browser_of: BrowserOf, cast: Cast, act: str) -> None:
    alice = await browser_of("Alice")
    path = f"/desk/settings/staff/{cast.account_ids['Charlie']}"
    assert (await alice.submit(path + act, {"roles": ["editor"]})).status_code == 404
    assert (await alice.get(path)).status_code == 404


async def test_no_link_is_made_for_who_works_elsewhere(cast: Cast, database: Database) -> None:
    async with database.writing() as session:
        with pytest.raises(NotFound):
            await staffing.renew_link(session, cast.town_id, cast.actor("Alice"), cast.account_ids["Charlie"])


async def test_an_account_of_another_town_gets_roles_but_no_link(staff: Cast, database: Database) -> None:
    """A link in the hands of an administrator would open the account in the other town too."""
    draft = StaffDraft(name="Whoever", email="Charlie@Mairie.example", roles=[Role.EDITOR])
    async with database.writing() as session:
        invited = await staffing.invite_staff(session, staff.town_id, staff.actor("Alice"), draft)
        assert (invited.account_id, invited.token) == (staff.account_ids["Charlie"], None)
        assert (await queries.get_account(session, invited.account_id)).name == "Charlie"


async def test_the_same_person_is_invited_once_however_often_one_clicks(cast: Cast, database: Database) -> None:
    draft = StaffDraft(name="Emma", email="emma@mairie.example", roles=[Role.EDITOR])

    async def invite() -> bool:
        try:
            async with database.writing() as session:
                await staffing.invite_staff(session, cast.town_id, cast.actor("Alice"), draft)
        except Invalid:
            return False
        return True

    assert sum(await asyncio.gather(*[invite() for _time in range(4)])) == 1


async def test_tokens_of_who_no_longer_administers_are_revoked(cast: Cast, database: Database) -> None:
    alice, bob = cast.actor("Alice"), cast.account_ids["Bob"]
    async with database.writing() as session:
        await staffing.change_roles(session, cast.town_id, alice, bob, [Role.ADMINISTRATOR])
        draft = TokenDraft(name="site", scopes=["notices:read"])
        token = await create_token(session, cast.town_id, cast.actor("Bob"), draft)
        assert await queries.find_api_token(session, cast.town_id, token_hash(token)) is not None
        await staffing.change_roles(session, cast.town_id, alice, bob, [Role.EDITOR])
        assert await queries.find_api_token(session, cast.town_id, token_hash(token)) is None
        revoked = (await session.scalars(select(ApiToken))).one()
        await session.refresh(revoked)
        assert revoked.revoked_at is not None
