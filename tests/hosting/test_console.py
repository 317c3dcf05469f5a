"""The console of who runs the instance: an own door, every town in one table, towns opened, suspended, told something."""

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from sqlmodel import col, select
from starlette.types import ASGIApp

from server.accounts import visits
from server.accounts.actors import Actor
from server.accounts.dependencies import COOKIE
from server.accounts.models import AuditEntry
from server.accounts.operators import create_operator, renew_operator_link
from server.accounts.schemas import VisitConsent, VisitWish
from server.app import Web
from server.backups.errand_work import carry_out_errands
from server.backups.errands import ask_export
from server.core import clock
from server.core.database import Database
from server.core.errors import Invalid
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues.models import IssueState
from server.mailings.models import Mailing, MailingState
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.hosting.conftest import OLGA, town_browser
from tests.issues.composing import in_state, send, subscribe

PASSWORD = "quatre mots pour la machine"
PUBLIC = {"operator_sign_in", "operator_session_open", "operator_welcome", "operator_password_choose"}


def routes(web: Web, town_id: int, errand_id: int) -> list[tuple[str, str]]:
    """Every route of the console that needs its owner, as (method, path)."""

    def number(hole: re.Match[str]) -> str:
        return str(errand_id if hole[1] == "errand_id" else town_id)

    return [
        (method, re.sub(r"\{(\w+)(:int)?\}", number, route.path or ""))
        for route in iter_route_contexts(web.own.routes)
        if (route.path or "").startswith("/operator") and route.name not in PUBLIC
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


async def test_nobody_else_comes_in_and_no_form_is_forged(
    web: Web,
    cast: Cast,
    client: Browser,
    browser_of: BrowserOf,
    console: Browser,
    olga: Actor,
    database: Database,
    files: FileStore,
    secrets: Secrets,
) -> None:
    """A stranger and a town's administrator are shown the door; the owner's own forms need the owner's token."""
    async with database.writing() as session:
        errand = await ask_export(session, cast.town_id, olga)
    await carry_out_errands(database, files, secrets)
    walked = routes(web, cast.town_id, errand.id)
    assert len(walked) > 12
    alice = await browser_of("Alice")
    for method, path in walked:
        for browser in (client, alice):
            answer = await browser.request(method, f"https://tambour.test{path}")
            assert (answer.status_code, answer.headers["location"]) == (303, "/operator/sign-in"), path
        if method == "GET":
            assert (await console.get(path)).status_code == 200, path
        else:
            assert (await console.post(path, headers={"sec-fetch-site": "cross-site"})).status_code == 403, path


async def test_an_account_of_its_own_by_a_door_of_its_own(client: Browser, database: Database, olga: Actor) -> None:
    async with database.writing() as session:
        token = await renew_operator_link(session, OLGA.email)
    welcome = f"https://tambour.test/operator/welcome/{token}"
    assert OLGA.email in (await client.get(welcome)).text
    assert (await client.submit(welcome, {"password": "court", "again": "court"})).status_code == 422
    assert (await client.submit(welcome, {"password": PASSWORD, "again": PASSWORD})).status_code == 303
    assert (await client.get(welcome)).status_code == 404, "once"
    door = {"email": OLGA.email, "password": PASSWORD}
    assert (await client.submit("/desk/sign-in", door)).status_code == 422, "not by a town's door"
    refused = await client.submit("https://tambour.test/operator/sign-in", door | {"password": "wrong"})
    assert (refused.status_code, OLGA.email in refused.text) == (422, True)
    opened = await client.submit("https://tambour.test/operator/sign-in", door)
    assert (opened.status_code, opened.headers["location"]) == (303, "/operator")
    assert opened.headers["set-cookie"].startswith(f"{COOKIE}=")


async def test_an_operator_works_in_no_town_and_no_member_of_staff_becomes_one(
    cast: Cast, browser_of: BrowserOf, database: Database, olga: Actor
) -> None:
    alice = await browser_of("Alice")
    given = {"email": OLGA.email, "name": "Olga", "roles": "counter", "language": "fr"}
    assert "works in no town" in (await alice.submit("/desk/settings/staff", given)).text
    with pytest.raises(Invalid, match="works in a town"):
        async with database.writing() as session:
            await create_operator(session, OLGA.model_copy(update={"email": "alice@mairie.example"}))


async def test_every_town_is_one_line_with_its_figures(
    cast: Cast, console: Browser, database: Database, secrets: Secrets, files: Any, monday: Any
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, "ann@x.example", "ben@x.example")
        issue_id = (await in_state(session, cast, IssueState.APPROVED)).id
    await send(database, secrets, files, cast, issue_id, "one")
    files.put(cast.town_id, b"x" * 2_500_000)
    page = (await console.get("/operator")).text
    line = re.sub(r"<[^>]*>", " ", next(row for row in page.split("<tr>") if "Saint-Aubin-les-Prés" in row)).split()
    assert {"2", "2,5"} <= set(line)
    assert "Saint-Aubin" not in (await console.get("/operator?q=voisin")).text.split("<tbody>")[1]
    for secret in ("ann@x.example", "ben@x.example"):
        assert secret not in page + (await console.get(f"/operator/towns/{cast.town_id}")).text


async def test_a_town_is_opened_suspended_and_opened_again(
    cast: Cast, console: Browser, database: Database, client: Browser
) -> None:
    given = {"name": "Œuilly", "email": "mairie@oeuilly.example", "administrator": "Paul Roy"}
    again = await console.submit("/operator/towns", given)
    assert (again.status_code, "Paul Roy" in again.text, 'href="#f-administrator_email"' in again.text) == (
        422,
        True,
        True,
    )
    opened = await console.submit("/operator/towns", given | {"administrator_email": "paul@oeuilly.example"})
    link = re.findall(r"https://tambour.test/oeuilly/desk/welcome/[\w-]+", opened.text)
    assert len(link) == 1, opened.text
    assert (await client.get(link[0])).status_code == 200
    taken = await console.submit("/operator/towns", given | {"administrator_email": "paul@oeuilly.example"})
    assert (taken.status_code, 'href="#f-slug"' in taken.text) == (422, True)

    path = f"/operator/towns/{cast.town_id}"
    assert (await client.get("/")).status_code == 200
    assert (await console.submit(f"{path}/suspension")).status_code == 303
    assert (await console.submit(f"{path}/suspension")).status_code == 409
    assert (await client.get("/")).status_code == 404
    assert (await console.submit(f"{path}/reopening")).status_code == 303
    assert (await client.get("/")).status_code == 200
    async with database.reading() as session:
        acts = [one.action for one in await session.scalars(select(AuditEntry).order_by(col(AuditEntry.id)))]
    assert acts[-4:] == ["staff.invited", "town.opened", "town.suspended", "town.resumed"]


async def test_a_list_opens_many_and_names_the_lines_that_cannot_be_used(
    console: Browser, database: Database, cast: Cast
) -> None:
    lines = [f"41{number:03};Bourg-{number};;;;a{number}@bourg.example" for number in range(20)]
    lines[7] = "wrong;Sans-Code;;;;x@bourg.example"
    lines[8] = "41008;L’Œuf-à-la-Côte;;;;a8@bourg.example"
    content = "insee;name;email;phone;administrator;administrator_email\n" + "\n".join(lines)
    sent = await console.submit("/operator/towns/list", files={"file": ("towns.csv", content.encode("cp1252"))})
    assert "L’Œuf-à-la-Côte" in sent.text, "as French spreadsheets write it"
    assert (sent.status_code, sent.text.count("/desk/welcome/"), "Line 9: An INSEE code" in sent.text) == (
        200,
        19,
        True,
    )
    none = await console.submit(
        "/operator/towns/list", files={"file": ("towns.csv", "\n".join(content.split("\n")[:1] + lines[7:8]).encode())}
    )
    assert "No town was opened" in none.text
    bad = await console.submit("/operator/towns/list", files={"file": ("towns.csv", b"name;email\nx;y\n")})
    assert (bad.status_code, "lacks these columns" in bad.text) == (422, True)


async def test_the_staff_of_every_town_are_told_until_the_last_day(
    console: Browser, browser_of: BrowserOf, monday: Any
) -> None:
    assert (await console.submit("/operator/message", {"text": "", "last_on": "x"})).status_code == 422
    given = {"text": "Maintenance mardi de 12 h à 13 h.", "last_on": "2026-11-24"}
    over = await console.submit("/operator/message", given | {"last_on": "2026-11-22"})
    assert (over.status_code, "This last day is over." in over.text, "12 h" in over.text) == (422, True, True)
    assert (await console.submit("/operator/message", given)).status_code == 303
    bob, charlie = await browser_of("Bob"), await browser_of("Charlie")
    assert given["text"] in (await bob.get("/desk")).text
    assert given["text"] in (await charlie.get("https://tambour.test/voisin/desk")).text
    assert given["text"] not in (await bob.get("/")).text
    await console.submit("/operator/message/withdrawal")
    assert given["text"] not in (await bob.get("/desk")).text


async def test_the_host_looks_in_only_while_the_town_says_so(
    app: ASGIApp, secrets: Secrets, cast: Cast, console: Browser, browser_of: BrowserOf, database: Database
) -> None:
    inside, alice, bob = town_browser(app, secrets, console), await browser_of("Alice"), await browser_of("Bob")
    path = f"/operator/towns/{cast.town_id}"
    assert (await inside.get("/desk/notices")).status_code == 404
    assert (await console.submit(f"{path}/visits", {"reason": ""})).status_code == 422
    await console.submit(f"{path}/visits", {"reason": "Vous avez appelé."})
    assert (await inside.get("/desk/notices")).status_code == 404, "asking opens nothing"
    assert "asks to look in" in (await alice.get("/desk")).text
    shown = (await alice.get("/desk/settings/support")).text
    visit = re.findall(r"/support/(\d+)/permission", shown)[0]
    allowed = f"/desk/settings/support/{visit}/permission"
    assert (await bob.submit(allowed, {"roles": "editor", "hours": "1"})).status_code == 403
    assert (await alice.submit(allowed, {"hours": "1"})).status_code == 422
    assert (await alice.submit(allowed, {"roles": "editor", "hours": "1"})).status_code == 303
    assert (await alice.submit(allowed, {"roles": "editor", "hours": "24"})).status_code == 409, "answered once"
    assert (await inside.get("/desk/notices")).status_code == 200
    assert (await inside.get("/desk/residents")).status_code == 403, "in the roles that were chosen"
    assert (await inside.get("https://tambour.test/voisin/desk")).status_code == 404
    assert (await alice.submit(f"/desk/settings/support/{visit}/end")).status_code == 303
    assert (await inside.get("/desk/notices")).status_code == 404
    async with database.reading() as session:
        here = (
            select(AuditEntry.action)
            .where(col(AuditEntry.municipality_id) == cast.town_id)
            .order_by(col(AuditEntry.id))
        )
        assert [one for one in await session.scalars(here) if one.startswith("visit")] == [
            *("visit.asked", "visit.allowed", "visit.ended")
        ]


async def test_a_visit_is_over_when_its_hours_are(
    app: ASGIApp, secrets: Secrets, cast: Cast, olga: Actor, console: Browser, database: Database
) -> None:
    async with database.writing() as session:
        visit = await visits.ask_visit(session, cast.town_id, olga, VisitWish(reason="why"))
        consent = VisitConsent.model_validate({"roles": ["administrator"], "hours": "1"})
        await visits.allow_visit(session, cast.town_id, cast.actor("Alice"), visit.id, consent)
    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        assert (await town_browser(app, secrets, console).get("/desk")).status_code == 404


async def test_mail_of_a_suspended_town_is_held(
    cast: Cast, console: Browser, database: Database, secrets: Secrets, files: Any, monday: Any
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, "ann@x.example")
        issue_id = (await in_state(session, cast, IssueState.APPROVED)).id
    await send(database, secrets, files, cast, issue_id, "one")
    await console.submit(f"/operator/towns/{cast.town_id}/suspension")
    async with database.reading() as session:
        assert (await session.scalars(select(Mailing))).one().state is MailingState.PAUSED
